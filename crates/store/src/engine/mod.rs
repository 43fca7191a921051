//! What an engine does, and how it is called: on a thread of its own (`thread.rs`), within a time limit and unless it has just
//! failed too often (`calls.rs`, `breaker.rs`).

mod breaker;
mod calls;
mod response;
mod thread;

use std::{future::Future, pin::Pin, sync::Arc, time::Duration};

pub(crate) use self::{
    calls::{Calls, Purpose},
    response::{decode, encode},
    thread::EngineThread,
};
use crate::{
    digest::Digest,
    error::StoreError,
    idempotency::{BeginOutcome, BeginRequest, Fence, FinishOutcome, StoredResponse},
    rate_limit::{Client, Remaining},
};

/// How long the engine may take to connect and to create its tables.
pub(crate) const OPEN_TIMEOUT: Duration = Duration::from_secs(10);

/// How long it may take to close its connections.
pub(crate) const CLOSE_TIMEOUT: Duration = Duration::from_secs(2);

/// What a record takes beside its response: its digests, its entries in indexes, and what the engine adds.
pub(crate) const RECORD_BYTES: u64 = 1024;

/// The future of a call.
pub(crate) type EngineFuture<T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send>>;

/// An engine. Its futures run on the thread of the store, each within a time limit: they are dropped at its end.
pub(crate) trait Engine: Send + Sync {
    /// Connects, and creates what is needed.
    fn open(self: Arc<Self>) -> EngineFuture<()>;

    /// Asks whether it responds.
    fn check(self: Arc<Self>) -> EngineFuture<()>;

    /// Closes the connections.
    fn close(self: Arc<Self>) -> EngineFuture<()>;

    /// See [`IdempotencyStore::begin`](crate::idempotency::IdempotencyStore::begin).
    fn begin(self: Arc<Self>, request: BeginRequest) -> EngineFuture<BeginOutcome>;

    /// See [`IdempotencyStore::finish`](crate::idempotency::IdempotencyStore::finish).
    fn finish(
        self: Arc<Self>,
        id: Digest,
        fence: Fence,
        response: StoredResponse,
        keep: Duration,
    ) -> EngineFuture<FinishOutcome>;

    /// See [`IdempotencyStore::forget`](crate::idempotency::IdempotencyStore::forget).
    fn forget(self: Arc<Self>, id: Digest, fence: Fence) -> EngineFuture<()>;

    /// See [`RateLimitStore::take`](crate::rate_limit::RateLimitStore::take).
    fn take(self: Arc<Self>, clients: Vec<Client>) -> EngineFuture<Vec<Remaining>>;

    /// See [`RevocationStore::revoke`](crate::revocation::RevocationStore::revoke).
    fn revoke(self: Arc<Self>, id: Digest, lasts: Duration) -> EngineFuture<()>;

    /// See [`RevocationStore::is_revoked`](crate::revocation::RevocationStore::is_revoked).
    fn is_revoked(self: Arc<Self>, id: Digest) -> EngineFuture<bool>;
}

/// Returns milliseconds for an engine, at least 1.
pub(crate) fn milliseconds(time: Duration) -> i64 {
    // A century, so that no sum overflows.
    const MOST: i64 = 100 * 365 * 24 * 60 * 60 * 1000;
    i64::try_from(time.as_millis()).map_or(MOST, |time| time.clamp(1, MOST))
}
