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

/// Returns the document of a registry as it is served, with shared responses and headers in their places.
#[track_caller]
pub(crate) fn document(registry: &Registry) -> Value {
    let served = serde_json::from_str(router(registry).openapi_json());
    let served: Value = served.expect("the document is JSON");
    let mut document = served.clone();
    put_shared_in_place(&mut document["paths"], &served);
    document
}

fn put_shared_in_place(value: &mut Value, document: &Value) {
    let reference = value.get("$ref").and_then(Value::as_str);
    let pointer = reference.and_then(|reference| reference.strip_prefix('#'));
    if let Some(pointer) = pointer.filter(|it| !it.starts_with("/components/schemas/")) {
        *value = document.pointer(pointer).expect("the component").clone();
    }
    match value {
        Value::Object(members) => members
            .values_mut()
            .for_each(|member| put_shared_in_place(member, document)),
        Value::Array(items) => items
            .iter_mut()
            .for_each(|item| put_shared_in_place(item, document)),
        _ => {}
    }
}

/// Returns the document of a registry in a dialect.
#[track_caller]
pub(crate) fn document_in(registry: &Registry, dialect: Dialect) -> Value {
    router(registry).document().to_value(dialect)
}

/// Returns an operation as the document has it.
#[track_caller]
pub(crate) fn operation<'r>(
    router: &'r Router,
    method: &str,
    template: &str,
) -> &'r purlin_router::openapi::Operation {
    let item = &router.document().paths[template];
    let mut operations = item.operations.iter();
    let found = operations.find(|(known, _)| known.as_str() == method);
    found
        .unwrap_or_else(|| panic!("{method} {template} is not in the document"))
        .1
}

/// Returns a schema with the component schemas it refers to in place.
pub(crate) fn inlined(schema: &Value, router: &Router) -> Value {
    match schema {
        Value::Object(members) => match members.get("$ref").and_then(Value::as_str) {
            Some(reference) => {
                let name = reference.rsplit('/').next().unwrap_or_default();
                inlined(&router.document().components.schemas[name].0, router)
            }
            None => members
                .iter()
                .map(|(name, member)| (name.clone(), inlined(member, router)))
                .collect(),
        },
        Value::Array(items) => items.iter().map(|item| inlined(item, router)).collect(),
        value => value.clone(),
    }
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
