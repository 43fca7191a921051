//! Errors of schemas: what a document cannot state truthfully.

use std::fmt;

/// Everything about a type that a document cannot state truthfully.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValidatorErrors(Vec<ValidatorError>);

impl ValidatorErrors {
    pub(crate) fn new(errors: Vec<ValidatorError>) -> Self {
        Self(errors)
    }

    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = &ValidatorError> {
        self.0.iter()
    }
}

impl fmt::Display for ValidatorErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, error) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("; ")?;
            }
            error.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for ValidatorErrors {}

/// Something about a type that a document cannot state truthfully.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ValidatorError {
    /// A part of a schema.
    #[error("{subject}: {reason}")]
    Schema {
        /// The type and field.
        subject: String,
        /// What is wrong, and the remedy.
        reason: String,
    },
    /// Two types of one name.
    #[error(
        "two types have the schema name `{name}`, {first} and {second}; rename one with `#[schema(rename = \"…\")]`"
    )]
    Names {
        /// The name.
        name: String,
        /// The type that has it.
        first: String,
        /// The type that would have it too.
        second: String,
    },
}
