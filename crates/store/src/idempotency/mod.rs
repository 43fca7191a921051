//! Responses to requests with an idempotency key: the trait of their stores, and what passes through it.

mod memory;

use std::{sync::Arc, time::Duration};

pub use self::memory::MemoryStore;
use crate::{digest::Digest, error::StoreFuture};

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

    /// Returns the bytes of its header fields and its body.
    #[must_use]
    pub fn size(&self) -> usize {
        let headers = self.headers.iter();
        let headers = headers.map(|(name, value)| name.len() + value.len());
        headers.sum::<usize>() + self.body.len()
    }
}

/// Whose share of the store a record takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Caller {
    /// Identifies the caller: of what the authenticators found, or, for an anonymous one, of the client's address.
    pub digest: Digest,
    /// Whether no authenticator identified the caller.
    pub is_anonymous: bool,
}

impl Caller {
    /// Creates a caller that authenticators identified.
    #[must_use]
    pub fn identified(digest: Digest) -> Self {
        Self {
            digest,
            is_anonymous: false,
        }
    }

    /// Creates a caller that is known by an address alone.
    #[must_use]
    pub fn anonymous(digest: Digest) -> Self {
        Self {
            digest,
            is_anonymous: true,
        }
    }
}

/// A request with a key that is about to be processed.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct BeginRequest {
    /// Identifies the record: of the operation, the caller and the key. It is the same in every process.
    pub id: Digest,
    /// Of what was sent: the target, the media type and the body. It is the same in every process.
    pub fingerprint: Digest,
    /// Whose share of the store the record takes.
    pub caller: Caller,
    /// How long the record stays in progress unless it is finished. After that the request is taken for lost, with its
    /// process, and the next one with its key is the first again.
    pub lease: Duration,
}

impl BeginRequest {
    /// Creates a request, such as for a test of a store.
    #[must_use]
    pub fn new(id: Digest, fingerprint: Digest, caller: Caller, lease: Duration) -> Self {
        Self {
            id,
            fingerprint,
            caller,
            lease,
        }
    }
}

/// A fencing token: the number of an attempt to process a request. A later attempt with the same id has a greater one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fence(pub u64);

/// What a store knows about a request that begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BeginOutcome {
    /// It is the first with its key, and now recorded as in progress under this fencing token.
    First(Fence),
    /// The first with its key is in progress.
    InProgress,
    /// The first with its key has another fingerprint, whether it is in progress or has been completed.
    Different,
    /// The first with its key has this response.
    Completed(StoredResponse),
    /// There is no room for another record. Nothing is recorded, and the request is not processed.
    Full,
}

/// What became of the response to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FinishOutcome {
    /// It is stored.
    Stored,
    /// The lease had ended, and the record is no longer that of this attempt. Nothing has changed.
    LeaseLost,
    /// There is no room for the response, and the record is removed.
    Full,
}

/// Stores the responses to requests with an idempotency key; for several processes, in a database that they share.
///
/// A record is absent, in progress, or completed:
///
/// | from | by | to |
/// |---|---|---|
/// | absent | [`begin`](Self::begin) | in progress, with a new fencing token, until its lease ends |
/// | in progress | [`finish`](Self::finish) with its token | completed, for the time `keep` |
/// | in progress | [`forget`](Self::forget) with its token | absent |
/// | in progress | the end of its lease | absent |
/// | completed | the end of its time, or eviction | absent |
///
/// Each method is one atomic step, also between processes. Times are measured by the clock of the store, so that the clocks of
/// processes need not agree; a step of a clock may end a record early and must not make one last for ever. `id` decides
/// which record is meant, and nothing else does: no two callers have the same.
///
/// A store is bounded by itself: a [`Caller`] that takes more than its share loses records of its own, and an anonymous
/// caller never displaces a record of an identified one. A record in progress is never displaced.
pub trait IdempotencyStore: Send + Sync {
    /// Looks a request up and, if there is no record with its id, records it as in progress. Of two concurrent requests
    /// with the same id, one is the first.
    ///
    /// The token of [`BeginOutcome::First`] is greater than any that was given for the same id before, also if the record has
    /// been absent meanwhile; a sequence for the whole store does that.
    fn begin(&self, request: BeginRequest) -> StoreFuture<'_, BeginOutcome>;

    /// Stores the response to a request in progress, if the record has this token. It is kept for the time `keep` from now.
    ///
    /// A record whose lease has ended may be finished as long as it still has this token: no other attempt has begun.
    fn finish(
        &self,
        id: Digest,
        fence: Fence,
        response: StoredResponse,
        keep: Duration,
    ) -> StoreFuture<'_, FinishOutcome>;

    /// Removes a request in progress, if the record has this token: the request had no final response, and may be sent
    /// again. Otherwise nothing changes, and that is no error.
    fn forget(&self, id: Digest, fence: Fence) -> StoreFuture<'_, ()>;
}

impl<T: IdempotencyStore + ?Sized> IdempotencyStore for Arc<T> {
    fn begin(&self, request: BeginRequest) -> StoreFuture<'_, BeginOutcome> {
        (**self).begin(request)
    }

    fn finish(
        &self,
        id: Digest,
        fence: Fence,
        response: StoredResponse,
        keep: Duration,
    ) -> StoreFuture<'_, FinishOutcome> {
        (**self).finish(id, fence, response, keep)
    }

    fn forget(&self, id: Digest, fence: Fence) -> StoreFuture<'_, ()> {
        (**self).forget(id, fence)
    }
}
