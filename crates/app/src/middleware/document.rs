//! What the middleware adds to the documents of the registries behind it: each type describes its own statuses, header fields
//! and parameters, and this is what they share.

use std::sync::Arc;

use purlin_router::{
    middleware::DescribeMiddleware,
    openapi::{Header, Schema},
};
use serde_json::json;

/// Middleware that describes itself, innermost first.
pub(crate) type DocumentedMiddleware = Vec<Arc<dyn DescribeMiddleware>>;

/// Returns a header field whose value is text.
pub(super) fn text(description: &str, example: &str) -> Header {
    Header::new(Schema(json!({"type": "string"})))
        .description(description)
        .example(example)
}

/// Returns `Retry-After`, which every response has.
pub(super) fn retry_after() -> (&'static str, Header) {
    let seconds = Schema(json!({"type": "integer", "minimum": 0}));
    let header = Header::new(seconds).description("When to try again, in seconds.");
    ("Retry-After", header.required())
}
