//! Counters for requests that are refused before an operation sees them: whoever refuses asks for one, by a reason.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicU64, Ordering::Relaxed},
};

use super::metrics::locked;

/// Counts the requests that are refused for one reason; cheap to clone, and shared by all threads.
#[derive(Clone, Debug, Default)]
pub struct RejectionCounter(Arc<AtomicU64>);

impl RejectionCounter {
    /// One more was refused.
    pub fn add(&self) {
        self.0.fetch_add(1, Relaxed);
    }
}

/// Every reason there is a counter for.
#[derive(Debug, Default)]
pub(crate) struct Reasons(Mutex<Vec<(String, RejectionCounter)>>);

impl Reasons {
    /// The counter of this reason, the same for whoever asks.
    pub(crate) fn counter(&self, reason: &str) -> RejectionCounter {
        let mut all = locked(&self.0);
        if let Some((_, known)) = all.iter().find(|(known, _)| known == reason) {
            return known.clone();
        }
        let new = RejectionCounter::default();
        all.push((reason.to_owned(), new.clone()));
        new
    }

    pub(super) fn counts(&self) -> Vec<(String, u64)> {
        let all = locked(&self.0);
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
        let reasons = Reasons::default();
        reasons.counter("too many").add();
        reasons.counter("too large").add();
        reasons.counter("too many").add();
        assert_eq!(
            reasons.counts(),
            [("too many".to_owned(), 2), ("too large".to_owned(), 1)]
        );
    }
}
