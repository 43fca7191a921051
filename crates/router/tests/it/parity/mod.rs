//! Everything Flask-Rebar 3.4.1 can do, behaviour by behaviour: each has a test
//! here that says whether it is kept, or corrected and how. What is not there
//! is listed at the head of the file it would belong to.
//!
//! The bodies are held against the running original by `cargo xtask parity`;
//! these tests say the same where no Python is at hand.

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
mod uncaught;

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

/// Somebody to be greeted.
#[schema]
#[derive(Clone)]
struct Guest {
    name: String,
    age: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    height: Option<i64>,
}

/// A header of the caller's.
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

/// An API that answers as Flask-Rebar does.
fn rebar() -> Registry {
    Registry::new("My API", "1.0.0").error_style(ErrorStyle::Rebar)
}

/// A client of an API with one operation.
fn only(operation: Operation) -> TestClient {
    client(&rebar().operation(operation))
}

/// The document in OpenAPI 3.1.
fn document(registry: &Registry) -> Value {
    document_in(registry, Dialect::V3_1)
}

/// The document in Swagger 2.0.
fn swagger(registry: &Registry) -> Value {
    document_in(registry, Dialect::V2_0)
}

/// Sends a body as JSON.
fn post(client: &TestClient, body: &str) -> TestResponse {
    let call = client.post("/").header("Content-Type", "application/json");
    call.body(body.to_owned()).send()
}

/// A whole error body of Flask-Rebar's.
fn error(message: &str, code: &str) -> Value {
    json!({"message": message, "rebar_error_code": code})
}

/// What a section that breaks rules is answered with.
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
fn assert_answer(answer: &TestResponse, status: u16, body: &Value) {
    assert_eq!(
        (answer.status().as_u16(), &answer.json::<Value>()),
        (status, body)
    );
    assert_eq!(answer.header("content-type"), Some("application/json"));
}
