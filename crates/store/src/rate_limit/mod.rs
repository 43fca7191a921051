//! Rate limits by the generic cell rate algorithm (GCRA): one number for each client, the time until which its quota is used.
//!
//! The quota may be used at once, and is restored at a steady rate.

mod memory;

use std::{sync::Arc, time::Duration};

pub use self::memory::MemoryRateLimits;
use crate::{digest::Digest, error::StoreFuture};

/// How many requests a client may send in a window of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// Nanoseconds.
    window: u64,
    /// Nanoseconds until one more request is allowed, at the steady rate.
    interval: u64,
}

impl Quota {
    /// Creates a quota of `requests`, at least 1, in each `window`, at most 100 years.
    #[must_use]
    pub fn new(requests: u32, window: Duration) -> Self {
        const LONGEST: u64 = 100 * 365 * 24 * 60 * 60 * 1_000_000_000;
        let window = u64::try_from(window.as_nanos()).map_or(LONGEST, |window| window.min(LONGEST));
        Self {
            window,
            interval: (window / u64::from(requests.max(1))).max(1),
        }
    }

    /// Returns the window in nanoseconds.
    #[cfg(any(feature = "postgres", feature = "redis"))]
    pub(crate) fn window(self) -> u64 {
        self.window
    }

    /// Returns the nanoseconds until one more request is allowed.
    #[cfg(any(feature = "postgres", feature = "redis"))]
    pub(crate) fn interval(self) -> u64 {
        self.interval
    }

    /// Takes one request at the time `now`, if there is one left, of a quota that is used until the time `until`. Returns
    /// what is left, and until when the quota is used now. Times are nanoseconds.
    #[inline]
    fn take(self, until: u64, now: u64) -> (Remaining, Option<u64>) {
        // Each request adds an interval. A clock that was set back does not lengthen the wait.
        let until = until.max(now).min(now + self.window);
        let next = until + self.interval;
        let ahead = next - now;
        if ahead > self.window {
            return (self.remaining(until - now, ahead - self.window), None);
        }
        (self.remaining(ahead, 0), Some(next))
    }

    /// Returns what is left of a quota that is used for `used` nanoseconds from now on; `wait` is how long a request that
    /// was not taken has to wait.
    #[inline]
    pub(crate) fn remaining(self, used: u64, wait: u64) -> Remaining {
        Remaining {
            requests: self.window.saturating_sub(used) / self.interval,
            restored_in: Duration::from_nanos(used),
            retry_after: (wait > 0).then_some(Duration::from_nanos(wait)),
        }
    }
}

/// What a client has left of a quota.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Remaining {
    /// The requests that may be sent at once.
    pub requests: u64,
    /// The time until the whole quota is restored.
    pub restored_in: Duration,
    /// If no request was left: the time until there is one.
    pub retry_after: Option<Duration>,
}

impl Remaining {
    /// Creates what is left of a quota, such as for a store of your own.
    #[must_use]
    pub fn new(requests: u64, restored_in: Duration, retry_after: Option<Duration>) -> Self {
        Self {
            requests,
            restored_in,
            retry_after,
        }
    }

    /// Returns whether a request was taken.
    #[must_use]
    pub fn is_taken(&self) -> bool {
        self.retry_after.is_none()
    }
}

/// A client and its quota.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Client {
    /// Identifies the client and the quota. It is the same in every process.
    pub key: Digest,
    /// Its quota.
    pub quota: Quota,
}

impl Client {
    /// Creates a client.
    #[must_use]
    pub fn new(key: Digest, quota: Quota) -> Self {
        Self { key, quota }
    }
}

/// Counts the requests of clients; for several processes, in an engine that they share.
pub trait RateLimitStore: Send + Sync {
    /// Takes one request from the quota of each client, in order, until one has none left. Returns what is left of each that
    /// was asked: of all, or of those up to the first that has none left.
    ///
    /// Each quota is one atomic step, also between processes. Times are measured by the clock of the store; a step of that
    /// clock may restore a quota early, and makes no client wait longer than its window.
    fn take(&self, clients: Vec<Client>) -> StoreFuture<'_, Vec<Remaining>>;
}

impl<T: RateLimitStore + ?Sized> RateLimitStore for Arc<T> {
    fn take(&self, clients: Vec<Client>) -> StoreFuture<'_, Vec<Remaining>> {
        (**self).take(clients)
    }
}
