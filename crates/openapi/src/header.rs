//! Response headers.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use crate::{Example, Schema, skip::is_false};

/// A response header (OpenAPI 3.1.1 section 4.8.21).
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Header {
    /// A description in CommonMark.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Whether every response has the header.
    #[serde(skip_serializing_if = "is_false")]
    pub required: bool,
    /// Whether the header is deprecated.
    #[serde(skip_serializing_if = "is_false")]
    pub deprecated: bool,
    /// The schema of the value.
    pub schema: Schema,
    /// An example value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub example: Option<Value>,
    /// Named examples. If there are any, [`example`](Self::example) is written
    /// as the one named `example`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub examples: BTreeMap<String, Example>,
}

impl Header {
    /// Creates an optional header with this schema.
    #[must_use]
    pub fn new(schema: Schema) -> Self {
        Self {
            description: None,
            required: false,
            deprecated: false,
            schema,
            example: None,
            examples: BTreeMap::new(),
        }
    }

    /// Sets the description, CommonMark.
    #[must_use]
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// States that every response has the header.
    #[must_use]
    pub fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// Sets the example value.
    #[must_use]
    pub fn example(mut self, example: impl Into<Value>) -> Self {
        self.example = Some(example.into());
        self
    }

    /// Adds a named example.
    #[must_use]
    pub fn named_example(mut self, name: impl Into<String>, example: Example) -> Self {
        self.examples.insert(name.into(), example);
        self
    }
}
