//! Responses.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::{Header, Link, MediaType};

/// A response (OpenAPI 3.1.1 section 4.8.17).
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Response {
    /// A description in CommonMark.
    pub description: String,
    /// The headers by name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, Header>,
    /// The content by media type; empty for a response without a body.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub content: BTreeMap<String, MediaType>,
    /// The links by name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub links: BTreeMap<String, Link>,
}

impl Response {
    /// Creates a response without a body.
    pub fn new(description: impl Into<String>) -> Self {
        Self {
            description: description.into(),
            ..Self::default()
        }
    }

    /// Adds a link.
    #[must_use]
    pub fn link(mut self, name: impl Into<String>, link: Link) -> Self {
        self.links.insert(name.into(), link);
        self
    }
}
