//! What an operation does with idempotency keys, known before the first request.

use std::time::Duration;

use purlin_store::Digest;

use super::{Idempotency, digest};
use crate::operation::info::OperationInfo;

/// How much longer a lease is than the operation may take: the time for asking the store.
const MARGIN: Duration = Duration::from_secs(30);

/// What an operation does with idempotency keys.
#[derive(Debug)]
pub(crate) struct Rule {
    pub(super) idempotency: Idempotency,
    pub(super) operation: Digest,
    /// The parameters of the query that have a caller's key.
    pub(super) query_keys: Vec<String>,
    pub(super) lease: Duration,
}

impl Rule {
    /// Returns the rule of an operation of the API with this title.
    pub(crate) fn new(
        idempotency: Idempotency,
        title: &str,
        info: &OperationInfo,
        query_keys: Vec<String>,
        time_limit: Option<Duration>,
    ) -> Self {
        Self {
            operation: digest::operation(title, info.method(), info.template()),
            query_keys,
            lease: time_limit.map_or(idempotency.lease, |limit| limit.saturating_add(MARGIN)),
            idempotency,
        }
    }
}
