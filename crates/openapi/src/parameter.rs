//! Path, query, header and cookie parameters.

use std::{collections::BTreeMap, fmt};

use serde::Serialize;
use serde_json::Value;

use crate::{Example, Schema, skip::is_false};

/// The location of a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum ParameterLocation {
    /// The path.
    Path,
    /// The query string.
    Query,
    /// A header; names are case-insensitive.
    Header,
    /// A cookie.
    Cookie,
}

impl ParameterLocation {
    /// Returns the value of `in`: `query`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Path => "path",
            Self::Query => "query",
            Self::Header => "header",
            Self::Cookie => "cookie",
        }
    }
}

impl fmt::Display for ParameterLocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The serialization style of a parameter (OpenAPI 3.1.1 section 4.8.12.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum ParameterStyle {
    /// The default of path and header parameters: array items separated by
    /// commas.
    Simple,
    /// The default of query and cookie parameters: the name is repeated for
    /// every array item unless `explode` is off.
    Form,
    /// Array items separated by spaces; query parameters only.
    SpaceDelimited,
    /// Array items separated by `|`; query parameters only.
    PipeDelimited,
    /// Objects as `name[property]=value`; query parameters only.
    DeepObject,
}

/// A parameter (OpenAPI 3.1.1 section 4.8.12).
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Parameter {
    /// The name.
    pub name: String,
    /// The location.
    #[serde(rename = "in")]
    pub location: ParameterLocation,
    /// A description in CommonMark.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Whether the parameter is required; always true in the path.
    #[serde(skip_serializing_if = "is_false")]
    pub required: bool,
    /// Whether the parameter is deprecated.
    #[serde(skip_serializing_if = "is_false")]
    pub deprecated: bool,
    /// The serialization style, if not the default of the location.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub style: Option<ParameterStyle>,
    /// Whether array items become separate parameters, if not the default of
    /// the style.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub explode: Option<bool>,
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

impl Parameter {
    /// Creates a parameter, which is required in the path and optional
    /// elsewhere.
    pub fn new(name: impl Into<String>, location: ParameterLocation, schema: Schema) -> Self {
        Self {
            name: name.into(),
            location,
            description: None,
            required: location == ParameterLocation::Path,
            deprecated: false,
            style: None,
            explode: None,
            schema,
            example: None,
            examples: BTreeMap::new(),
        }
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
