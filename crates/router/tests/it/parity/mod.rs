//! Every behaviour of Flask-Rebar 3.4.1: each has a test here that states
//! whether it is kept, or corrected and how. What is absent on purpose is listed
//! at the top of the file it would belong to.
//!
//! `cargo xtask parity` compares the bodies with the running original; these
//! tests need no Python.

mod authenticators;
mod envelope;
mod error_classes;
mod fields;
mod framework_errors;
mod messages;
mod pipeline;
mod prefix_and_hidden;
mod registries;
mod registry;
mod responses;
mod spec_and_ui;
mod swagger;
mod unexpected_errors;

use purlin_router::{
    Json, Operation, Registry,
    error::ErrorStyle,
    openapi::Dialect,
    reply::NoContent,
    schema,
    schemas::Message,
    testing::{TestClient, TestResponse},
};
use serde_json::{Value, json};

use crate::support::{client, document_in, errors};

/// A guest to greet.
#[schema]
#[derive(Clone)]
struct Guest {
    name: String,
    age: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    height: Option<i64>,
}

/// A request header.
#[schema(request)]
struct Caller {
    #[serde(rename = "X-User")]
    user: u32,
}

async fn hello() -> Json<Message> {
    Json(Message::new("Hello"))
}

async fn done() -> NoContent {
    NoContent
}

async fn echo(guest: Json<Guest>) -> Json<Guest> {
    guest
}

/// Returns an empty registry in the Rebar style.
fn rebar() -> Registry {
    Registry::new("My API", "1.0.0").error_style(ErrorStyle::Rebar)
}

/// Returns a client of an API with one operation.
fn only(operation: Operation) -> TestClient {
    client(&rebar().operation(operation))
}

/// Returns the document in OpenAPI 3.1.
fn document(registry: &Registry) -> Value {
    document_in(registry, Dialect::V3_1)
}

/// Returns the document in Swagger 2.0.
fn swagger(registry: &Registry) -> Value {
    document_in(registry, Dialect::V2_0)
}

/// Sends a body as JSON.
fn post(client: &TestClient, body: &str) -> TestResponse {
    let call = client.post("/").header("Content-Type", "application/json");
    call.body(body.to_owned()).send()
}

/// Returns the body of an error without violations.
fn error(message: &str, code: &str) -> Value {
    json!({"message": message, "rebar_error_code": code})
}

/// Returns the body of an error with the violations of one section.
fn invalid(message: &str, code: &str, errors: &Value) -> Value {
    json!({"errors": errors, "message": message, "rebar_error_code": code})
}

fn invalid_body(errors: &Value) -> Value {
    invalid(
        "JSON body parameters are invalid.",
        "body_validation_failed",
        errors,
    )
}

fn invalid_query(errors: &Value) -> Value {
    invalid(
        "Query string parameters are invalid.",
        "query_string_validation_failed",
        errors,
    )
}

#[track_caller]
fn assert_response(response: &TestResponse, status: u16, body: &Value) {
    assert_eq!(
        (response.status().as_u16(), &response.json::<Value>()),
        (status, body)
    );
    assert_eq!(response.header("content-type"), Some("application/json"));
}
