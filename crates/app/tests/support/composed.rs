//! The applications that the tests of `App` compose, selected by the mode of the program.

use std::{
    env,
    fs::OpenOptions,
    future::{Ready, pending, ready},
    io::{self, Write},
    path::Path,
    task::{Context, Poll},
    time::Duration,
};

use actix_web::{
    Error, HttpRequest, HttpResponse, ResponseError,
    body::MessageBody,
    dev::{Service, ServiceRequest, ServiceResponse, Transform},
    http::header::HeaderName,
    middleware::{DefaultHeaders, Next, NormalizePath, from_fn},
    web,
};
use futures_util::future::Either;
use purlin_app::{
    App, BoxError, ResourceBuilder,
    router::{
        Json, Operation, Registry,
        auth::{Bearer, Identity, JwtKeys, Token},
        error::http::Gone,
        middleware::{DescribeMiddleware, MiddlewareDescription},
        openapi::{Header, Schema},
        schemas::Message,
        schemas::schemars::{self, JsonSchema},
    },
};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// The file in the working directory to which resources and hooks append.
const EVENTS: &str = "events";

fn event(text: &str) {
    let file = OpenOptions::new().create(true).append(true).open(EVENTS);
    let written = file.and_then(|mut file| writeln!(file, "{text}"));
    if let Err(error) = written {
        log::error!("cannot write an event: {error}");
    }
}

struct Store {
    greeting: String,
}

#[derive(Clone)]
struct Cache;

#[derive(Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
struct Section {
    key: String,
}

#[derive(Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
struct OtherSection {
    other_key: String,
}

