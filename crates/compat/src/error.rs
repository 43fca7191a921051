//! Documents that cannot be compared.

use std::fmt;

/// One of the two documents of a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Side {
    /// The document that clients use now.
    Old,
    /// The document that is to replace it.
    New,
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Old => "old",
            Self::New => "new",
        })
    }
}

/// A document that cannot be compared.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the {side} document, at `{pointer}`: {kind}")]
#[non_exhaustive]
pub struct DocumentError {
    /// The document.
    pub side: Side,
    /// The place in it, as a JSON Pointer (RFC 6901); empty for the document itself.
    pub pointer: String,
    /// What is wrong there.
    pub kind: DocumentErrorKind,
}

impl DocumentError {
    /// Creates an error about the value at `pointer`.
    pub(crate) fn new(side: Side, pointer: impl Into<String>, kind: DocumentErrorKind) -> Self {
        Self {
            side,
            pointer: pointer.into(),
            kind,
        }
    }
}

/// What is wrong with a document.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DocumentErrorKind {
    /// Neither `openapi` nor `swagger` names a supported version.
    #[error("not an OpenAPI 3.2, 3.1, 3.0 or Swagger 2.0 document: {0}")]
    Version(String),
    /// A value has another type than OpenAPI requires.
    #[error("expected {0}")]
    Expected(&'static str),
    /// The target of a reference is not in the document.
    #[error(
        "the reference `{0}` has no target in this document; bundle the document into one file"
    )]
    Dangling(String),
    /// References form a cycle.
    #[error("the reference `{0}` leads back to itself")]
    Circular(String),
    /// The schemas refer to each other in too many combinations.
    #[error("the schemas are too entangled to compare")]
    Entangled,
}
