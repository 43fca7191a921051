//! The simplest answer there is.

/// A line addressed to whoever asked.
#[derive(
    Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema,
)]
pub struct Message {
    /// The line.
    pub message: String,
}

impl Message {
    /// A message of these words.
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
        }
    }
}

impl crate::Schema for Message {}
