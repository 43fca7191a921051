//! The headers that every request to a registry has to have.

use std::fmt;

use purlin_schemas::{Location, Schema};
use serde::de::DeserializeOwned;

use crate::{context::Context, describe::OperationBuilder, error::Rejection, extractors::headers};

/// Headers that requests have to have, whether the handler reads them or not.
#[derive(Clone, Copy)]
pub(crate) struct HeaderRule {
    pub(crate) describe: fn(&mut OperationBuilder<'_>),
    pub(crate) check: fn(&Context<'_>) -> Result<(), Rejection>,
}

impl HeaderRule {
    pub(crate) fn of<T: DeserializeOwned + Schema>() -> Self {
        Self {
            describe: |describe| describe.headers::<T>(),
            check: |context| headers::read::<T>(context).map(|_| ()),
        }
    }
}

impl fmt::Debug for HeaderRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HeaderRule").finish_non_exhaustive()
    }
}

/// Returns whether an operation's extractors read headers.
pub(crate) fn reads_headers(notes: &crate::describe::Notes) -> bool {
    notes
        .sections
        .iter()
        .any(|section| section.location == Location::Header)
}
