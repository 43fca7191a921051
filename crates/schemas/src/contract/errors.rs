//! What about a type the document cannot say truthfully.

use std::fmt;

/// Everything about a type that the document cannot say truthfully.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContractErrors(Vec<ContractError>);

impl ContractErrors {
    pub(crate) fn new(errors: Vec<ContractError>) -> Self {
        Self(errors)
    }

    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = &ContractError> {
        self.0.iter()
    }

    pub(crate) fn into_vec(self) -> Vec<ContractError> {
        self.0
    }
}

impl fmt::Display for ContractErrors {
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

impl std::error::Error for ContractErrors {}

/// One thing about a type that the document cannot say truthfully.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ContractError {
    /// A part of a schema.
    #[error("{culprit}: {reason}")]
    Schema {
        /// The type and field.
        culprit: String,
        /// What is wrong, and the mend.
        reason: String,
    },
    /// Two types of one name.
    #[error(
        "the schema name `{name}` stands for two types, {first} and {second}; rename one with `#[schema(rename = \"…\")]`"
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
