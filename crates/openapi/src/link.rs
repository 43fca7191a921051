//! Links from a response to other operations.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

/// An operation that can be asked with what a response told
/// (OpenAPI 3.1.1 section 4.8.20).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Link {
    /// The operation to ask.
    pub operation_id: String,
    /// Its parameters: constants, or runtime expressions such as `$response.body#/id`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub parameters: BTreeMap<String, Value>,
    /// What the link is for; CommonMark.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

impl Link {
    /// A link to the operation of this name.
    pub fn new(operation_id: impl Into<String>) -> Self {
        Self {
            operation_id: operation_id.into(),
            ..Self::default()
        }
    }

    /// A parameter of the operation: a constant, or a runtime expression.
    #[must_use]
    pub fn parameter(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.parameters.insert(name.into(), value.into());
        self
    }

    /// What the link is for.
    #[must_use]
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }
}
