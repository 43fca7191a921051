//! What nobody expected: panics, and replies that break their contract.
//!
//! Not there, on purpose: raising the exception again in debug mode, and the
//! handlers of a worker that is timed out; no request is ended from outside.

use std::sync::{Arc, Mutex};

use actix_web::{HttpResponse, http::StatusCode};
use purlin_router::{
    Operation, Registry, ResponseChecks,
    error::http::ServiceUnavailable,
    reply::{NoContent, Opaque},
};

use super::{assert_answer, client, error, rebar};

async fn panics() -> NoContent {
    panic!("out of cheese")
}

async fn teapot() -> Opaque<HttpResponse> {
    Opaque(HttpResponse::new(StatusCode::IM_A_TEAPOT))
}

async fn away() -> Result<NoContent, ServiceUnavailable> {
    Err(ServiceUnavailable::default())
}

fn registry() -> (Registry, Arc<Mutex<Vec<String>>>) {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let (first, second) = (Arc::clone(&heard), Arc::clone(&heard));
    let registry = rebar()
        .check_responses(ResponseChecks::Refuse)
        .on_uncaught(move |error| first.lock().unwrap().push(format!("1: {}", error.message)))
        .on_uncaught(move |error| {
            second
                .lock()
                .unwrap()
                .push(format!("2: {}", error.request.path()));
        })
        .operation(Operation::get("/panics", panics))
        .operation(Operation::get("/teapot", teapot))
        .operation(Operation::get("/away", away));
    (registry, heard)
}

/// kept: a 500 in JSON, which says nothing of the cause.
#[test]
fn what_nobody_caught_is_a_500() {
    let (registry, _) = registry();
    let expected = error(
        "Sorry, there was an internal error.",
        "internal_server_error",
    );
    assert_answer(&client(&registry).get("/panics").send(), 500, &expected);
}

/// kept: the handlers hear of it, in their order.
#[test]
fn handlers_hear_in_their_order() {
    let (registry, heard) = registry();
    let _ = client(&registry).get("/panics").send();
    assert_eq!(*heard.lock().unwrap(), ["1: out of cheese", "2: /panics"]);
}

/// kept: an error a handler raises on purpose is not uncaught.
#[test]
fn errors_on_purpose_are_not_uncaught() {
    let (registry, heard) = registry();
    assert_eq!(client(&registry).get("/away").send().status(), 503);
    assert!(heard.lock().unwrap().is_empty());
}

/// kept: a status that is not declared is uncaught.
#[test]
fn a_status_nobody_declared_is_uncaught() {
    let (registry, heard) = registry();
    let client = client(&registry).without_checks();
    assert_eq!(client.get("/teapot").send().status(), 500);
    assert_eq!(heard.lock().unwrap().len(), 2);
}
