//! What an operation reads from path, query, headers and cookies.

use std::{collections::BTreeMap, fmt};

use serde::Serialize;
use serde_json::Value;

use crate::{Example, Schema, skip::is_false};

/// Where a parameter stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum ParameterLocation {
    /// In the path template.
    Path,
    /// In the query string.
    Query,
    /// In a header; names have no case.
    Header,
    /// In a cookie.
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

/// How a parameter's value becomes text (OpenAPI 3.1.1 section 4.8.12.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum ParameterStyle {
    /// The default in path and header: lists are separated by commas.
    Simple,
    /// The default in query and cookie: lists repeat the name, unless `explode` is off.
    Form,
    /// Objects as `name[member]=value`; query only.
    DeepObject,
}

/// A parameter (OpenAPI 3.1.1 section 4.8.12).
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// Where it stands.
    #[serde(rename = "in")]
    pub location: ParameterLocation,
    /// What it is for; CommonMark.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Whether it has to be there; always so in the path.
    #[serde(skip_serializing_if = "is_false")]
    pub required: bool,
    /// New clients should not send it.
    #[serde(skip_serializing_if = "is_false")]
    pub deprecated: bool,
    /// How its value becomes text, where it is not the location's default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub style: Option<ParameterStyle>,
    /// Whether list items become parameters of their own, where it is not the
    /// style's default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub explode: Option<bool>,
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

impl Parameter {
    /// A parameter; one of the path is required.
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
