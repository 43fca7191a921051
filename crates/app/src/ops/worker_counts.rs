//! Counts every request, in one block of counters per worker: nothing is locked, nothing allocated, and no two workers
//! write to the same memory. The blocks are added up when metrics are scraped.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use actix_web::http::{Method, StatusCode};
use purlin_router::MatchedOperation;

use super::operation_index::OperationIndex;

/// The statuses that have a label of their own, in order. The others are counted by their class.
const STATUSES: [u16; 51] = [
    101, 200, 201, 202, 203, 204, 205, 206, 207, 300, 301, 302, 303, 304, 307, 308, 400, 401, 402,
    403, 404, 405, 406, 407, 408, 409, 410, 411, 412, 413, 414, 415, 416, 417, 421, 422, 423, 424,
    425, 426, 428, 429, 431, 451, 500, 501, 502, 503, 504, 505, 507,
];

const CLASSES: [&str; 5] = ["1xx", "2xx", "3xx", "4xx", "5xx"];

/// The position of the count of each status, by its code.
const SLOTS: [u8; 600] = {
    let mut slots = [0; 600];
    let mut code = 0;
    while code < slots.len() {
        let class = if code < 100 { 1 } else { code / 100 };
        slots[code] = (STATUSES.len() + class - 1) as u8;
        code += 1;
    }
    let mut slot = 0;
    while slot < STATUSES.len() {
        slots[STATUSES[slot] as usize] = slot as u8;
        slot += 1;
    }
    slots
};

/// The number of responses of each status.
pub(super) struct StatusCounts([AtomicU64; STATUSES.len() + CLASSES.len()]);

impl Default for StatusCounts {
    fn default() -> Self {
        Self(std::array::from_fn(|_| AtomicU64::default()))
    }
}

impl StatusCounts {
    fn add(&self, status: StatusCode) {
        let code = usize::from(status.as_u16());
        // Codes above 599 have the class of the last one.
        let slot = SLOTS.get(code).or(SLOTS.last());
        if let Some(count) = slot.and_then(|slot| self.0.get(usize::from(*slot))) {
            count.fetch_add(1, Relaxed);
        }
    }

    /// Returns the counts of all slots, in the order of [`status_names`].
    pub(super) fn counts(&self) -> impl Iterator<Item = u64> {
        self.0.iter().map(|count| count.load(Relaxed))
    }
}

/// Returns the labels of the slots of [`StatusCounts`].
pub(super) fn status_names() -> impl Iterator<Item = String> {
    let codes = STATUSES.iter().map(u16::to_string);
    codes.chain(CLASSES.into_iter().map(str::to_owned))
}

/// A histogram of how long responses took.
pub(super) struct Durations {
    /// One for each bound, and one for what is above all of them.
    buckets: Box<[AtomicU64]>,
    nanoseconds: AtomicU64,
}

impl Durations {
    fn new(bounds: &[u64]) -> Self {
        let count = bounds.len() + 1;
        Self {
            buckets: (0..count).map(|_| AtomicU64::default()).collect(),
            nanoseconds: AtomicU64::default(),
        }
    }

    /// `bounds` are the upper bounds of the buckets in nanoseconds, ascending.
    fn add(&self, bounds: &[u64], took: Duration) {
        // The sum overflows after 584 years.
        let nanoseconds = u64::try_from(took.as_nanos()).unwrap_or(u64::MAX);
        let slot = bounds.partition_point(|bound| *bound < nanoseconds);
        if let Some(bucket) = self.buckets.get(slot) {
            bucket.fetch_add(1, Relaxed);
        }
        self.nanoseconds.fetch_add(nanoseconds, Relaxed);
    }

    pub(super) fn buckets(&self) -> impl Iterator<Item = u64> {
        self.buckets.iter().map(|bucket| bucket.load(Relaxed))
    }

    pub(super) fn nanoseconds(&self) -> u64 {
        self.nanoseconds.load(Relaxed)
    }
}

