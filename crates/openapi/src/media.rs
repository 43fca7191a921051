//! Bodies by media type, and examples.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use crate::{Example, Header, ParameterStyle, Schema};

/// A body of one media type (OpenAPI 3.1.1 section 4.8.14).
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct MediaType {
    /// What it may be.
    pub schema: Schema,
    /// One of the things it may be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub example: Option<Value>,
    /// Several of the things it may be, by name. With names there,
    /// [`example`](Self::example) is written as the one named `example`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub examples: BTreeMap<String, Example>,
    /// How the fields of a form become text, by field.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub encoding: BTreeMap<String, Encoding>,
}

impl MediaType {
    /// A body of this schema.
    #[must_use]
    pub fn new(schema: Schema) -> Self {
        Self {
            schema,
            example: None,
            examples: BTreeMap::new(),
            encoding: BTreeMap::new(),
        }
    }

    /// One of the things it may be.
    #[must_use]
    pub fn example(mut self, example: impl Into<Value>) -> Self {
        self.example = Some(example.into());
        self
    }

    /// One of several things it may be.
    #[must_use]
    pub fn named_example(mut self, name: impl Into<String>, example: Example) -> Self {
        self.examples.insert(name.into(), example);
        self
    }

    /// How a field of a form becomes text.
    #[must_use]
    pub fn encoding(mut self, field: impl Into<String>, encoding: Encoding) -> Self {
        self.encoding.insert(field.into(), encoding);
        self
    }
}

/// How a field of a form becomes text (OpenAPI 3.1.1 section 4.8.15).
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Encoding {
    /// The field's media type, or several with commas between; multipart only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
    /// Headers of the field's part; multipart only.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, Header>,
    /// How its value becomes text, as in the query; URL-encoded forms only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub style: Option<ParameterStyle>,
    /// Whether list items become fields of their own, where it is not the
    /// style's default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub explode: Option<bool>,
}

impl Encoding {
    /// A part of this media type.
    pub fn content_type(content_type: impl Into<String>) -> Self {
        Self {
            content_type: Some(content_type.into()),
            ..Self::default()
        }
    }

    /// A field whose value becomes text in this style.
    #[must_use]
    pub fn style(style: ParameterStyle, explode: bool) -> Self {
        Self {
            style: Some(style),
            explode: Some(explode),
            ..Self::default()
        }
    }

    /// A header of the field's part.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, header: Header) -> Self {
        self.headers.insert(name.into(), header);
        self
    }
}
