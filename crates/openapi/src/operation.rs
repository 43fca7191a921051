//! One operation: what it reads and what it answers.

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
    /// Where this operation is reached; empty for the document's servers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub servers: Vec<Server>,
    /// What OpenAPI has no word for.
    #[serde(flatten)]
    pub extensions: Extensions,
}

impl Operation {
    /// An operation of this name that says nothing else.
    pub fn new(operation_id: impl Into<String>) -> Self {
        Self {
            operation_id: operation_id.into(),
            ..Self::default()
        }
    }

    /// A server of this operation, instead of the document's.
    #[must_use]
    pub fn server(mut self, server: Server) -> Self {
        self.servers.push(server);
        self
    }

    /// More to read.
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
