//! A response body with a message.

/// A message for the client.
#[derive(
    Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema,
)]
pub struct Message {
    /// The text.
    pub message: String,
}

impl Message {
    /// Creates a message.
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
        }
    }
}

impl crate::Schema for Message {}
