//! Calls an API without a socket, from plain `#[test]` functions.
//!
//! The client runs the real dispatch, extractors and error rendering; only
//! HTTP parsing is left out. Every response is checked against the document: one
//! whose status, media type, headers or body are not as declared fails the test.
//! A [`Coverage`] reports what the tests reach of the document. In an async test use actix-web's own
//! `test::init_service(App::new().service(router))` instead: a [`TestClient`]
//! blocks, and cannot run inside another runtime.

mod coverage;
mod fail;

use std::{future::Future, pin::Pin};

use actix_web::{
    App, HttpMessage,
    body::{BoxBody, to_bytes},
    dev::{Service, ServiceResponse},
    http::{
        Method, StatusCode,
        header::{self, HeaderMap, HeaderName, HeaderValue},
    },
    rt::{System, SystemRunner},
    test::{TestRequest, init_service},
    web::Bytes,
};
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    built_operation::BuiltOperation, error::BrokenRules, operation::data::MatchedOperation,
    router::Router, time_limit::TimedOut,
};
pub use coverage::{Coverage, Gap};
use fail::fail;

type CallFuture = Pin<Box<dyn Future<Output = ServiceResponse<BoxBody>>>>;

/// A client of one router.
///
/// ```
/// use purlin_router::{Json, Operation, Registry, schemas::Message, testing::TestClient};
///
/// async fn get_index() -> Json<Message> {
///     Json(Message::new("Hello, Being!"))
/// }
///
/// # fn main() -> Result<(), purlin_router::RegistryErrors> {
/// let api = Registry::new("Greetings", "1.0.0").operation(Operation::get("/", get_index));
/// let client = TestClient::new(&api.build()?);
/// let response = client.get("/").send();
/// assert_eq!(response.status(), 200);
/// assert_eq!(response.json::<serde_json::Value>()["message"], "Hello, Being!");
/// # Ok(())
/// # }
/// ```
pub struct TestClient {
    system: SystemRunner,
    /// Sends a request; the second argument is whether the rules it breaks are recorded.
    call: Box<dyn Fn(TestRequest, bool) -> CallFuture>,
    router: Router,
    checks: bool,
    coverage: Option<Coverage>,
}

impl TestClient {
    /// Returns a client of a router mounted at the root of an app whose default
    /// service is [`Router::not_found`].
    #[must_use]
    pub fn new(router: &Router) -> Self {
        Self::with(System::new(), router)
    }

    /// Returns a client of the router that `setup` makes in the runtime of the client, for data that belong to a runtime,
    /// such as a pool of connections. [`block_on`](Self::block_on) runs what is to be done with them later.
    ///
    /// ```
    /// use std::convert::Infallible;
    ///
    /// use actix_web::web;
    /// use purlin_router::{Json, Operation, Registry, testing::TestClient};
    ///
    /// /// Stands for a pool of connections.
    /// struct Pool;
    ///
    /// impl Pool {
    ///     async fn connect() -> Result<Self, Infallible> {
    ///         Ok(Self)
    ///     }
    /// }
    ///
    /// async fn count(_: web::Data<Pool>) -> Json<u64> {
    ///     Json(0)
    /// }
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let client = TestClient::open(async {
    ///     let pool = web::Data::new(Pool::connect().await?);
    ///     let registry = Registry::new("Todos", "1.0.0").app_data(pool);
    ///     registry.operation(Operation::get("/count", count)).build().map_err(Box::<dyn std::error::Error>::from)
    /// })?;
    /// assert_eq!(client.get("/count").send().json::<u64>(), 0);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns the error of `setup`.
    pub fn open<E>(setup: impl Future<Output = Result<Router, E>>) -> Result<Self, E> {
        let system = System::new();
        let router = system.block_on(setup)?;
        Ok(Self::with(system, &router))
    }

    /// Runs a future in the runtime of the client, and returns its output.
    pub fn block_on<F: Future>(&self, future: F) -> F::Output {
        self.system.block_on(future)
    }

    /// Returns the router.
    #[must_use]
    pub fn router(&self) -> &Router {
        &self.router
    }

    fn with(system: SystemRunner, router: &Router) -> Self {
        let app = App::new()
            .service(router.clone())
            .default_service(router.not_found());
        let service = system.block_on(init_service(app));
        Self {
            system,
            router: router.clone(),
            checks: true,
            coverage: None,
            call: Box::new(move |request, records| {
                let request = request.to_request();
                if records {
                    request.extensions_mut().insert(BrokenRules::default());
                }
                let response = service.call(request);
                Box::pin(async move {
                    match response.await {
                        Ok(response) => response.map_into_boxed_body(),
                        // Our services return `Ok`; the rest are actix's own.
                        Err(error) => {
                            let request = TestRequest::default().to_http_request();
                            ServiceResponse::from_err(error, request)
                        }
                    }
                })
            }),
        }
    }

    /// Does not check responses, for tests of what breaks the contract.
    #[must_use]
    pub fn without_checks(mut self) -> Self {
        self.checks = false;
        self
    }

    /// Records in a [`Coverage`] what the requests reach.
    #[must_use]
    pub fn recording(mut self, coverage: &Coverage) -> Self {
        self.coverage = Some(coverage.clone());
        self
    }

    /// Starts a request of any method; the target is a path with or without a query,
    /// percent-encoded as on the wire.
    pub fn request(&self, method: Method, target: &str) -> TestCall<'_> {
        TestCall {
            client: self,
            request: TestRequest::default().method(method).uri(target),
        }
    }

    /// Starts a GET request.
    pub fn get(&self, target: &str) -> TestCall<'_> {
        self.request(Method::GET, target)
    }

