//! What can be wrong with a registry. Every mistake names its subject and its mend.

use std::fmt;

use purlin_openapi::NameClash;
use purlin_schemas::ValidatorErrors;

/// Every mistake of a registry.
#[derive(Debug)]
pub struct RegistryErrors(Vec<RegistryError>);

impl RegistryErrors {
    pub(crate) fn new(errors: Vec<RegistryError>) -> Self {
        Self(errors)
    }

    /// The mistakes, in the order of declaration.
    pub fn iter(&self) -> impl Iterator<Item = &RegistryError> {
        self.0.iter()
    }
}

impl fmt::Display for RegistryErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.as_slice() {
            [one] => write!(f, "the registry has a mistake: {one}"),
            several => {
                write!(f, "the registry has {} mistakes:", several.len())?;
                several
                    .iter()
                    .try_for_each(|error| write!(f, "\n  - {error}"))
            }
        }
    }
}

impl std::error::Error for RegistryErrors {}

/// One mistake of a registry.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RegistryError {
    /// A path template or prefix that cannot be served.
    #[error("{subject}: {reason}")]
    Template {
        /// The operation, prefix or documents path.
        subject: String,
        /// What is wrong, and the mend.
        reason: String,
    },
    /// Two operations answer the same method and path.
    #[error(
        "{second} answers the same requests as {first}; give one of them another path or method"
    )]
    DuplicateRoute {
        /// The operation declared first.
        first: String,
        /// The one declared later.
        second: String,
    },
    /// Two templates of one shape name their parameters differently.
    #[error(
        "{second} names the parameters of its path otherwise than {first} does; use the same names, as OpenAPI counts the two as one path"
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
        /// What disagrees, and the mend.
        reason: String,
    },
    /// An operation takes what it cannot have.
    #[error("{subject}: {reason}")]
    Extractors {
        /// The operation.
        subject: String,
        /// What is wrong, and the mend.
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
    /// A name that no authenticator has, or that two have.
    #[error("{subject}: {reason}")]
    Authenticator {
        /// The operation, or the registry.
        subject: String,
        /// What is wrong, and the mend.
        reason: String,
    },
    /// What the document is to say and cannot.
    #[error("{subject}: {reason}")]
    NotRepresentable {
        /// The operation, or the registry.
        subject: String,
        /// What is wrong, and the mend.
        reason: String,
    },
    /// A tag that is not declared though others are.
    #[error(
        "{subject} bears the tag `{tag}`, which is not declared; add `.tag(Tag::new(\"{tag}\"))` to the registry"
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
        /// What the document cannot say.
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
