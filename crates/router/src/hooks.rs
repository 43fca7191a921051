//! Hearing of errors nobody expected: what a registry tells those who keep it
//! running, beside the log.

use std::{fmt, sync::Arc};

use actix_web::HttpRequest;

use crate::operation::OperationInfo;

/// An error no handler declares: a panic, a reply that breaks its contract, an
/// extractor that failed by itself. The client reads a 500 without these words.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct UnexpectedError<'r> {
    /// The operation it happened in.
    pub operation: &'r OperationInfo,
    /// The request that was being answered.
    pub request: &'r HttpRequest,
    /// What happened, as the log has it.
    pub message: &'r str,
}

/// Who wants to hear, in the order they were added.
#[derive(Clone, Default)]
pub(crate) struct Hooks(Arc<[Hook]>);

type Hook = Arc<dyn Fn(&UnexpectedError<'_>) + Send + Sync>;

impl Hooks {
    pub(crate) fn add(&mut self, hook: impl Fn(&UnexpectedError<'_>) + Send + Sync + 'static) {
        let hook: Hook = Arc::new(hook);
        self.0 = self.0.iter().cloned().chain([hook]).collect();
    }

    pub(crate) fn tell(&self, uncaught: &UnexpectedError<'_>) {
        for hook in self.0.iter() {
            hook(uncaught);
        }
    }
}

impl fmt::Debug for Hooks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} hooks", self.0.len())
    }
}