    /// Starts a POST request.
    pub fn post(&self, target: &str) -> TestCall<'_> {
        self.request(Method::POST, target)
    }

    /// Starts a PUT request.
    pub fn put(&self, target: &str) -> TestCall<'_> {
        self.request(Method::PUT, target)
    }

    /// Starts a PATCH request.
    pub fn patch(&self, target: &str) -> TestCall<'_> {
        self.request(Method::PATCH, target)
    }

    /// Starts a DELETE request.
    pub fn delete(&self, target: &str) -> TestCall<'_> {
        self.request(Method::DELETE, target)
    }
}

/// A request being built.
pub struct TestCall<'c> {
    client: &'c TestClient,
    request: TestRequest,
}

impl TestCall<'_> {
    /// Adds a header. A name or value that HTTP does not allow fails the test.
    #[must_use]
    pub fn header<N, V>(mut self, name: N, value: V) -> Self
    where
        N: TryInto<HeaderName>,
        V: TryInto<HeaderValue>,
    {
        match (name.try_into(), value.try_into()) {
            (Ok(name), Ok(value)) => {
                self.request = self.request.append_header((name, value));
                self
            }
            _ => fail("the header's name or value is not allowed in HTTP"),
        }
    }

    /// Sets a JSON body, with its content type.
    #[must_use]
    pub fn json<T: Serialize + ?Sized>(self, body: &T) -> Self {
        match serde_json::to_vec(body) {
            Ok(bytes) => self
                .header(header::CONTENT_TYPE, "application/json")
                .body(bytes),
            Err(_) => fail("the body cannot be written as JSON"),
        }
    }

    /// Sets a body, without a content type.
    #[must_use]
    pub fn body(mut self, bytes: impl Into<Bytes>) -> Self {
        self.request = self.request.set_payload(bytes);
        self
    }

    /// Sends the request and waits for the whole response.
    #[must_use]
    pub fn send(self) -> TestResponse {
        let coverage = self.client.coverage.as_ref();
        let call = (self.client.call)(self.request, coverage.is_some());
        let checks = self.client.checks;
        let model = &self.client.router.model;
        self.client.system.block_on(async move {
            let (request, mut response) = call.await.into_parts();
            if let Some(coverage) = coverage {
                coverage.record(&request, &response);
            }
            let operation = request.app_data::<MatchedOperation>();
            // Like responses of middleware, a timeout is not declared by operations.
            let checks = checks
                && request.method() != Method::HEAD
                && !response.extensions().contains::<TimedOut>();
            let built = operation.and_then(|it| model.operation(it.index()));
            if let Some(built) = built.filter(|_| checks) {
                let (checked, broken) = built.replies.verify(response);
                response = checked;
                if let Some(message) = broken {
                    fail_contract(built, &message);
                }
            }
            let (status, headers) = (response.status(), response.headers().clone());
            match to_bytes(response.into_body()).await {
                Ok(body) => {
                    let response = TestResponse {
                        status,
                        headers,
                        body,
                    };
                    if let Some(built) = built.filter(|_| checks) {
                        response.check_items(built);
                    }
                    response
                }
                Err(_) => fail("the response's body cannot be read"),
            }
        })
    }
}

fn fail_contract(operation: &BuiltOperation, message: &str) -> ! {
    let id = operation.data.info.operation_id();
    fail(&format!(
        "the operation `{id}` broke its contract: {message}"
    ))
}

/// A whole response.
#[derive(Clone, Debug)]
pub struct TestResponse {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

impl TestResponse {
    /// Returns the status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// Returns the first value of a header, if it is there and text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Returns all headers.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// Returns the bytes of the body.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.body
    }

    /// Returns the body as text; bytes that are not UTF-8 are replaced.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// Returns the lines of a [`JsonLines`](crate::reply::JsonLines). One that is not JSON fails the test.
    #[must_use]
    pub fn json_lines<T: DeserializeOwned>(&self) -> Vec<T> {
        let lines = self.body.split(|byte| *byte == b'\n');
        let lines = lines.filter(|line| !line.is_empty());
        lines
            .map(|line| match serde_json::from_slice(line) {
                Ok(value) => value,
                Err(error) => fail(&format!(
                    "{error} in the line {}",
                    String::from_utf8_lossy(line)
                )),
            })
            .collect()
    }

    /// Fails the test if an item of a stream breaks its schema.
    fn check_items(&self, operation: &BuiltOperation) {
        let media_type = self.header("content-type").unwrap_or_default();
        let replies = &operation.replies;
        if let Some(message) = replies.broken_item(self.status.as_u16(), media_type, &self.body) {
            fail_contract(operation, &message);
        }
    }

    /// Returns the body as JSON. A body that is not JSON fails the test.
    #[must_use]
    pub fn json<T: DeserializeOwned>(&self) -> T {
        match serde_json::from_slice(&self.body) {
            Ok(value) => value,
            Err(error) => fail(&format!("{error} in the body {}", self.text())),
        }
    }
}
