//! What is counted of every request, one block a worker: nothing is locked, nothing allocated, and no two workers write
//! to the same memory. The blocks are added up when somebody asks.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use actix_web::http::{Method, StatusCode};
use purlin_router::MatchedOperation;

use super::catalogue::Catalogue;

/// The statuses that have a name of their own among the metrics, in order. The others are told by their class.
const STATUSES: [u16; 51] = [
    101, 200, 201, 202, 203, 204, 205, 206, 207, 300, 301, 302, 303, 304, 307, 308, 400, 401, 402,
    403, 404, 405, 406, 407, 408, 409, 410, 411, 412, 413, 414, 415, 416, 417, 421, 422, 423, 424,
    425, 426, 428, 429, 431, 451, 500, 501, 502, 503, 504, 505, 507,
];

const CLASSES: [&str; 5] = ["1xx", "2xx", "3xx", "4xx", "5xx"];

/// Upper bounds of the histogram's buckets, in microseconds; one more takes what is beyond.
pub(super) const BOUNDS: [u64; 14] = [
    500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000,
    2_500_000, 5_000_000, 10_000_000,
];

/// How many answers of each status there were.
pub(super) struct Statuses([AtomicU64; STATUSES.len() + CLASSES.len()]);

impl Default for Statuses {
    fn default() -> Self {
        Self(std::array::from_fn(|_| AtomicU64::default()))
    }
}

impl Statuses {
    fn add(&self, status: StatusCode) {
        let code = status.as_u16();
        let slot = match STATUSES.binary_search(&code) {
            Ok(slot) => slot,
            Err(_) => {
                let class = usize::from(code / 100).clamp(1, CLASSES.len());
                STATUSES.len() + class - 1
            }
        };
        if let Some(count) = self.0.get(slot) {
            count.fetch_add(1, Relaxed);
        }
    }

    /// The counts of all slots; their names are those of [`status_names`].
    pub(super) fn counts(&self) -> impl Iterator<Item = u64> {
        self.0.iter().map(|count| count.load(Relaxed))
    }
}

/// What the slots of [`Statuses`] are called.
pub(super) fn status_names() -> impl Iterator<Item = String> {
    let codes = STATUSES.iter().map(u16::to_string);
    codes.chain(CLASSES.into_iter().map(str::to_owned))
}

/// How long answers took.
pub(super) struct Durations {
    buckets: [AtomicU64; BOUNDS.len() + 1],
    nanoseconds: AtomicU64,
}

impl Default for Durations {
    fn default() -> Self {
        Self {
            buckets: std::array::from_fn(|_| AtomicU64::default()),
            nanoseconds: AtomicU64::default(),
        }
    }
}

impl Durations {
    fn add(&self, took: Duration) {
        // 584 years of answers fit.
        let nanoseconds = u64::try_from(took.as_nanos()).unwrap_or(u64::MAX);
        let slot = BOUNDS.partition_point(|bound| bound * 1_000 < nanoseconds);
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

/// The counts of one worker.
pub(crate) struct Counts {
    catalogue: Arc<Catalogue>,
    begun: AtomicU64,
    ended: AtomicU64,
    aborted: AtomicU64,
    /// In the order of the catalogue's series.
    pub(super) statuses: Box<[Statuses]>,
    /// In the order of the catalogue's operations; the last is for what none answered.
    pub(super) durations: Box<[Durations]>,
}

impl Counts {
    pub(super) fn new(catalogue: &Arc<Catalogue>) -> Self {
        let series = catalogue.series().len();
        let operations = catalogue.operations().len();
        Self {
            catalogue: Arc::clone(catalogue),
            begun: AtomicU64::default(),
            ended: AtomicU64::default(),
            aborted: AtomicU64::default(),
            statuses: (0..series).map(|_| Statuses::default()).collect(),
            durations: (0..operations).map(|_| Durations::default()).collect(),
        }
    }

    /// A request has come.
    pub(crate) fn begin(&self) {
        self.begun.fetch_add(1, Relaxed);
    }

    /// It has been answered, as one of this operation, if of any.
    pub(crate) fn answered(
        &self,
        operation: Option<&MatchedOperation>,
        method: &Method,
        status: StatusCode,
        took: Duration,
    ) {
        let place = self.catalogue.place(operation, method);
        if let Some(statuses) = self.statuses.get(place.series) {
            statuses.add(status);
        }
        if let Some(durations) = self.durations.get(place.operation) {
            durations.add(took);
        }
    }

    /// It is over, answered or not.
    pub(crate) fn end(&self, is_answered: bool) {
        self.ended.fetch_add(1, Relaxed);
        if !is_answered {
            self.aborted.fetch_add(1, Relaxed);
        }
    }

    pub(super) fn aborted(&self) -> u64 {
        self.aborted.load(Relaxed)
    }

    pub(super) fn in_flight(&self) -> u64 {
        let ended = self.ended.load(Relaxed);
        self.begun.load(Relaxed).saturating_sub(ended)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_has_a_slot_and_strange_ones_share_that_of_their_class() {
        assert!(STATUSES.is_sorted());
        let statuses = Statuses::default();
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
    fn a_duration_goes_into_the_first_bucket_that_holds_it() {
        let durations = Durations::default();
        for took in [0, 500, 501, 10_000_000, 10_000_001] {
            durations.add(Duration::from_micros(took));
        }
        let buckets: Vec<_> = durations.buckets().collect();
        assert_eq!(buckets[0..2], [2, 1]);
        assert_eq!(buckets[13..], [1, 1]);
        assert_eq!(durations.nanoseconds(), 20_001_002_000);
    }
}
