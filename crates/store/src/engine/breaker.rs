//! A circuit breaker: after failures in a row, calls fail at once for a while.

use std::{
    sync::atomic::{AtomicU32, AtomicU64, Ordering::Relaxed},
    time::{Duration, Instant},
};

/// The failures in a row that open it.
const FAILURES: u32 = 5;

/// How long calls fail at once before one of them tries again.
const PAUSE: Duration = Duration::from_secs(1);

/// The state for calls of one purpose.
pub(super) struct Breaker {
    started: Instant,
    /// Failures since the last success.
    failures: AtomicU32,
    /// When one call may try again, in nanoseconds since the start; 0 while it is closed.
    retry_at: AtomicU64,
}

impl Breaker {
    pub(super) fn new() -> Self {
        Self {
            started: Instant::now(),
            failures: AtomicU32::new(0),
            retry_at: AtomicU64::new(0),
        }
    }

    /// Returns whether a call may be made now: always while it is closed; one in each pause while it is open.
    pub(super) fn admits(&self) -> bool {
        match self.retry_at.load(Relaxed) {
            0 => true,
            retry_at => self.admits_at(retry_at, self.now()),
        }
    }

    fn admits_at(&self, retry_at: u64, now: u64) -> bool {
        let next = now + nanoseconds(PAUSE);
        let has_passed = now >= retry_at;
        // Of concurrent calls, one makes the exchange.
        has_passed && self.exchange(retry_at, next)
    }

    fn exchange(&self, current: u64, next: u64) -> bool {
        let exchanged = self
            .retry_at
            .compare_exchange(current, next, Relaxed, Relaxed);
        exchanged.is_ok()
    }

    /// Notes a success; returns whether it has closed the breaker.
    pub(super) fn succeed(&self) -> bool {
        if self.failures.load(Relaxed) > 0 {
            self.failures.store(0, Relaxed);
        }
        self.is_open() && self.retry_at.swap(0, Relaxed) > 0
    }

    /// Notes a failure; returns whether it has opened the breaker.
    pub(super) fn fail(&self) -> bool {
        let failures = self.failures.fetch_add(1, Relaxed).saturating_add(1);
        failures >= FAILURES && self.exchange(0, self.now() + nanoseconds(PAUSE))
    }

    pub(super) fn is_open(&self) -> bool {
        self.retry_at.load(Relaxed) > 0
    }

    fn now(&self) -> u64 {
        nanoseconds(self.started.elapsed())
    }
}

fn nanoseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX / 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_in_a_row_open_it_and_one_success_closes_it() {
        let breaker = Breaker::new();
        for _ in 1..FAILURES {
            assert!(!breaker.fail());
        }
        assert!(!breaker.succeed());
        for _ in 1..FAILURES {
            assert!(!breaker.fail());
            assert!(breaker.admits());
        }
        assert!(breaker.fail());
        assert!(breaker.is_open() && !breaker.admits());
        // A call that began before it opened.
        assert!(!breaker.fail());
        assert!(breaker.succeed());
        assert!(breaker.admits() && !breaker.is_open());
    }

    #[test]
    fn one_call_in_each_pause_tries_again() {
        let breaker = Breaker::new();
        for _ in 0..FAILURES {
            breaker.fail();
        }
        let retry_at = breaker.retry_at.load(Relaxed);
        assert!(!breaker.admits_at(retry_at, retry_at - 1));
        assert!(breaker.admits_at(retry_at, retry_at));
        // The second one of the same pause.
        assert!(!breaker.admits_at(retry_at, retry_at));
        let next = breaker.retry_at.load(Relaxed);
        assert_eq!(next, retry_at + nanoseconds(PAUSE));
        assert!(!breaker.fail());
        assert!(breaker.admits_at(next, next));
    }
}
