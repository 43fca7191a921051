//! Replies: their statuses, headers and media types, as they are sent and as the document describes them.

mod conditional;
mod cookies_and_headers;
mod json_lines;
mod negotiation;
mod shutdown;
mod statuses;

use purlin_router::{Operation, Registry};
use serde_json::Value;

use crate::support;

/// Returns the responses that the document has of the only operation, a GET unless another method is given.
fn responses(operation: Operation) -> Value {
    let registry = Registry::new("T", "1").operation(operation);
    let mut document = support::document(&registry);
    let operations = document["paths"]["/"].as_object_mut();
    let operation = operations.and_then(|it| it.values_mut().next());
    operation.map_or(Value::Null, |operation| operation["responses"].take())
}

/// Returns the statuses that the document has of the only operation.
fn statuses(operation: Operation) -> Vec<String> {
    let responses = responses(operation);
    let statuses = responses.as_object().into_iter().flatten();
    statuses.map(|(status, _)| status.clone()).collect()
}
