//! Counters for requests that are rejected before an operation sees them, by reason.

use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError,
    atomic::{AtomicU64, Ordering::Relaxed},
};

/// Counts the requests that are rejected for one reason. Cheap to clone, and shared by all threads.
#[derive(Clone, Debug, Default)]
pub struct RejectionCounter(Arc<AtomicU64>);

impl RejectionCounter {
    /// Counts one more request.
    pub fn add(&self) {
        self.0.fetch_add(1, Relaxed);
    }
}

/// All counters, by reason.
#[derive(Debug, Default)]
pub(crate) struct RejectionCounters(Mutex<Vec<(String, RejectionCounter)>>);

impl RejectionCounters {
    fn all(&self) -> MutexGuard<'_, Vec<(String, RejectionCounter)>> {
        // A list that only grows by one push is valid after any panic.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the counter of a reason, always the same one.
    pub(crate) fn counter(&self, reason: &str) -> RejectionCounter {
        let mut all = self.all();
        if let Some((_, known)) = all.iter().find(|(known, _)| known == reason) {
            return known.clone();
        }
        let new = RejectionCounter::default();
        all.push((reason.to_owned(), new.clone()));
        new
    }

    /// Returns all reasons with their counts, in the order in which they were added.
    pub(crate) fn counts(&self) -> Vec<(String, u64)> {
        let all = self.all();
        let counts = all.iter();
        counts
            .map(|(reason, counter)| (reason.clone(), counter.0.load(Relaxed)))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_reason_has_one_counter() {
        let counters = RejectionCounters::default();
        counters.counter("too many").add();
        counters.counter("too large").add();
        counters.counter("too many").add();
        assert_eq!(
            counters.counts(),
            [("too many".to_owned(), 2), ("too large".to_owned(), 1)]
        );
    }
}
