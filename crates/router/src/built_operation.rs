//! An operation that passed every check: everything its endpoint needs to serve it.

use std::sync::Arc;

use crate::{
    auth::Guards,
    defaults::HeaderRule,
    idempotency::Rule,
    mock::Mock,
    operation::data::OperationData,
    verify::{Replies, ResponseChecks},
};

/// An operation that passed every check.
#[derive(Debug)]
pub(crate) struct BuiltOperation {
    pub(crate) data: Arc<OperationData>,
    pub(crate) guards: Guards,
    /// Headers that are checked beside those the handler reads.
    pub(crate) header_rule: Option<HeaderRule>,
    /// How keys of requests are honoured, if they are.
    pub(crate) idempotency: Option<Arc<Rule>>,
    pub(crate) replies: Replies,
    pub(crate) response_checks: ResponseChecks,
    /// Replies in place of the handler.
    pub(crate) mock: Option<Mock>,
}
