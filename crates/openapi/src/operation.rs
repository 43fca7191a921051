//! One operation: what it reads and what it answers.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::{ExternalDocs, Schema, SecurityRequirement};

/// An operation (OpenAPI 3.1.1 section 4.8.10).
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Operation {
    /// Its name, unique in the document.
    pub operation_id: String,
    /// One line that says what it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
    /// The longer description; CommonMark.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// What documentation groups it under.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// New clients should not use it.
    #[serde(skip_serializing_if = "is_false")]
    pub deprecated: bool,
    /// What it reads from path, query, headers and cookies.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parameters: Vec<Parameter>,
    /// What it reads from the body.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_body: Option<RequestBody>,
    /// What it answers, by status (`200`) or `default`.
    pub responses: BTreeMap<String, Response>,
    /// Who may call it: any one requirement is enough, an empty list is
    /// everybody, and none leaves it to the document.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub security: Option<Vec<SecurityRequirement>>,
    /// More to read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_docs: Option<ExternalDocs>,
}

impl Operation {
    /// An operation of this name that says nothing else.
    pub fn new(operation_id: impl Into<String>) -> Self {
        Self {
            operation_id: operation_id.into(),
            ..Self::default()
        }
    }
}

/// Where a parameter stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
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
        }
    }
}

/// A request body (OpenAPI 3.1.1 section 4.8.13).
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct RequestBody {
    /// What it is for; CommonMark.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// By media type.
    pub content: BTreeMap<String, MediaType>,
    /// Whether it has to be there.
    #[serde(skip_serializing_if = "is_false")]
    pub required: bool,
}

impl RequestBody {
    /// A required body of one media type.
    pub fn required(media_type: impl Into<String>, schema: Schema) -> Self {
        Self {
            content: BTreeMap::from([(media_type.into(), MediaType::new(schema))]),
            required: true,
            ..Self::default()
        }
    }
}

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
}

impl Response {
    /// A response without a body.
    pub fn new(description: impl Into<String>) -> Self {
        Self {
            description: description.into(),
            ..Self::default()
        }
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
    /// What its value may be.
    pub schema: Schema,
}

impl Header {
    /// A header whose value is of this schema.
    #[must_use]
    pub fn new(schema: Schema) -> Self {
        Self {
            description: None,
            required: false,
            schema,
        }
    }
}

/// A body of one media type (OpenAPI 3.1.1 section 4.8.14).
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct MediaType {
    /// What it may be.
    pub schema: Schema,
    /// One of the things it may be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub example: Option<serde_json::Value>,
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
            encoding: BTreeMap::new(),
        }
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
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands over a reference"
)]
fn is_false(value: &bool) -> bool {
    !value
}
