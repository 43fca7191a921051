//! Revocations: of tokens, sessions and keys that are valid by themselves, until they end anyway.

mod memory;

use std::{sync::Arc, time::Duration};

pub use self::memory::MemoryRevocations;
use crate::{digest::Digest, error::StoreFuture};

/// Stores what is revoked, for as long as it would be valid; for several processes, in an engine that they share.
///
/// ```
/// use std::time::Duration;
///
/// use purlin_store::{DigestBuilder, StoreError, revocation::RevocationStore};
///
/// /// Revokes a token that expires within the hour, by its claim `jti`.
/// async fn log_out(store: &dyn RevocationStore, jti: &str) -> Result<(), StoreError> {
///     let id = DigestBuilder::new("token").part(jti).finish();
///     store.revoke(id, Duration::from_secs(3600)).await
/// }
/// ```
pub trait RevocationStore: Send + Sync {
    /// Revokes an id for the time `lasts` from now; never for less than it is revoked already.
    ///
    /// When the future is ready, the id is revoked for every process.
    fn revoke(&self, id: Digest, lasts: Duration) -> StoreFuture<'_, ()>;

    /// Returns whether an id is revoked.
    fn is_revoked(&self, id: Digest) -> StoreFuture<'_, bool>;
}

impl<T: RevocationStore + ?Sized> RevocationStore for Arc<T> {
    fn revoke(&self, id: Digest, lasts: Duration) -> StoreFuture<'_, ()> {
        (**self).revoke(id, lasts)
    }

    fn is_revoked(&self, id: Digest) -> StoreFuture<'_, bool> {
        (**self).is_revoked(id)
    }
}
