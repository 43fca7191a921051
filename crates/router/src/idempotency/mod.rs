//! Idempotency keys: a POST or PATCH that is sent again with the same `Idempotency-Key` is not processed again, but gets the
//! stored response (draft-ietf-httpapi-idempotency-key-header-07).
//!
//! Keys are looked up inside the operation, when the authenticators have accepted the request and its extractors have read
//! it: `rule.rs` is what an operation does, `keyed.rs` one request, `rejection.rs` its errors, `body.rs` and `digest.rs` what identifies it. The trait of stores
//! and the store in memory are those of the crate `purlin-store`.

mod body;
mod digest;
mod keyed;
pub(crate) mod rejection;
mod rule;

use std::{fmt, net::IpAddr, sync::Arc, time::Duration};

use actix_web::{HttpRequest, http::header::HeaderName};

#[doc(hidden)]
pub use keyed::KeyRejected;
pub(crate) use keyed::Keyed;
pub use purlin_store::{
    Digest, StoreError, StoreFuture,
    idempotency::{
        BeginOutcome, BeginRequest, Caller, Fence, FinishOutcome, IdempotencyStore, MemoryStore,
        StoredResponse,
    },
};
pub(crate) use rule::Rule;

pub(crate) static KEY: HeaderName = HeaderName::from_static("idempotency-key");
static REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// The longest accepted key, in bytes.
pub(crate) const LONGEST_KEY: usize = 255;

/// Processes a POST or PATCH with an `Idempotency-Key` once: sent again, it gets the stored response.
///
/// A key belongs to the caller that the operation's [authenticators](crate::auth::Authenticator::subject) identified, and to the
/// operation. Callers of an operation that is open to anyone share their keys, which should be UUIDs.
///
/// An operation [opts out](crate::Operation::without_idempotency). Clones share the store.
///
/// ```
/// use purlin_router::{Json, Operation, Registry, idempotency::Idempotency, testing::TestClient};
///
/// async fn create() -> Json<u8> {
///     Json(1)
/// }
///
/// # fn main() -> Result<(), purlin_router::RegistryErrors> {
/// let router = Registry::new("Orders", "1.0.0")
///     .idempotency(Idempotency::default())
///     .operation(Operation::post("/orders", create))
///     .build()?;
/// let client = TestClient::new(&router);
/// let send = || client.post("/orders").header("Idempotency-Key", "7c9e6679").send();
/// assert_eq!(send().header("Idempotency-Replayed"), None);
/// assert_eq!(send().header("Idempotency-Replayed"), Some("true"));
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Idempotency {
    store: Arc<dyn IdempotencyStore>,
    keep: Duration,
    lease: Duration,
    max_response: usize,
    client_address: fn(&HttpRequest) -> Option<IpAddr>,
}

impl Idempotency {
    /// Stores responses in a store, such as a [`MemoryStore`] or a database that several processes share.
    #[must_use]
    pub fn new(store: impl IdempotencyStore + 'static) -> Self {
        Self {
            store: Arc::new(store),
            keep: Duration::from_secs(24 * 60 * 60),
            lease: Duration::from_secs(10 * 60),
            max_response: 64 * 1024,
            client_address: |request| Some(request.peer_addr()?.ip().to_canonical()),
        }
    }

    /// Sets how long a response is kept; a day by default.
    #[must_use]
    pub fn keep(mut self, keep: Duration) -> Self {
        self.keep = keep;
        self
    }

    /// Sets how long an operation without a [time limit](crate::Registry::time_limit) may take before its request is taken
    /// for lost, with its process, and its key may be used again; 10 minutes by default. With a time limit it is that, and
    /// half a minute.
    #[must_use]
    pub fn lease(mut self, lease: Duration) -> Self {
        self.lease = lease;
        self
    }

    /// Sets the largest stored response, in bytes of its header fields and its body; 64 KiB by default. A larger one is not
    /// stored, and neither is a stream: its request is processed again.
    #[must_use]
    pub fn max_response(mut self, bytes: usize) -> Self {
        self.max_response = bytes;
        self
    }

    /// Sets how the address of a client is found, by which anonymous callers share the store; the default is the peer of
    /// the connection. IPv6 addresses count by their /64.
    #[must_use]
    pub fn client_address(mut self, address: fn(&HttpRequest) -> Option<IpAddr>) -> Self {
        self.client_address = address;
        self
    }
}

impl Default for Idempotency {
    /// Stores responses in at most 32 MiB of the memory of this process, 8 MiB for each caller.
    fn default() -> Self {
        Self::new(MemoryStore::new(32 * 1024 * 1024, 8 * 1024 * 1024))
    }
}

impl fmt::Debug for Idempotency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Idempotency")
            .field("keep", &self.keep)
            .field("lease", &self.lease)
            .field("max_response", &self.max_response)
            .finish_non_exhaustive()
    }
}
