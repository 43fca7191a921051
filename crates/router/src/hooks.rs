//! Hooks for errors that no handler declares, which are called beside the log.

use std::{fmt, sync::Arc};

use actix_web::HttpRequest;

use crate::operation::info::OperationInfo;

/// An error no handler declares: a panic, an [`Unexpected`](crate::error::Unexpected) error, a reply that breaks its contract, an
/// extractor that failed by itself. The client reads a 500 without this message.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct UnexpectedError<'r> {
    /// The operation it happened in.
    pub operation: &'r OperationInfo,
    /// The request that was being served.
    pub request: &'r HttpRequest,
    /// The message, as in the log.
    pub message: &'r str,
}

/// The hooks of a registry, in the order they were added.
#[derive(Clone, Default)]
pub(crate) struct Hooks(Arc<[Hook]>);

type Hook = Arc<dyn Fn(&UnexpectedError<'_>) + Send + Sync>;

impl Hooks {
    pub(crate) fn add(&mut self, hook: impl Fn(&UnexpectedError<'_>) + Send + Sync + 'static) {
        let hook: Hook = Arc::new(hook);
        self.0 = self.0.iter().cloned().chain([hook]).collect();
    }

    pub(crate) fn call(&self, error: &UnexpectedError<'_>) {
        for hook in self.0.iter() {
            hook(error);
        }
    }
}

impl fmt::Debug for Hooks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} hooks", self.0.len())
    }
}
