//! The store of responses to requests with an idempotency key: the trait, and an implementation in memory.

use std::{
    collections::{HashMap, VecDeque, hash_map},
    future::{Future, ready},
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// A SHA-256 digest.
pub type Digest = [u8; 32];

/// The future of a result of a store.
pub type StoreFuture<'s, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + 's>>;

/// An error of a store. It is logged and not sent to clients.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct StoreError(pub String);

/// A stored response.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StoredResponse {
    /// Its status.
    pub status: u16,
    /// Its header fields, in order.
    pub headers: Vec<(String, Vec<u8>)>,
    /// Its body.
    pub body: Vec<u8>,
}

impl StoredResponse {
    /// Creates a response, such as one that was read from a database.
    #[must_use]
    pub fn new(status: u16, headers: Vec<(String, Vec<u8>)>, body: Vec<u8>) -> Self {
        Self {
            status,
            headers,
            body,
        }
    }
}

/// What a store knows about a request that begins.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BeginOutcome {
    /// It is the first with its key, and now recorded as in progress.
    First,
    /// The first with its key is in progress.
    InProgress,
    /// The first with its key was another request.
    Different,
    /// The first with its key has this response.
    Completed(StoredResponse),
}

/// Stores the responses to requests with an idempotency key; for several processes, in a database that they share.
///
/// `id` identifies the client, the path and the key, and `request` what was sent. Both are the same in every process.
pub trait IdempotencyStore: Send + Sync {
    /// Looks a request up and, if it is the first with its key, records it as in progress. Both is one atomic step, so
    /// that of two concurrent requests one is the first.
    fn begin(&self, id: Digest, request: Digest) -> StoreFuture<'_, BeginOutcome>;

    /// Stores the response to a request in progress.
    fn finish(&self, id: Digest, response: StoredResponse) -> StoreFuture<'_, ()>;

    /// Removes a request in progress: it had no final response, and may be sent again.
    fn forget(&self, id: Digest) -> StoreFuture<'_, ()>;
}

impl<T: IdempotencyStore + ?Sized> IdempotencyStore for Arc<T> {
    fn begin(&self, id: Digest, request: Digest) -> StoreFuture<'_, BeginOutcome> {
        (**self).begin(id, request)
    }

    fn finish(&self, id: Digest, response: StoredResponse) -> StoreFuture<'_, ()> {
        (**self).finish(id, response)
    }

    fn forget(&self, id: Digest) -> StoreFuture<'_, ()> {
        (**self).forget(id)
    }
}

/// A store in the memory of this process. When it is full, the oldest responses are evicted.
pub(super) struct InMemoryStore {
    lifetime: Duration,
    capacity: usize,
    records: Mutex<Records>,
}

#[derive(Default)]
struct Records {
    requests: HashMap<Digest, Record>,
    /// Those with a response, the oldest first. The number of those in progress is bounded by the concurrency limit.
    completed: VecDeque<(Instant, Digest)>,
}

struct Record {
    request: Digest,
    response: Option<StoredResponse>,
}

impl InMemoryStore {
    pub(super) fn new(lifetime: Duration, capacity: usize) -> Self {
        Self {
            lifetime,
            capacity,
            records: Mutex::default(),
        }
    }

    fn records(&self) -> MutexGuard<'_, Records> {
        self.records.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn begin_at(&self, id: Digest, request: Digest, now: Instant) -> BeginOutcome {
        let mut records = self.records();
        records.evict(self.capacity, |at| now.duration_since(at) >= self.lifetime);
        match records.requests.entry(id) {
            hash_map::Entry::Vacant(free) => {
                let response = None;
                free.insert(Record { request, response });
                BeginOutcome::First
            }
            hash_map::Entry::Occupied(record) if record.get().request != request => {
                BeginOutcome::Different
            }
            hash_map::Entry::Occupied(record) => match &record.get().response {
                Some(response) => BeginOutcome::Completed(response.clone()),
                None => BeginOutcome::InProgress,
            },
        }
    }

    fn finish_at(&self, id: Digest, response: StoredResponse, now: Instant) {
        let mut records = self.records();
        if let Some(record) = records.requests.get_mut(&id) {
            record.response = Some(response);
            records.completed.push_back((now, id));
        }
        records.evict(self.capacity, |_| false);
    }
}

impl Records {
    /// Evicts the oldest responses while they are too many or too old.
    fn evict(&mut self, capacity: usize, is_old: impl Fn(Instant) -> bool) {
        while let Some(&(at, id)) = self.completed.front() {
            if self.completed.len() <= capacity && !is_old(at) {
                break;
            }
            self.completed.pop_front();
            self.requests.remove(&id);
        }
    }
}

impl IdempotencyStore for InMemoryStore {
    fn begin(&self, id: Digest, request: Digest) -> StoreFuture<'_, BeginOutcome> {
        Box::pin(ready(Ok(self.begin_at(id, request, Instant::now()))))
    }

    fn finish(&self, id: Digest, response: StoredResponse) -> StoreFuture<'_, ()> {
        self.finish_at(id, response, Instant::now());
        Box::pin(ready(Ok(())))
    }

    fn forget(&self, id: Digest) -> StoreFuture<'_, ()> {
        self.records().requests.remove(&id);
        Box::pin(ready(Ok(())))
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::{BeginOutcome, Digest, InMemoryStore, StoredResponse};

    const MINUTE: Duration = Duration::from_secs(60);

    fn response(status: u16) -> StoredResponse {
        StoredResponse {
            status,
            headers: Vec::new(),
            body: Vec::new(),
        }
    }

    fn id(number: u8) -> Digest {
        [number; 32]
    }

    #[test]
    fn a_request_is_the_first_once_until_its_response_expires() {
        let store = InMemoryStore::new(MINUTE, 10);
        let now = Instant::now();
        assert_eq!(store.begin_at(id(1), id(7), now), BeginOutcome::First);
        assert_eq!(store.begin_at(id(1), id(7), now), BeginOutcome::InProgress);
        assert_eq!(store.begin_at(id(1), id(8), now), BeginOutcome::Different);
        store.finish_at(id(1), response(201), now);
        let known = BeginOutcome::Completed(response(201));
        assert_eq!(store.begin_at(id(1), id(7), now), known);
        assert_eq!(store.begin_at(id(1), id(7), now + MINUTE / 2), known);
        assert_eq!(
            store.begin_at(id(1), id(7), now + MINUTE),
            BeginOutcome::First
        );
    }

    #[test]
    fn the_oldest_responses_are_evicted() {
        let store = InMemoryStore::new(MINUTE, 2);
        let now = Instant::now();
        for number in 1..=3 {
            assert_eq!(store.begin_at(id(number), id(0), now), BeginOutcome::First);
            store.finish_at(id(number), response(200), now);
        }
        assert_eq!(store.records().requests.len(), 2);
        assert_eq!(store.begin_at(id(1), id(0), now), BeginOutcome::First);
        assert_eq!(
            store.begin_at(id(3), id(0), now),
            BeginOutcome::Completed(response(200))
        );
    }
}
