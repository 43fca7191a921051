//! What an operation answers.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use crate::{Example, MediaType, Schema, is_false};

/// A response (OpenAPI 3.1.1 section 4.8.17).
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Response {
    /// When it is given; CommonMark.
    pub description: String,
    /// Headers by name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, Header>,
    /// The body, by media type; empty for none.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub content: BTreeMap<String, MediaType>,
    /// What can be asked next, by name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub links: BTreeMap<String, Link>,
}

impl Response {
    /// A response without a body.
    pub fn new(description: impl Into<String>) -> Self {
        Self {
            description: description.into(),
            ..Self::default()
        }
    }

    /// What can be asked next.
    #[must_use]
    pub fn link(mut self, name: impl Into<String>, link: Link) -> Self {
        self.links.insert(name.into(), link);
        self
    }
}

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
