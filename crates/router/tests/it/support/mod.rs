//! Helpers that the tests of every topic share.

pub(crate) mod logs;
pub(crate) mod multipart;
pub(crate) mod server;

use purlin_router::{
    Operation, Registry, Router,
    openapi::Dialect,
    testing::{TestClient, TestResponse},
};
use serde_json::Value;

/// Builds a registry, and fails the test if it is not valid.
#[track_caller]
pub(crate) fn router(registry: &Registry) -> Router {
    registry.build().unwrap_or_else(|errors| panic!("{errors}"))
}

/// Returns a client of a registry.
#[track_caller]
pub(crate) fn client(registry: &Registry) -> TestClient {
    TestClient::new(&router(registry))
}

/// Returns the document of a registry as it is served.
#[track_caller]
pub(crate) fn document(registry: &Registry) -> Value {
    serde_json::from_str(router(registry).openapi_json()).expect("the document is JSON")
}

/// Returns the document of a registry in a dialect.
#[track_caller]
pub(crate) fn document_in(registry: &Registry, dialect: Dialect) -> Value {
    router(registry).document().to_value(dialect)
}

/// Returns every error that building a registry reports.
pub(crate) fn errors(registry: &Registry) -> Vec<String> {
    let errors = registry.build().err();
    errors.map_or_else(Vec::new, |errors| {
        errors.iter().map(ToString::to_string).collect()
    })
}

/// Returns the only error that building a registry with one operation reports.
#[track_caller]
pub(crate) fn error(operation: Operation) -> String {
    let mut all = errors(&Registry::new("T", "1").operation(operation));
    assert_eq!(all.len(), 1, "{all:?}");
    all.remove(0)
}

/// Returns the violations of a response in any location: pointer and code, sorted.
pub(crate) fn violations(response: &TestResponse) -> Vec<String> {
    let problem: Value = response.json();
    let all = problem["violations"].as_array().into_iter().flatten();
    let text = |it: &Value, member: &str| it[member].as_str().unwrap_or_default().to_owned();
    let mut found: Vec<String> = all
        .map(|it| format!("{} {}", text(it, "pointer"), text(it, "code")))
        .collect();
    found.sort();
    found
}

/// Asserts that a text contains each of `parts`.
#[track_caller]
pub(crate) fn assert_contains(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "{part:?} is not in {text:?}");
    }
}
