//! The content of bodies by media type.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use crate::{Example, Header, ParameterStyle, Schema};

/// The content of a body in one media type (OpenAPI 3.1.1 section 4.8.14).
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct MediaType {
    /// The schema of the content.
    pub schema: Schema,
    /// An example.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub example: Option<Value>,
    /// Named examples. If there are any, [`example`](Self::example) is written
    /// as the one named `example`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub examples: BTreeMap<String, Example>,
    /// The encodings of form fields by name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub encoding: BTreeMap<String, Encoding>,
}

impl MediaType {
    /// Creates content with this schema.
    #[must_use]
    pub fn new(schema: Schema) -> Self {
        Self {
            schema,
            example: None,
            examples: BTreeMap::new(),
            encoding: BTreeMap::new(),
        }
    }

    /// Sets the example.
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

    /// Sets the encoding of a form field.
    #[must_use]
    pub fn encoding(mut self, field: impl Into<String>, encoding: Encoding) -> Self {
        self.encoding.insert(field.into(), encoding);
        self
    }
}

/// The encoding of a form field (OpenAPI 3.1.1 section 4.8.15).
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Encoding {
    /// The media type of the field, or several separated by commas; multipart
    /// forms only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
    /// The headers of the part; multipart forms only.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, Header>,
    /// The serialization style, as in the query string; URL-encoded forms only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub style: Option<ParameterStyle>,
    /// Whether array items become separate fields, if not the default of the
    /// style.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub explode: Option<bool>,
}

impl Encoding {
    /// Creates the encoding of a part with this media type.
    pub fn content_type(content_type: impl Into<String>) -> Self {
        Self {
            content_type: Some(content_type.into()),
            ..Self::default()
        }
    }

    /// Creates the encoding of a field with this style.
    #[must_use]
    pub fn style(style: ParameterStyle, explode: bool) -> Self {
        Self {
            style: Some(style),
            explode: Some(explode),
            ..Self::default()
        }
    }

    /// Adds a header of the part.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, header: Header) -> Self {
        self.headers.insert(name.into(), header);
        self
    }
}
