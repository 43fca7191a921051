//! What a store counts of its calls.

use std::time::Duration;

/// The calls of one purpose since the store was created.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Statistics {
    /// What the calls were for: `idempotency`, `rate_limit` or `revocation`.
    pub purpose: &'static str,
    /// Calls that succeeded.
    pub succeeded: u64,
    /// Calls that failed.
    pub failed: u64,
    /// Calls that took too long.
    pub timed_out: u64,
    /// Calls that failed at once, because those before them had.
    pub skipped: u64,
    /// The time of the calls that were made.
    pub time: Duration,
    /// Whether calls fail at once now.
    pub is_open: bool,
}
