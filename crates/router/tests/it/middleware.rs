//! What middleware in front of a registry adds to its document, and what time limits do.

use std::time::Duration;

use actix_web::http::{
    StatusCode,
    header::{HeaderValue, RETRY_AFTER},
};
use purlin_router::{
    Json, Operation, Registry,
    error::http::{NotFound, ServiceUnavailable, TooManyRequests},
    middleware::{DescribeMiddleware, MiddlewareDescription},
    openapi::{self, Header, Parameter, ParameterLocation, Schema},
    reply::NoContent,
    schema,
    schemas::Message,
    testing::{Coverage, TestClient},
};
use serde_json::json;

use crate::support;

#[schema(request)]
struct Todo {
    title: String,
}

async fn get_todo() -> Result<Json<Message>, NotFound> {
    Ok(Json(Message::new("Buy some milk")))
}

async fn add_todo(_: Json<Todo>) -> NoContent {
    NoContent
}

async fn busy() -> Result<NoContent, ServiceUnavailable> {
    let seconds = HeaderValue::from_static("1");
    Err(ServiceUnavailable::default().header(RETRY_AFTER, seconds))
}

fn registry() -> Registry {
    Registry::new("Todos", "1.0.0")
        .operation(Operation::get("/todos/1", get_todo))
        .operation(Operation::post("/todos", add_todo))
        .operation(Operation::get("/busy", busy))
}

fn text() -> Header {
    Header::new(Schema(json!({"type": "string"})))
}

/// Limits the rate of requests, and names the policy in every response.
struct RateLimit;

impl DescribeMiddleware for RateLimit {
    fn describe(&self, operation: &mut MiddlewareDescription<'_>) {
        operation.response_header("RateLimit-Policy", &text().required());
        operation.error(
            &TooManyRequests::new("slow down"),
            "The client sent too many requests.",
            [
                ("RateLimit-Policy", text().required()),
                ("Retry-After", text().required()),
            ],
        );
    }
}

/// Rejects requests that come too late in the day.
fn closing_time(operation: &mut MiddlewareDescription<'_>) {
    let retry_after = [("Retry-After", text().required())];
    operation.error(&ServiceUnavailable::default(), "It is closed.", retry_after);
}

fn responses(registry: &Registry, method: &str, path: &str) -> Vec<(String, openapi::Response)> {
    let router = support::router(registry);
    let operation = support::operation(&router, method, path);
    operation.responses.clone().into_iter().collect()
}

#[test]
fn statuses_and_headers_of_middleware_are_documented_from_the_inside_to_the_outside() {
    let registry = registry()
        .document_middleware(RateLimit)
        .document_middleware(closing_time);
    let responses = responses(&registry, "get", "/todos/1");
    let found: Vec<_> = responses
        .iter()
        .map(|(status, response)| {
            let headers = response.headers.iter();
            let headers = headers.map(|(name, header)| (name.as_str(), header.required));
            (status.as_str(), headers.collect::<Vec<_>>())
        })
        .collect();
    let policy = ("RateLimit-Policy", true);
    assert_eq!(
        found,
        [
            ("200", vec![policy]),
            ("404", vec![policy]),
            ("429", vec![policy, ("Retry-After", true)]),
            ("500", vec![policy]),
            // It is rejected before the rate limit.
            ("503", vec![("Retry-After", true)]),
        ]
    );
    let (_, rejected) = &responses[2];
    assert_eq!(rejected.description, "The client sent too many requests.");
    let content = &rejected.content["application/problem+json"];
    assert_eq!(content.example.as_ref().unwrap()["detail"], "slow down");
    assert_eq!(
        content.example.as_ref().unwrap()["code"],
        "too_many_requests"
    );
}

#[test]
fn header_of_a_status_with_two_causes_is_required_if_both_send_it() {
    let registry = registry().document_middleware(closing_time);
    let required = |registry: &Registry| {
        let responses = responses(registry, "get", "/busy");
        let (_, response) = responses
            .iter()
            .find(|(status, _)| status == "503")
            .unwrap();
        assert_eq!(response.description, "Service Unavailable It is closed.");
        response.headers["Retry-After"].required
    };
    assert!(!required(&registry));
    let always = |operation: &mut MiddlewareDescription<'_>| {
        operation.response_header("Retry-After", &text().required());
    };
    let registry = self::registry()
        .document_middleware(always)
        .document_middleware(closing_time);
    assert!(required(&registry));
}

#[test]
fn parameter_of_middleware_is_documented_once() {
    let conditional = |operation: &mut MiddlewareDescription<'_>| {
        if operation.info().method() != "GET" {
            return;
        }
        for name in ["If-None-Match", "if-none-match"] {
            let schema = Schema(json!({"type": "string"}));
            operation.parameter(Parameter::new(name, ParameterLocation::Header, schema));
        }
        operation.response(StatusCode::NOT_MODIFIED, "The client has it.", []);
        operation.response_header_of(StatusCode::OK, "ETag", text());
    };
    let router = support::router(&registry().document_middleware(conditional));
    let get = support::operation(&router, "get", "/todos/1");
    assert_eq!(get.parameters.len(), 1);
    assert!(get.responses["200"].headers.contains_key("ETag"));
    assert!(get.responses["304"].content.is_empty());
    let post = support::operation(&router, "post", "/todos");
    assert!(post.parameters.is_empty() && !post.responses.contains_key("304"));
}

#[test]
fn tests_without_the_middleware_cover_everything_and_break_nothing() {
    let router = support::router(&registry().document_middleware(RateLimit));
    let coverage = Coverage::of(&router);
    let client = TestClient::new(&router).recording(&coverage);
    // The required header field is not there.
    assert_eq!(client.get("/todos/1").send().status(), 200);
    let gaps: Vec<_> = coverage.gaps().iter().map(ToString::to_string).collect();
    assert!(!gaps.iter().any(|gap| gap.contains("429")), "{gaps:?}");
}

#[test]
fn plain_registry_documents_no_middleware() {
    let statuses = |path: &str, method: &str| -> Vec<String> {
        let responses = responses(&registry(), method, path);
        responses.into_iter().map(|(status, _)| status).collect()
    };
    assert_eq!(statuses("/todos/1", "get"), ["200", "404", "500"]);
    assert_eq!(
        statuses("/todos", "post"),
        ["204", "400", "413", "415", "500"]
    );
}

#[test]
fn time_limit_is_documented_where_there_is_one() {
    let registry = registry()
        .operation(
            Operation::get("/own", get_todo)
                .operation_id("own")
                .time_limit(None),
        )
        .time_limit(Duration::from_secs(1));
    for (method, path, operation, body) in [
        ("get", "/todos/1", true, false),
        ("post", "/todos", true, true),
        ("get", "/own", false, false),
    ] {
        let responses = responses(&registry, method, path);
        let has = |status: &str| responses.iter().any(|(known, _)| known == status);
        assert_eq!((has("504"), has("408")), (operation, body), "{path}");
    }
}
