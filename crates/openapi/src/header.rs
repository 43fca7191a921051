//! Response headers.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use crate::{Example, Schema, skip::is_false};

/// A response header (OpenAPI 3.1.1 section 4.8.21).
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Header {
    /// What it tells; CommonMark.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Whether it is always there.
    #[serde(skip_serializing_if = "is_false")]
    pub required: bool,
    /// New clients should not read it.
    #[serde(skip_serializing_if = "is_false")]
    pub deprecated: bool,
    /// What its value may be.
    pub schema: Schema,
    /// One of the values it may have.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub example: Option<Value>,
    /// Several of the values it may have, by name. With names there,
    /// [`example`](Self::example) is written as the one named `example`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub examples: BTreeMap<String, Example>,
}

impl Header {
    /// A header whose value is of this schema.
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

    /// One of the values it may have.
    #[must_use]
    pub fn example(mut self, example: impl Into<Value>) -> Self {
        self.example = Some(example.into());
        self
    }

    /// One of several values it may have.
    #[must_use]
    pub fn named_example(mut self, name: impl Into<String>, example: Example) -> Self {
        self.examples.insert(name.into(), example);
        self
    }
}
