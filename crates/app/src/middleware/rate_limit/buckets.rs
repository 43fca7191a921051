//! How much of its quota each client has used: the generic cell rate algorithm, one number per client. Memory is bounded:
//! the clients that have used least are evicted first, which gives them less than they had left anyway.

use std::{
    collections::HashMap,
    hash::{BuildHasher, Hash, RandomState},
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// The number of parts, each behind a lock of its own, so that threads rarely wait for one another.
const SHARDS: usize = 16;

/// A quota of requests per window, and what each client has used of it.
pub(super) struct Buckets<K> {
    started: Instant,
    /// Nanoseconds.
    window: u64,
    /// Nanoseconds until one more request is allowed, at the steady rate.
    interval: u64,
    shards: Vec<Mutex<HashMap<K, u64>>>,
    capacity_per_shard: usize,
    hasher: RandomState,
}

/// What a client has left of its quota.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Quota {
    pub(super) requests: u64,
    /// Seconds until the whole quota is restored, rounded up.
    pub(super) restored_in: u64,
    /// Seconds until another request is allowed, if this one is not.
    pub(super) retry_after: Option<u64>,
}

impl<K: Copy + Eq + Hash> Buckets<K> {
    /// Takes the requests per window, at least 1, and how many clients are stored.
    pub(super) fn new(requests: u32, window: Duration, clients: usize) -> Self {
        let window = u64::try_from(window.as_nanos()).unwrap_or(u64::MAX / 4);
        Self {
            started: Instant::now(),
            window,
            interval: (window / u64::from(requests.max(1))).max(1),
            shards: (0..SHARDS).map(|_| Mutex::default()).collect(),
            capacity_per_shard: clients.div_ceil(SHARDS).max(2),
            hasher: RandomState::new(),
        }
    }

    /// Takes one request from a client's quota, if there is one left.
    pub(super) fn take(&self, client: K) -> Quota {
        let now = u64::try_from(self.started.elapsed().as_nanos()).unwrap_or(u64::MAX / 2);
        self.take_at(client, now)
    }

    fn take_at(&self, client: K, now: u64) -> Quota {
        let Some(mut used) = self.shard(client) else {
            return self.quota(0, None);
        };
        // The time until which the quota is used: each request adds an interval.
        let until = used.get(&client).map_or(now, |&until| until.max(now));
        let next = until + self.interval;
        let ahead = next - now;
        if ahead > self.window {
            return self.quota(until - now, Some(ahead - self.window));
        }
        if used.len() >= self.capacity_per_shard && !used.contains_key(&client) {
            evict(&mut used, now);
        }
        used.insert(client, next);
        self.quota(ahead, None)
    }

    fn quota(&self, used: u64, wait: Option<u64>) -> Quota {
        let seconds = |nanoseconds: u64| nanoseconds.div_ceil(1_000_000_000);
        Quota {
            requests: self.window.saturating_sub(used) / self.interval,
            restored_in: seconds(used),
            retry_after: wait.map(seconds),
        }
    }

    fn shard(&self, client: K) -> Option<MutexGuard<'_, HashMap<K, u64>>> {
        let index = usize::try_from(self.hasher.hash_one(client) % SHARDS as u64).ok()?;
        let shard = self.shards.get(index)?;
        Some(shard.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Evicts the clients whose quota is restored; and if those are too few, the half that has used least. So this happens
/// at most once per as many new clients as half of the capacity.
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

    use super::{Buckets, Quota};

    const SECOND: u64 = 1_000_000_000;

    fn buckets(requests: u32, seconds: u64, clients: usize) -> Buckets<u32> {
        Buckets::new(requests, Duration::from_secs(seconds), clients)
    }

    fn quota(requests: u64, restored_in: u64, retry_after: Option<u64>) -> Quota {
        Quota {
            requests,
            restored_in,
            retry_after,
        }
    }

    #[test]
    fn a_quota_may_be_used_at_once_and_is_restored_at_a_steady_rate() {
        let buckets = buckets(3, 60, 1024);
        assert_eq!(buckets.take_at(1, 0), quota(2, 20, None));
        assert_eq!(buckets.take_at(1, 0), quota(1, 40, None));
        assert_eq!(buckets.take_at(1, 0), quota(0, 60, None));
        assert_eq!(buckets.take_at(1, 0), quota(0, 60, Some(20)));
        assert_eq!(buckets.take_at(1, SECOND), quota(0, 59, Some(19)));
        assert_eq!(buckets.take_at(2, SECOND), quota(2, 20, None));
        assert_eq!(buckets.take_at(1, 20 * SECOND), quota(0, 60, None));
        assert_eq!(buckets.take_at(1, 20 * SECOND), quota(0, 60, Some(20)));
        assert_eq!(buckets.take_at(1, 200 * SECOND), quota(2, 20, None));
    }

    #[test]
    fn memory_is_bounded_and_the_busiest_clients_are_kept() {
        let buckets = buckets(10, 60, 1600);
        for _ in 0..10 {
            buckets.take_at(0, 0);
        }
        for client in 1..100_000 {
            buckets.take_at(client, 0);
        }
        let known: usize = buckets
            .shards
            .iter()
            .map(|it| it.lock().map_or(0, |it| it.len()))
            .sum();
        assert!(known <= 1600, "{known}");
        assert!(buckets.take_at(0, 0).retry_after.is_some());
    }
}
