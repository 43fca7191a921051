//! Examples of request and response bodies.

use serde_json::Value;

/// An example of the body of a request or a response.
#[derive(Clone, Debug)]
pub(crate) struct OperationExample {
    /// `None`: the request's body.
    pub(crate) status: Option<u16>,
    pub(crate) name: String,
    pub(crate) value: Value,
}
