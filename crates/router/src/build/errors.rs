//! The errors of a registry. Each names its subject and the remedy.

use std::fmt;

use purlin_openapi::NameClash;
use purlin_schemas::ValidatorErrors;

/// Every error of a registry.
#[derive(Debug)]
pub struct RegistryErrors(Vec<RegistryError>);

impl RegistryErrors {
    pub(crate) fn new(errors: Vec<RegistryError>) -> Self {
        Self(errors)
    }

    /// Returns the errors, in the order of declaration.
    pub fn iter(&self) -> impl Iterator<Item = &RegistryError> {
        self.0.iter()
    }
}

impl fmt::Display for RegistryErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.as_slice() {
            [one] => write!(f, "the registry has an error: {one}"),
            several => {
                write!(f, "the registry has {} errors:", several.len())?;
                several
                    .iter()
                    .try_for_each(|error| write!(f, "\n  - {error}"))
            }
        }
    }
}

impl std::error::Error for RegistryErrors {}

impl IntoIterator for RegistryErrors {
    type Item = RegistryError;
    type IntoIter = std::vec::IntoIter<RegistryError>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'e> IntoIterator for &'e RegistryErrors {
    type Item = &'e RegistryError;
    type IntoIter = std::slice::Iter<'e, RegistryError>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

/// One error of a registry.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RegistryError {
    /// A path template or prefix that cannot be served.
    #[error("{subject}: {reason}")]
    Template {
        /// The operation, prefix or documents path.
        subject: String,
        /// What is wrong, and the remedy.
        reason: String,
    },
    /// Two operations have the same method and path.
    #[error(
        "{second} serves the same requests as {first}; give one of them another path or method"
    )]
    DuplicateRoute {
        /// The operation declared first.
        first: String,
        /// The one declared later.
        second: String,
    },
    /// Two templates of one shape name their parameters differently.
    #[error(
        "{second} names the parameters of its path differently from {first}; use the same names, as OpenAPI counts the two as one path"
    )]
    ParameterNames {
        /// The operation declared first.
        first: String,
        /// The one declared later.
        second: String,
    },
    /// Two operations have the same operation id.
    #[error("{second} has the same operation id as {first}; name one of them with `operation_id`")]
    DuplicateOperationId {
        /// The operation declared first.
        first: String,
        /// The one declared later.
        second: String,
    },
    /// The path template and `Path<T>` disagree.
    #[error("{subject}: {reason}")]
    PathParameters {
        /// The operation.
        subject: String,
        /// What differs, and the remedy.
        reason: String,
    },
    /// An operation takes extractors it cannot have.
    #[error("{subject}: {reason}")]
    Extractors {
        /// The operation.
        subject: String,
        /// What is wrong, and the remedy.
        reason: String,
    },
    /// Handlers take a `web::Data<T>` that nothing provides.
    #[error("{subject}: {reason}")]
    Data {
        /// The operation, or the first of several.
        subject: String,
        /// The type, and what to add.
        reason: String,
    },
    /// An authenticator's name that is unknown or declared twice.
    #[error("{subject}: {reason}")]
    Authenticator {
        /// The operation, or the registry.
        subject: String,
        /// What is wrong, and the remedy.
        reason: String,
    },
    /// A declaration that the document cannot represent.
    #[error("{subject}: {reason}")]
    NotRepresentable {
        /// The operation, or the registry.
        subject: String,
        /// What is wrong, and the remedy.
        reason: String,
    },
    /// A tag that is not declared though others are.
    #[error(
        "{subject} has the tag `{tag}`, which is not declared; add `.tag(Tag::new(\"{tag}\"))` to the registry"
    )]
    UndeclaredTag {
        /// The operation.
        subject: String,
        /// The tag.
        tag: String,
    },
    /// A tag that is declared twice.
    #[error("the registry declares the tag `{tag}` twice; leave one out")]
    DuplicateTag {
        /// The tag.
        tag: String,
    },
    /// A schema the document cannot state truthfully.
    #[error("{subject}: {source}")]
    Validator {
        /// The operation.
        subject: String,
        /// What the document cannot state.
        source: ValidatorErrors,
    },
    /// Two different schemas have the same name.
    #[error("{subject}: {source}")]
    SchemaName {
        /// The operation whose schema came second.
        subject: String,
        /// The two types.
        source: NameClash,
    },
}
