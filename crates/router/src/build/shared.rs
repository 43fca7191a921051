//! Paths that operations share although the types of their parameters differ:
//! `GET /todos/{todo}` takes `user`, `PATCH /todos/{todo}` takes `7`. To OpenAPI
//! that is one path. Where types take part in routing, an operation responds
//! with 405 at a path that matches the other operation alone, which its
//! responses have to include.

use actix_web::http::header::HeaderValue;
use purlin_openapi::{Document, Header, Operation, ParameterLocation, Response, Schema};
use serde_json::{Value, json};

use crate::error::{Reason, policy::ErrorPolicy};

/// Adds the 405 where it is possible.
pub(super) fn add(document: &mut Document, policy: &ErrorPolicy) {
    for item in document.paths.values_mut() {
        let shared: Vec<_> = item.operations.values().map(path_types).collect();
        let methods = item.operations.keys().map(|method| method.as_str());
        let example = method_not_allowed(&methods.collect::<Vec<_>>(), policy);
        for operation in item.operations.values_mut() {
            let own = path_types(operation);
            if shared.iter().any(|other| can_mismatch(&own, other)) {
                add_method_not_allowed(operation, example.as_ref());
            }
        }
    }
}

fn path_types(operation: &Operation) -> Vec<Schema> {
    let parameters = operation.parameters.iter();
    parameters
        .filter(|parameter| parameter.location == ParameterLocation::Path)
        .map(|parameter| parameter.schema.clone())
        .collect()
}

/// Returns whether a path can match the other types and not these. A string
/// matches wherever another type does.
fn can_mismatch(own: &[Schema], other: &[Schema]) -> bool {
    let any_string = Schema(json!({"type": "string"}));
    own.iter()
        .zip(other)
        .any(|(own, other)| own != other && *own != any_string)
}

/// Returns the body of a 405 at a path with these methods.
fn method_not_allowed(methods: &[&str], policy: &ErrorPolicy) -> Option<Value> {
    let allow = methods.join(", ").to_ascii_uppercase();
    let allow = HeaderValue::try_from(allow).ok()?;
    policy.example(&Reason::MethodNotAllowed { allow }.into())
}

/// Adds a 405 with the headers and the error body of the operation's 404.
fn add_method_not_allowed(operation: &mut Operation, example: Option<&Value>) {
    let Some(not_found) = operation.responses.get("404") else {
        return;
    };
    let mut response = Response::new("The path does not support the method.");
    response.headers.clone_from(&not_found.headers);
    response.content.clone_from(&not_found.content);
    for content in response.content.values_mut() {
        content.example = example.cloned();
    }
    let mut allow = Header::new(Schema(json!({"type": "string"})));
    allow.description = Some("The methods that the path supports.".to_owned());
    allow.required = true;
    response.headers.insert("Allow".to_owned(), allow);
    let responses = &mut operation.responses;
    responses.entry("405".to_owned()).or_insert(response);
}
