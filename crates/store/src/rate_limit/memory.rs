//! Rate limits in the memory of one process. Memory is bounded: the clients that have used least are evicted first, which
//! gives them less than they had left anyway.

use std::{
    array,
    collections::HashMap,
    fmt,
    future::ready,
    hash::{BuildHasher, Hash, RandomState},
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use super::{Client, Quota, RateLimitStore, Remaining};
use crate::{digest::Digest, error::StoreFuture};

/// The number of parts, each behind a lock of its own, so that threads rarely wait for one another.
const SHARDS: usize = 16;

/// Rate limits in the memory of this process, about 100 bytes for each client.
///
/// Clients are identified by any key, such as an address; as a [`RateLimitStore`], by a digest.
///
/// ```
/// use std::{net::{IpAddr, Ipv4Addr}, time::Duration};
///
/// use purlin_store::rate_limit::{MemoryRateLimits, Quota};
///
/// let limits = MemoryRateLimits::new(65_536);
/// let client = IpAddr::from(Ipv4Addr::LOCALHOST);
/// let quota = Quota::new(100, Duration::from_secs(60));
/// assert_eq!(limits.take(client, quota).requests, 99);
/// ```
pub struct MemoryRateLimits<K = Digest> {
    started: Instant,
    shards: [Mutex<HashMap<K, u64>>; SHARDS],
    capacity_per_shard: usize,
    hasher: RandomState,
}

impl<K: Copy + Eq + Hash> MemoryRateLimits<K> {
    /// Creates a table of at most this many clients.
    #[must_use]
    pub fn new(clients: usize) -> Self {
        Self {
            started: Instant::now(),
            shards: array::from_fn(|_| Mutex::default()),
            capacity_per_shard: clients.div_ceil(SHARDS).max(2),
            hasher: RandomState::new(),
        }
    }

    /// Takes one request from a client's quota, if there is one left.
    pub fn take(&self, client: K, quota: Quota) -> Remaining {
        self.take_at(client, quota, self.started.elapsed())
    }

    /// Takes one request at a time after the creation of the table.
    #[doc(hidden)]
    pub fn take_at(&self, client: K, quota: Quota, now: Duration) -> Remaining {
        let now = u64::try_from(now.as_nanos()).unwrap_or(u64::MAX / 4);
        let mut used = self.shard(client);
        if let Some(until) = used.get_mut(&client) {
            let (remaining, next) = quota.take(*until, now);
            *until = next.unwrap_or(*until);
            return remaining;
        }
        let (remaining, next) = quota.take(now, now);
        if let Some(next) = next {
            if used.len() >= self.capacity_per_shard {
                evict(&mut used, now);
            }
            used.insert(client, next);
        }
        remaining
    }

    fn shard(&self, client: K) -> MutexGuard<'_, HashMap<K, u64>> {
        // The remainder is below the number of shards.
        let nth = self.hasher.hash_one(client) as usize % SHARDS;
        self.shards[nth]
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl RateLimitStore for MemoryRateLimits {
    fn take(&self, clients: Vec<Client>) -> StoreFuture<'_, Vec<Remaining>> {
        let mut all = Vec::with_capacity(clients.len());
        for client in clients {
            let remaining = Self::take(self, client.key, client.quota);
            all.push(remaining);
            if !remaining.is_taken() {
                break;
            }
        }
        Box::pin(ready(Ok(all)))
    }
}

impl<K> fmt::Debug for MemoryRateLimits<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryRateLimits").finish_non_exhaustive()
    }
}

/// Evicts the clients whose quota is restored; and if those are too few, the half that has used least. So this happens
/// at most once per as many new clients as half of the capacity.
#[cold]
fn evict<K: Copy + Eq + Hash>(used: &mut HashMap<K, u64>, now: u64) {
    let before = used.len();
    used.retain(|_, until| *until > now);
    if used.len() > before / 2 {
        let mut all: Vec<u64> = used.values().copied().collect();
        let middle = all.len() / 2;
        let (_, &mut median, _) = all.select_nth_unstable(middle);
        used.retain(|_, until| *until > median);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{MemoryRateLimits, Quota, Remaining};

    const WINDOW: Duration = Duration::from_secs(60);

    fn remaining(requests: u64, restored_in: u64, retry_after: Option<u64>) -> Remaining {
        let seconds = Duration::from_secs;
        Remaining::new(requests, seconds(restored_in), retry_after.map(seconds))
    }

    #[test]
    fn a_quota_may_be_used_at_once_and_is_restored_at_a_steady_rate() {
        let limits = MemoryRateLimits::new(1024);
        let quota = Quota::new(3, WINDOW);
        let take = |client: u32, now| limits.take_at(client, quota, Duration::from_secs(now));
        assert_eq!(take(1, 0), remaining(2, 20, None));
        assert_eq!(take(1, 0), remaining(1, 40, None));
        assert_eq!(take(1, 0), remaining(0, 60, None));
        assert_eq!(take(1, 0), remaining(0, 60, Some(20)));
        assert_eq!(take(1, 1), remaining(0, 59, Some(19)));
        assert_eq!(take(2, 1), remaining(2, 20, None));
        assert_eq!(take(1, 20), remaining(0, 60, None));
        assert_eq!(take(1, 20), remaining(0, 60, Some(20)));
        assert_eq!(take(1, 200), remaining(2, 20, None));
    }

    #[test]
    fn memory_is_bounded_and_the_busiest_clients_are_kept() {
        let limits = MemoryRateLimits::new(1600);
        let quota = Quota::new(10, WINDOW);
        let take = |client: u32| limits.take_at(client, quota, Duration::ZERO);
        for _ in 0..10 {
            take(0);
        }
        for client in 1..100_000 {
            take(client);
        }
        let known: usize = limits
            .shards
            .iter()
            .map(|it| it.lock().map_or(0, |it| it.len()))
            .sum();
        assert!(known <= 1600, "{known}");
        assert!(!take(0).is_taken());
    }
}
