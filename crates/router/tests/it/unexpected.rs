//! `Unexpected`: every error becomes a 500 that is logged once, with its sources, and that no client reads.

use std::sync::{Arc, Mutex};

use actix_web::HttpResponse;
use purlin_router::{error::http::NotFound, prelude::*};
use serde_json::Value;

use crate::support::{self, logs::errors_of};

#[derive(Debug, thiserror::Error)]
#[error("no route to 10.0.0.1")]
struct Unreachable;

#[derive(Debug, thiserror::Error)]
#[error("the connection failed")]
struct ConnectionFailed(#[source] Unreachable);

#[derive(Debug, thiserror::Error)]
#[error("the database: {0}")]
struct DatabaseError(#[from] ConnectionFailed);

fn find() -> Result<u8, DatabaseError> {
    Err(ConnectionFailed(Unreachable).into())
}

/// The log has the source that the text of the database error repeats once.
const LOGGED: &str =
    "an unexpected error: the database: the connection failed: no route to 10.0.0.1";

#[derive(Debug, thiserror::Error, ApiError)]
enum TodoError {
    #[error(transparent)]
    #[status(transparent)]
    NotFound(#[from] NotFound),
    #[error(transparent)]
    #[status(transparent)]
    Unexpected(#[from] Unexpected),
}

#[get("/plain")]
async fn plain() -> Result<Json<u8>, Unexpected> {
    Ok(Json(find()?))
}

#[get("/wrapped")]
async fn wrapped() -> Result<Json<u8>, TodoError> {
    Ok(Json(find().map_err(Unexpected::new)?))
}

#[get("/message")]
async fn message() -> Result<Json<u8>, Unexpected> {
    Err(Unexpected::new("the cache is empty"))
}

#[get("/found")]
async fn found() -> Result<Json<u8>, Unexpected> {
    Ok(Json("7".parse()?))
}

fn registry() -> Registry {
    Registry::new("T", "1")
        .operation(plain)
        .operation(wrapped)
        .operation(message)
        .operation(found)
}

#[test]
fn error_is_logged_once_with_its_sources_and_never_shown() {
    let client = support::client(&registry());
    for path in ["/plain", "/wrapped"] {
        let (response, errors) = errors_of(|| client.get(path).send());
        assert_eq!(response.status(), 500);
        let body: Value = response.json();
        assert_eq!(body["code"], "internal_server_error");
        for secret in ["database", "connection", "10.0.0.1"] {
            assert!(!response.text().contains(secret), "{}", response.text());
        }
        assert_eq!(errors, [LOGGED]);
    }
    let (response, errors) = errors_of(|| client.get("/message").send());
    assert_eq!(response.status(), 500);
    assert_eq!(errors, ["an unexpected error: the cache is empty"]);
    let (response, errors) = errors_of(|| client.get("/found").send());
    assert_eq!((response.json::<u8>(), errors.len()), (7, 0));
}

#[test]
fn hooks_are_called_with_the_message_of_the_log() {
    let reported = Arc::new(Mutex::new(Vec::new()));
    let hook = Arc::clone(&reported);
    let registry = registry().on_uncaught(move |error| {
        hook.lock().unwrap().push(error.message.to_owned());
    });
    let client = support::client(&registry);
    assert_eq!(client.get("/plain").send().status(), 500);
    assert_eq!(client.get("/wrapped").send().status(), 500);
    let expected = LOGGED.trim_start_matches("an unexpected error: ");
    assert_eq!(*reported.lock().unwrap(), [expected, expected]);
}

#[test]
fn document_has_the_500_of_every_operation() {
    #[get("/todos")]
    async fn infallible() -> Json<u8> {
        Json(1)
    }
    let document = support::document(&registry().operation(infallible));
    let of = |path: &str| document["paths"][path]["get"]["responses"]["500"].clone();
    assert!(of("/todos").is_object());
    assert_eq!(of("/plain"), of("/todos"));
    assert_eq!(of("/wrapped"), of("/todos"));
}

#[actix_web::test]
async fn plain_actix_handler_may_return_it() {
    use actix_web::{App, test, web};
    let handler = || async {
        find()?;
        Ok::<_, Unexpected>(HttpResponse::Ok().finish())
    };
    let app = test::init_service(App::new().route("/", web::get().to(handler))).await;
    let request = test::TestRequest::default().to_request();
    let response = test::call_service(&app, request).await;
    assert_eq!(response.status(), 500);
    let body = test::read_body(response).await;
    assert!(!String::from_utf8_lossy(&body).contains("database"));
}

#[test]
fn it_gives_access_to_the_error_in_it() {
    let error = Unexpected::from(find().unwrap_err());
    assert!(error.is::<DatabaseError>());
    assert_eq!(error.to_string(), "the database: the connection failed");
    assert!(error.into_inner().downcast::<DatabaseError>().is_ok());
}
