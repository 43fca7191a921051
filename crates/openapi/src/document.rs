//! The document and its paths.

use std::{collections::BTreeMap, fmt, str::FromStr};

use serde::Serialize;

use crate::{
    Components, Extensions, ExternalDocs, Info, Operation, SecurityRequirement, Server, Tag,
};

/// An API (OpenAPI 3.1.1 section 4.8.1, OpenAPI Object).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Document {
    /// Title, version and whom to ask.
    pub info: Info,
    /// Where the API is reached; relative URLs start at the document.
    pub servers: Vec<Server>,
    /// The declared tags, in the order documentation shows them.
    pub tags: Vec<Tag>,
    /// Path items by path template.
    pub paths: BTreeMap<String, PathItem>,
    /// What operations refer to by name.
    pub components: Components,
    /// Requirements of every operation that states none of its own; any one is enough.
    pub security: Vec<SecurityRequirement>,
    /// More to read.
    pub external_docs: Option<ExternalDocs>,
    /// What OpenAPI has no word for.
    pub extensions: Extensions,
}

impl Document {
    /// A document without paths.
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

    /// Puts an operation under its path template and method, in place of the
    /// one that may be there.
    pub fn operation(&mut self, template: impl Into<String>, method: Method, operation: Operation) {
        self.paths
            .entry(template.into())
            .or_default()
            .operations
            .insert(method, operation);
    }

    /// Every operation of every path.
    pub(crate) fn operations(&self) -> impl Iterator<Item = &Operation> {
        self.paths
            .values()
            .flat_map(|item| item.operations.values())
    }
}

/// The operations of one path (OpenAPI 3.1.1 section 4.8.9).
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct PathItem {
    /// Operations by method.
    pub operations: BTreeMap<Method, Operation>,
}

/// The methods a path item has a place for.
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
    /// TRACE; Swagger 2.0 has no place for it.
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

    /// The name in a path item: `get`.
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

/// A method OpenAPI 3.1 has no place for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("OpenAPI has no place for the method `{0}`")]
pub struct UnknownMethod(String);

impl FromStr for Method {
    type Err = UnknownMethod;

    /// Reads `GET` as HTTP writes it.
    fn from_str(name: &str) -> Result<Self, UnknownMethod> {
        Self::ALL
            .into_iter()
            .find(|method| method.as_str().to_ascii_uppercase() == name)
            .ok_or_else(|| UnknownMethod(name.to_owned()))
    }
}
