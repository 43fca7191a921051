//! What a store returns when it fails.

use std::{future::Future, pin::Pin};

/// The future of a result of a store.
pub type StoreFuture<'s, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 's>>;

/// An error of a store. It is for the log, and not for clients.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct StoreError {
    message: String,
    is_logged: bool,
}

impl StoreError {
    /// Creates an error that its receiver logs.
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            is_logged: false,
        }
    }

    /// Creates an error that the store logs itself, such as one of many while its engine cannot be reached.
    pub fn logged(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            is_logged: true,
        }
    }

    /// Returns whether the store has logged the cause, so that its receiver need not.
    #[must_use]
    pub fn is_logged(&self) -> bool {
        self.is_logged
    }
}
