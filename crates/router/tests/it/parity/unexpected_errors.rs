//! Unexpected errors: panics, and responses that violate the contract.
//!
//! Absent on purpose: raising the exception again in debug mode, and the
//! handlers of a worker that is timed out.

use std::sync::{Arc, Mutex};

use actix_web::{HttpResponse, http::StatusCode};
use purlin_router::{
    Operation, Registry, ResponseChecks,
    error::http::ServiceUnavailable,
    reply::{NoContent, Opaque},
};

use super::{assert_response, client, error, rebar};

async fn panics() -> NoContent {
    panic!("out of cheese")
}

async fn teapot() -> Opaque<HttpResponse> {
    Opaque(HttpResponse::new(StatusCode::IM_A_TEAPOT))
}

async fn unavailable() -> Result<NoContent, ServiceUnavailable> {
    Err(ServiceUnavailable::default())
}

fn registry() -> (Registry, Arc<Mutex<Vec<String>>>) {
    let reported = Arc::new(Mutex::new(Vec::new()));
    let (first, second) = (Arc::clone(&reported), Arc::clone(&reported));
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
        .operation(Operation::get("/unavailable", unavailable));
    (registry, reported)
}

/// kept: a 500 in JSON, without the cause.
#[test]
fn panic_is_500_without_the_cause() {
    let (registry, _) = registry();
    let expected = error(
        "Sorry, there was an internal error.",
        "internal_server_error",
    );
    assert_response(&client(&registry).get("/panics").send(), 500, &expected);
}

/// kept: the hooks are called in their order.
#[test]
fn hooks_are_called_in_order() {
    let (registry, reported) = registry();
    let _ = client(&registry).get("/panics").send();
    assert_eq!(
        *reported.lock().unwrap(),
        ["1: out of cheese", "2: /panics"]
    );
}

/// kept: a declared error of a handler does not call the hooks.
#[test]
fn declared_errors_do_not_call_the_hooks() {
    let (registry, reported) = registry();
    assert_eq!(client(&registry).get("/unavailable").send().status(), 503);
    assert!(reported.lock().unwrap().is_empty());
}

/// kept: an undeclared status calls the hooks.
#[test]
fn undeclared_status_calls_the_hooks() {
    let (registry, reported) = registry();
    let client = client(&registry).without_checks();
    assert_eq!(client.get("/teapot").send().status(), 500);
    assert_eq!(reported.lock().unwrap().len(), 2);
}