#[derive(Debug, thiserror::Error)]
#[error("cannot connect to the store: {0}")]
struct ConnectError(#[source] io::Error);

async fn get_motd(store: web::Data<Store>, _cache: web::Data<Cache>) -> Json<Message> {
    Json(Message::new(store.greeting.clone()))
}

async fn get_unknown(_unknown: web::Data<Vec<u8>>) -> Json<Message> {
    Json(Message::new("never"))
}

/// Adds the id of the request to the response, which only works inside the middleware of Purlin.
async fn mark(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let id = request.headers().get("x-request-id").cloned();
    let mut response = next.call(request).await?;
    if let Some(id) = id {
        let name = HeaderName::from_static("x-marked");
        response.headers_mut().insert(name, id);
    }
    Ok(response)
}

/// Rejects requests that say that it is late.
#[derive(Clone)]
struct Closed;

impl DescribeMiddleware for Closed {
    fn describe(&self, operation: &mut MiddlewareDescription<'_>) {
        operation.error(&Gone::new(CLOSED), "It is late.", []);
    }
}

const CLOSED: &str = "come back tomorrow";

impl<S> Transform<S, ServiceRequest> for Closed
where
    S: Service<ServiceRequest, Response = ServiceResponse, Error = Error> + 'static,
{
    type Response = ServiceResponse;
    type Error = Error;
    type Transform = ClosedService<S>;
    type InitError = ();
    type Future = Ready<Result<ClosedService<S>, ()>>;

    fn new_transform(&self, service: S) -> Self::Future {
        ready(Ok(ClosedService(service)))
    }
}

struct ClosedService<S>(S);

impl<S> Service<ServiceRequest> for ClosedService<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse, Error = Error>,
{
    type Response = ServiceResponse;
    type Error = Error;
    type Future = Either<Ready<Result<ServiceResponse, Error>>, S::Future>;

    fn poll_ready(&self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.0.poll_ready(cx)
    }

    fn call(&self, request: ServiceRequest) -> Self::Future {
        if request.headers().contains_key("x-late") {
            let response = Gone::new(CLOSED).error_response();
            return Either::Left(ready(Ok(request.into_response(response))));
        }
        Either::Right(self.0.call(request))
    }
}

async fn echo(request: HttpRequest, body: web::Payload) -> Result<HttpResponse, Error> {
    let (response, mut session, mut messages) = actix_ws::handle(&request, body)?;
    actix_web::rt::spawn(async move {
        while let Some(Ok(message)) = messages.recv().await {
            if let actix_ws::Message::Text(text) = message
                && session.text(text).await.is_err()
            {
                return;
            }
        }
        let _ = session.close(None).await;
    });
    Ok(response)
}

fn store() -> ResourceBuilder<Store> {
    ResourceBuilder::new(async || {
        event("open store");
        Ok(Store {
            greeting: "Hello".to_owned(),
        })
    })
    .check(async |_: &Store| {
        if Path::new("store-is-down").exists() {
            return Err("the store is down".into());
        }
        Ok(())
    })
    .check_timeout(Duration::from_secs(5))
    .close(async |store: &Store| {
        event(&format!("close store {}", store.greeting));
        Ok(())
    })
}

fn motd() -> Registry {
    Registry::new("Messages", "1.0.0").operation(Operation::get("/motd", get_motd))
}

#[derive(Deserialize)]
struct Claims {
    sub: String,
}

async fn get_subject(caller: Identity<Token<Claims>>) -> Json<Message> {
    Json(Message::new(caller.claims.sub.clone()))
}

/// Needs a blocking thread, as uploads, downloads and passwords do.
async fn use_blocking_thread() -> Result<HttpResponse, Error> {
    web::block(|| ()).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Composes an API for callers with tokens, whose keys are at a URL in the environment.
fn tokens(app: &mut App) -> Result<(), BoxError> {
    let keys = JwtKeys::jwks_url(env::var("TEST_PROGRAM_KEYS")?)?;
    let keys = keys.cooldown(Duration::from_secs(3));
    let registry = Registry::new("Tokens", "1.0.0")
        .authenticator("token", Bearer::<Claims>::new(keys))
        .operation(Operation::get("/token", get_subject).authenticators(["token"]));
    app.registry(registry);
    app.configure(|config| {
        config.route("/blocking", web::get().to(use_blocking_thread));
    });
    Ok(())
}

#[expect(clippy::panic, reason = "the tests look at what a panic does")]
fn compose_panicking(app: &mut App, mode: &str) -> bool {
    match mode {
        "panicking resource" => {
            app.resource("store", store());
            app.resource::<Cache>("cache", async || panic!("no\ncache"));
            app.registry(motd());
        }
        "panicking startup" => {
            app.resource("store", store());
            app.resource("cache", async || Ok(Cache));
            app.on_startup("warm up", || async { panic!("too cold") });
            app.registry(motd());
        }
        "panicking shutdown" => {
            app.resource("store", store());
            let cache = ResourceBuilder::new(async || Ok(Cache));
            app.resource(
                "cache",
                cache.close(async |_: &Cache| panic!("cannot close")),
            );
            app.on_shutdown("write", || async {
                event("write");
                Ok(())
            });
            app.on_shutdown("flush", || async { panic!("cannot flush") });
            app.registry(motd());
        }
        _ => return false,
    }
    true
}

/// Composes the application of a mode; `false` if there is none of that name.
pub(crate) fn compose(app: &mut App, mode: &str) -> Result<bool, BoxError> {
    match mode {
        "composed" => composed(app),
        "tokens" => tokens(app)?,
        "broken resource" => {
            app.resource("store", store());
            app.resource::<Cache>("cache", async || {
                let error =
                    io::Error::new(io::ErrorKind::ConnectionRefused, "refused\nby the peer");
                Err(ConnectError(error).into())
            });
            app.registry(motd());
        }
        "broken composition" => {
            app.registry(motd());
            return Err(ConnectError(io::Error::other("no route")).into());
        }
        "conflicts" => {
            app.resource("store", store());
            app.resource("store", store());
            app.wrap(NormalizePath::trim());
            app.wrap(NormalizePath::trim());
            app.wrap_again(NormalizePath::trim());
            let _: Section = app.section("http");
            let _: Section = app.section("cors");
            let _: Section = app.section("Mail-Queue");
            let _: Section = app.section("mail");
            let _: Section = app.section("mail");
            let _: OtherSection = app.section("mail");
            let registry = Registry::new("One", "1.0.0");
            let unknown = Operation::get("/unknown", get_unknown);
            app.registry(registry.operation(unknown));
            let same = Registry::new("Two", "1.0.0")
                .without_openapi()
                .docs_path("/two");
            let unknown = Operation::get("/unknown", get_unknown);
            app.registry(same.operation(unknown).app_data(web::Data::new(vec![0_u8])));
        }
        "endless shutdown" => {
            app.resource("store", store());
            app.resource("cache", async || Ok(Cache));
            app.on_shutdown("endless", || {
                event("shutdown");
                pending()
            });
            app.registry(motd());
        }
        "endless closing" => {
            app.resource("store", store());
            let cache = ResourceBuilder::new(async || Ok(Cache));
            app.resource(
                "cache",
                cache.close(async |_: &Cache| {
                    event("shutdown");
                    pending().await
                }),
            );
            app.registry(motd());
        }
        "bare state" => {
            app.resource("store", store());
            app.app_data(Cache);
            app.registry(motd());
        }
        "nothing" => {}
        _ => return Ok(compose_panicking(app, mode)),
    }
    Ok(true)
}

fn composed(app: &mut App) {
    let handle = app.resource("store", store());
    app.resource("cache", async || {
        event("open cache");
        Ok(Cache)
    });
    let in_hook = handle.clone();
    app.on_startup("read", move || async move {
        event(&format!("startup {}", in_hook.get()?.greeting));
        Ok(())
    });
    app.on_shutdown("write", move || async move {
        event(&format!("shutdown {}", handle.get()?.greeting));
        Ok(())
    });
    app.wrap(|| from_fn(mark));
    app.wrap(|| DefaultHeaders::new().add(("x-version", "1")));
    app.document_middleware(|operation: &mut MiddlewareDescription<'_>| {
        let text = Header::new(Schema(json!({"type": "string"})));
        operation.response_header("X-Version", &text.required());
    });
    app.wrap_documented(Closed);
    app.service(|| actix_files::Files::new("/assets", "assets"));
    app.configure(|config| {
        config.route("/echo", web::get().to(echo));
    });
    app.registry(motd());
    app.startup_message(|url| Some(format!("Messages at {url}/motd")));
}
