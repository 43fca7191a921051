//! The store in the memory of one process, bounded by bytes in all and for each caller.

mod shares;
#[cfg(test)]
mod tests;

use std::{
    collections::{BTreeSet, HashMap},
    fmt,
    future::ready,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use self::shares::Shares;
use super::{
    BeginOutcome, BeginRequest, Caller, Fence, FinishOutcome, IdempotencyStore, StoredResponse,
};
use crate::{digest::Digest, error::StoreFuture};

/// What a record takes beside its response, in the maps and sets of this module and for a caller that has a single one.
const RECORD_BYTES: usize = 1024;

/// What a header field takes beside its name and its value.
const FIELD_BYTES: usize = 96;

/// A store in the memory of this process.
///
/// A caller whose records take more than its share loses its own oldest response. When all records together take too much,
/// the oldest response of the anonymous caller that takes most is dropped; if there is none, that of the identified caller
/// that takes most, but only for an identified caller. Requests in progress count and are never dropped. If nothing can be
/// dropped, there is no room: the request is rejected. So an anonymous client cannot displace what is kept for others.
///
/// Every step takes a time logarithmic in the number of records.
///
/// ```
/// use purlin_store::idempotency::MemoryStore;
///
/// let store = MemoryStore::new(32 * 1024 * 1024, 8 * 1024 * 1024);
/// ```
pub struct MemoryStore {
    records: Mutex<Records>,
    clock: Clock,
}

type Clock = Box<dyn Fn() -> Instant + Send + Sync>;

struct Records {
    max_bytes: usize,
    max_bytes_per_caller: usize,
    by_id: HashMap<Digest, Record>,
    /// When each record ends, the first to end first.
    ends: BTreeSet<(Instant, Digest)>,
    shares: Shares,
    bytes: usize,
    /// The last fencing token; also the order of responses.
    last: u64,
}

struct Record {
    fingerprint: Digest,
    caller: Caller,
    bytes: usize,
    end: Instant,
    state: State,
}

enum State {
    InProgress(Fence),
    Completed {
        /// Its order among those of its caller.
        order: u64,
        response: StoredResponse,
    },
}

impl MemoryStore {
    /// Creates a store whose records take at most `max_bytes` in all, and `max_bytes_per_caller` for each caller. A record takes
    /// its response and 1 KiB.
    #[must_use]
    pub fn new(max_bytes: usize, max_bytes_per_caller: usize) -> Self {
        Self {
            records: Mutex::new(Records {
                max_bytes,
                max_bytes_per_caller,
                by_id: HashMap::new(),
                ends: BTreeSet::new(),
                shares: Shares::default(),
                bytes: 0,
                last: 0,
            }),
            clock: Box::new(Instant::now),
        }
    }

    /// Sets the clock, for tests.
    #[doc(hidden)]
    #[must_use]
    pub fn clock(mut self, clock: impl Fn() -> Instant + Send + Sync + 'static) -> Self {
        self.clock = Box::new(clock);
        self
    }

    fn records(&self) -> MutexGuard<'_, Records> {
        self.records.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryStore").finish_non_exhaustive()
    }
}

impl IdempotencyStore for MemoryStore {
    fn begin(&self, request: BeginRequest) -> StoreFuture<'_, BeginOutcome> {
        let outcome = self.records().begin(request, (self.clock)());
        Box::pin(ready(Ok(outcome)))
    }

    fn finish(
        &self,
        id: Digest,
        fence: Fence,
        response: StoredResponse,
        keep: Duration,
    ) -> StoreFuture<'_, FinishOutcome> {
        let now = (self.clock)();
        let outcome = self.records().finish(id, fence, response, keep, now);
        Box::pin(ready(Ok(outcome)))
    }

    fn forget(&self, id: Digest, fence: Fence) -> StoreFuture<'_, ()> {
        self.records().forget(id, fence);
        Box::pin(ready(Ok(())))
    }
}