/// The counters of one worker.
pub(crate) struct WorkerCounts {
    index: Arc<OperationIndex>,
    /// The upper bounds of the buckets of durations, in nanoseconds.
    bounds: Arc<[u64]>,
    started: AtomicU64,
    finished: AtomicU64,
    aborted: AtomicU64,
    incomplete: AtomicU64,
    /// In the order of the index's series.
    pub(super) statuses: Box<[StatusCounts]>,
    /// In the order of the index's operations; the last one is for requests that matched none.
    pub(super) durations: Box<[Durations]>,
}

impl WorkerCounts {
    pub(super) fn new(index: &Arc<OperationIndex>, bounds: &Arc<[u64]>) -> Self {
        let series = index.series().len();
        let operations = index.operations().len();
        Self {
            index: Arc::clone(index),
            bounds: Arc::clone(bounds),
            started: AtomicU64::default(),
            finished: AtomicU64::default(),
            aborted: AtomicU64::default(),
            incomplete: AtomicU64::default(),
            statuses: (0..series).map(|_| StatusCounts::default()).collect(),
            durations: (0..operations).map(|_| Durations::new(bounds)).collect(),
        }
    }

    /// Counts a request that has arrived.
    pub(crate) fn start(&self) {
        self.started.fetch_add(1, Relaxed);
    }

    /// Counts its response.
    pub(crate) fn respond(
        &self,
        operation: Option<&MatchedOperation>,
        method: &Method,
        status: StatusCode,
        took: Duration,
    ) {
        let position = self.index.position(operation, method);
        if let Some(statuses) = self.statuses.get(position.series) {
            statuses.add(status);
        }
        if let Some(durations) = self.durations.get(position.operation) {
            durations.add(&self.bounds, took);
        }
    }

    /// Counts the end of a request, which was aborted if it has no response.
    pub(crate) fn finish(&self, has_response: bool) {
        self.finished.fetch_add(1, Relaxed);
        if !has_response {
            self.aborted.fetch_add(1, Relaxed);
        }
    }

    /// Counts a response whose body was cut off.
    pub(crate) fn cut_off(&self) {
        self.incomplete.fetch_add(1, Relaxed);
    }

    pub(super) fn incomplete(&self) -> u64 {
        self.incomplete.load(Relaxed)
    }

    pub(super) fn aborted(&self) -> u64 {
        self.aborted.load(Relaxed)
    }

    pub(super) fn in_flight(&self) -> u64 {
        let finished = self.finished.load(Relaxed);
        self.started.load(Relaxed).saturating_sub(finished)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unusual_statuses_are_counted_by_their_class() {
        assert!(STATUSES.is_sorted());
        let statuses = StatusCounts::default();
        for code in [200, 200, 404, 299, 499, 599, 799, 100] {
            statuses.add(StatusCode::from_u16(code).unwrap());
        }
        let counted: Vec<_> = status_names()
            .zip(statuses.counts())
            .filter(|(_, count)| *count > 0)
            .collect();
        let expected = [
            ("200", 2),
            ("404", 1),
            ("1xx", 1),
            ("2xx", 1),
            ("4xx", 1),
            ("5xx", 2),
        ];
        assert_eq!(
            counted,
            expected.map(|(name, count)| (name.to_owned(), count))
        );
    }

    #[test]
    fn a_duration_is_counted_in_the_first_bucket_that_includes_it() {
        let bounds = [500_000, 1_000_000, 10_000_000_000];
        let durations = Durations::new(&bounds);
        for took in [0, 500, 501, 10_000_000, 10_000_001] {
            durations.add(&bounds, Duration::from_micros(took));
        }
        let buckets: Vec<_> = durations.buckets().collect();
        assert_eq!(buckets, [2, 1, 1, 1]);
        assert_eq!(durations.nanoseconds(), 20_001_002_000);
    }
}
