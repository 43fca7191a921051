//! The document and its paths.

use std::{collections::BTreeMap, fmt, str::FromStr};

use serde::Serialize;

use crate::{
    Components, Extensions, ExternalDocs, Info, Operation, SecurityRequirement, Server, Tag,
};

/// An OpenAPI document (OpenAPI 3.1.1 section 4.8.1, OpenAPI Object).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Document {
    /// The metadata of the API.
    pub info: Info,
    /// The servers; relative URLs are resolved against the URL of the document.
    pub servers: Vec<Server>,
    /// The tags, in the order in which documentation lists them.
    pub tags: Vec<Tag>,
    /// The path items by path template.
    pub paths: BTreeMap<String, PathItem>,
    /// The components that operations refer to.
    pub components: Components,
    /// The security requirements of operations without their own. One of them
    /// has to be satisfied.
    pub security: Vec<SecurityRequirement>,
    /// External documentation.
    pub external_docs: Option<ExternalDocs>,
    /// The specification extensions (`x-…`).
    pub extensions: Extensions,
}

impl Document {
    /// Creates a document without paths.
    #[must_use]
    pub fn new(info: Info) -> Self {
        Self {
            info,
            servers: Vec::new(),
            tags: Vec::new(),
            paths: BTreeMap::new(),
            components: Components::default(),
            security: Vec::new(),
            external_docs: None,
            extensions: Extensions::default(),
        }
    }

    /// Adds an operation under its path template and method. It replaces an
    /// existing one.
    pub fn operation(&mut self, template: impl Into<String>, method: Method, operation: Operation) {
        self.paths
            .entry(template.into())
            .or_default()
            .operations
            .insert(method, operation);
    }

    /// Returns all operations.
    pub(crate) fn operations(&self) -> impl Iterator<Item = &Operation> {
        self.paths
            .values()
            .flat_map(|item| item.operations.values())
    }
}

/// The operations of a path (OpenAPI 3.1.1 section 4.8.9).
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct PathItem {
    /// The operations by method.
    pub operations: BTreeMap<Method, Operation>,
}

/// The HTTP methods that a path item supports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Method {
    /// GET
    Get,
    /// PUT
    Put,
    /// POST
    Post,
    /// DELETE
    Delete,
    /// OPTIONS
    Options,
    /// HEAD
    Head,
    /// PATCH
    Patch,
    /// TRACE; not supported by Swagger 2.0.
    Trace,
}

impl Method {
    const ALL: [Self; 8] = [
        Self::Get,
        Self::Put,
        Self::Post,
        Self::Delete,
        Self::Options,
        Self::Head,
        Self::Patch,
        Self::Trace,
    ];

    /// Returns the name in a path item: `get`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "get",
            Self::Put => "put",
            Self::Post => "post",
            Self::Delete => "delete",
            Self::Options => "options",
            Self::Head => "head",
            Self::Patch => "patch",
            Self::Trace => "trace",
        }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A method that OpenAPI 3.1 does not support.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("OpenAPI does not support the method `{0}`")]
pub struct UnknownMethod(String);

impl FromStr for Method {
    type Err = UnknownMethod;

    /// Parses a method in the form of HTTP: `GET`.
    fn from_str(name: &str) -> Result<Self, UnknownMethod> {
        Self::ALL
            .into_iter()
            .find(|method| method.as_str().to_ascii_uppercase() == name)
            .ok_or_else(|| UnknownMethod(name.to_owned()))
    }
}