impl Records {
    fn begin(&mut self, request: BeginRequest, now: Instant) -> BeginOutcome {
        self.drop_ended(now);
        if let Some(record) = self.by_id.get(&request.id) {
            return match &record.state {
                _ if record.fingerprint != request.fingerprint => BeginOutcome::Different,
                State::InProgress(_) => BeginOutcome::InProgress,
                State::Completed { response, .. } => BeginOutcome::Completed(response.clone()),
            };
        }
        if !self.make_room(request.caller, RECORD_BYTES) {
            return BeginOutcome::Full;
        }
        let fence = Fence(self.next());
        let record = Record {
            fingerprint: request.fingerprint,
            caller: request.caller,
            bytes: RECORD_BYTES,
            end: after(now, request.lease),
            state: State::InProgress(fence),
        };
        self.insert(request.id, record);
        BeginOutcome::First(fence)
    }

    fn finish(
        &mut self,
        id: Digest,
        fence: Fence,
        response: StoredResponse,
        keep: Duration,
        now: Instant,
    ) -> FinishOutcome {
        if !self.is_in_progress(&id, fence) {
            return FinishOutcome::LeaseLost;
        }
        // The record does not count while room is made for it and its response.
        let Some(mut record) = self.remove(&id) else {
            return FinishOutcome::LeaseLost;
        };
        record.bytes += response.size() + response.headers.len() * FIELD_BYTES;
        if !self.make_room(record.caller, record.bytes) {
            return FinishOutcome::Full;
        }
        let order = self.next();
        record.end = after(now, keep);
        record.state = State::Completed { order, response };
        self.insert(id, record);
        FinishOutcome::Stored
    }

    fn forget(&mut self, id: Digest, fence: Fence) {
        if self.is_in_progress(&id, fence) {
            self.remove(&id);
        }
    }

    fn is_in_progress(&self, id: &Digest, fence: Fence) -> bool {
        let record = self.by_id.get(id);
        record.is_some_and(
            |record| matches!(record.state, State::InProgress(current) if current == fence),
        )
    }

    fn next(&mut self) -> u64 {
        self.last += 1;
        self.last
    }

    fn drop_ended(&mut self, now: Instant) {
        while let Some((end, id)) = self.ends.first().copied()
            && end <= now
        {
            self.remove(&id);
        }
    }

    /// Evicts responses until a caller may take this many bytes more; returns whether it may.
    fn make_room(&mut self, caller: Caller, bytes: usize) -> bool {
        while self.shares.bytes(caller) + bytes > self.max_bytes_per_caller {
            match self.shares.oldest(caller) {
                Some(own) => self.remove(&own),
                None => return false,
            };
        }
        while self.bytes + bytes > self.max_bytes {
            match self.shares.oldest_of_largest(caller) {
                Some(id) => self.remove(&id),
                None => return false,
            };
        }
        true
    }

    fn insert(&mut self, id: Digest, record: Record) {
        self.bytes += record.bytes;
        self.shares
            .add(record.caller, record.bytes, record.order(), id);
        self.ends.insert((record.end, id));
        self.by_id.insert(id, record);
    }

    fn remove(&mut self, id: &Digest) -> Option<Record> {
        let record = self.by_id.remove(id)?;
        self.bytes -= record.bytes;
        self.shares
            .remove(record.caller, record.bytes, record.order());
        self.ends.remove(&(record.end, *id));
        Some(record)
    }
}

impl Record {
    /// Returns the order of a response among those of its caller.
    fn order(&self) -> Option<u64> {
        match self.state {
            State::InProgress(_) => None,
            State::Completed { order, .. } => Some(order),
        }
    }
}

/// Returns a later time; about a century later, if the clock cannot express it.
fn after(now: Instant, time: Duration) -> Instant {
    const CENTURY: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);
    now.checked_add(time.min(CENTURY)).unwrap_or(now)
}
