//! Links from a response to other operations.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

/// A link from a response to an operation (OpenAPI 3.1.1 section 4.8.20).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Link {
    /// The id of the operation.
    pub operation_id: String,
    /// The parameters of the operation: constants, or runtime expressions such
    /// as `$response.body#/id`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub parameters: BTreeMap<String, Value>,
    /// A description in CommonMark.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

impl Link {
    /// Creates a link to the operation with this id.
    pub fn new(operation_id: impl Into<String>) -> Self {
        Self {
            operation_id: operation_id.into(),
            ..Self::default()
        }
    }

    /// Adds a parameter: a constant or a runtime expression.
    #[must_use]
    pub fn parameter(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.parameters.insert(name.into(), value.into());
        self
    }

    /// Sets the description.
    #[must_use]
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }
}
