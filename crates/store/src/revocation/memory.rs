//! Revocations in the memory of one process.

use std::{
    collections::HashMap,
    fmt,
    future::ready,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use super::RevocationStore;
use crate::{
    digest::Digest,
    error::{StoreError, StoreFuture},
};

/// Revocations in the memory of this process, about 100 bytes each. They end with the process.
///
/// ```
/// use purlin_store::revocation::MemoryRevocations;
///
/// let store = MemoryRevocations::new(100_000);
/// ```
pub struct MemoryRevocations {
    most: usize,
    ends: Mutex<HashMap<Digest, Instant>>,
}

impl MemoryRevocations {
    /// Creates a store of at most this many revocations. A revocation is never dropped before it ends: another one is an error
    /// while there is no room.
    #[must_use]
    pub fn new(most: usize) -> Self {
        Self {
            most,
            ends: Mutex::default(),
        }
    }

    fn revoke_at(&self, id: Digest, lasts: Duration, now: Instant) -> Result<(), StoreError> {
        const CENTURY: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);
        let end = now.checked_add(lasts.min(CENTURY)).unwrap_or(now);
        let mut ends = self.ends.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = ends.get_mut(&id) {
            *known = end.max(*known);
            return Ok(());
        }
        if ends.len() >= self.most {
            ends.retain(|_, end| *end > now);
        }
        if ends.len() >= self.most {
            return Err(StoreError::new("there is no room for another revocation"));
        }
        ends.insert(id, end);
        Ok(())
    }

    fn is_revoked_at(&self, id: &Digest, now: Instant) -> bool {
        let ends = self.ends.lock().unwrap_or_else(PoisonError::into_inner);
        ends.get(id).is_some_and(|end| *end > now)
    }
}

impl RevocationStore for MemoryRevocations {
    fn revoke(&self, id: Digest, lasts: Duration) -> StoreFuture<'_, ()> {
        Box::pin(ready(self.revoke_at(id, lasts, Instant::now())))
    }

    fn is_revoked(&self, id: Digest) -> StoreFuture<'_, bool> {
        Box::pin(ready(Ok(self.is_revoked_at(&id, Instant::now()))))
    }
}

impl fmt::Debug for MemoryRevocations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryRevocations")
            .field("most", &self.most)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_revocation_lasts_as_long_as_the_longest_and_is_never_displaced() {
        let store = MemoryRevocations::new(2);
        let now = Instant::now();
        let seconds = Duration::from_secs;
        store.revoke_at([1; 32], seconds(10), now).unwrap();
        store.revoke_at([1; 32], seconds(5), now).unwrap();
        assert!(store.is_revoked_at(&[1; 32], now + seconds(9)));
        assert!(!store.is_revoked_at(&[1; 32], now + seconds(10)));
        store.revoke_at([2; 32], seconds(20), now).unwrap();
        assert!(store.revoke_at([3; 32], seconds(1), now).is_err());
        assert!(store.is_revoked_at(&[1; 32], now) && !store.is_revoked_at(&[3; 32], now));
        // The first one has ended.
        store
            .revoke_at([3; 32], seconds(1), now + seconds(10))
            .unwrap();
        assert!(store.is_revoked_at(&[2; 32], now + seconds(10)));
    }
}
