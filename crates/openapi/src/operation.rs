//! Operations and request bodies.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::{
    Extensions, ExternalDocs, MediaType, Parameter, Response, Schema, SecurityRequirement, Server,
    skip::is_false,
};

/// An operation (OpenAPI 3.1.1 section 4.8.10).
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Operation {
    /// The id, unique in the document.
    pub operation_id: String,
    /// A short summary.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
    /// A description in CommonMark.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The tags by which documentation groups it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Whether the operation is deprecated.
    #[serde(skip_serializing_if = "is_false")]
    pub deprecated: bool,
    /// The path, query, header and cookie parameters.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parameters: Vec<Parameter>,
    /// The request body.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_body: Option<RequestBody>,
    /// The responses by status (`200`) or `default`.
    pub responses: BTreeMap<String, Response>,
    /// The security requirements, one of which has to be satisfied. An empty
    /// list allows anonymous callers; `None` inherits the document's
    /// requirements.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub security: Option<Vec<SecurityRequirement>>,
    /// External documentation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_docs: Option<ExternalDocs>,
    /// The servers of the operation; empty to inherit the document's servers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub servers: Vec<Server>,
    /// The specification extensions (`x-…`).
    #[serde(flatten)]
    pub extensions: Extensions,
}

impl Operation {
    /// Creates an operation with this id.
    pub fn new(operation_id: impl Into<String>) -> Self {
        Self {
            operation_id: operation_id.into(),
            ..Self::default()
        }
    }

    /// Adds a server, which replaces the document's servers.
    #[must_use]
    pub fn server(mut self, server: Server) -> Self {
        self.servers.push(server);
        self
    }

    /// Sets the external documentation.
    #[must_use]
    pub fn external_docs(mut self, docs: ExternalDocs) -> Self {
        self.external_docs = Some(docs);
        self
    }
}

/// A request body (OpenAPI 3.1.1 section 4.8.13).
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct RequestBody {
    /// A description in CommonMark.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The content by media type.
    pub content: BTreeMap<String, MediaType>,
    /// Whether the body is required.
    #[serde(skip_serializing_if = "is_false")]
    pub required: bool,
}

impl RequestBody {
    /// Creates a required body with one media type.
    pub fn required(media_type: impl Into<String>, schema: Schema) -> Self {
        Self {
            content: BTreeMap::from([(media_type.into(), MediaType::new(schema))]),
            required: true,
            ..Self::default()
        }
    }
}
