//! How much of its share each client has used: the generic cell rate algorithm, one number a client. Memory is bounded:
//! who has used least is forgotten first, which costs nobody more than it costs the rest of us.

use std::{
    collections::HashMap,
    hash::{BuildHasher, Hash, RandomState},
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// As many parts as keep threads from waiting for one another.
const SHARDS: usize = 16;

/// A share of requests in a window, and what clients have used of it.
pub(super) struct Buckets<K> {
    began: Instant,
    /// Nanoseconds.
    window: u64,
    /// Nanoseconds until one more request is allowed, at the steady rate.
    interval: u64,
    shards: Vec<Mutex<HashMap<K, u64>>>,
    most_per_shard: usize,
    hasher: RandomState,
}

/// What a client has left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Left {
    pub(super) requests: u64,
    /// Seconds until the whole share is there again, rounded up.
    pub(super) whole_in: u64,
    /// Seconds until one more request is allowed, where this one was not.
    pub(super) refused_for: Option<u64>,
}

impl<K: Copy + Eq + Hash> Buckets<K> {
    /// `share` is at least 1.
    pub(super) fn new(share: u32, window: Duration, most_clients: usize) -> Self {
        let window = u64::try_from(window.as_nanos()).unwrap_or(u64::MAX / 4);
        Self {
            began: Instant::now(),
            window,
            interval: (window / u64::from(share.max(1))).max(1),
            shards: (0..SHARDS).map(|_| Mutex::default()).collect(),
            most_per_shard: most_clients.div_ceil(SHARDS).max(2),
            hasher: RandomState::new(),
        }
    }

    /// Takes one request of a client's share, if there is one left.
    pub(super) fn take(&self, client: K) -> Left {
        let now = u64::try_from(self.began.elapsed().as_nanos()).unwrap_or(u64::MAX / 2);
        self.take_at(client, now)
    }

    fn take_at(&self, client: K, now: u64) -> Left {
        let Some(mut used) = self.shard(client) else {
            return self.left(0, None);
        };
        // Until when the share is used: each request moves it on by an interval.
        let until = used.get(&client).map_or(now, |&until| until.max(now));
        let next = until + self.interval;
        let ahead = next - now;
        if ahead > self.window {
            return self.left(until - now, Some(ahead - self.window));
        }
        if used.len() >= self.most_per_shard && !used.contains_key(&client) {
            forget(&mut used, now);
        }
        used.insert(client, next);
        self.left(ahead, None)
    }

    fn left(&self, used: u64, refused_for: Option<u64>) -> Left {
        let seconds = |nanoseconds: u64| nanoseconds.div_ceil(1_000_000_000);
        Left {
            requests: self.window.saturating_sub(used) / self.interval,
            whole_in: seconds(used),
            refused_for: refused_for.map(seconds),
        }
    }

    fn shard(&self, client: K) -> Option<MutexGuard<'_, HashMap<K, u64>>> {
        let index = usize::try_from(self.hasher.hash_one(client) % SHARDS as u64).ok()?;
        let shard = self.shards.get(index)?;
        Some(shard.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Forgets who has its whole share again; and where those are too few, the half that has used least. So this happens
/// once in as many new clients as there is room for half of.
fn forget<K: Copy + Eq + Hash>(used: &mut HashMap<K, u64>, now: u64) {
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

    use super::{Buckets, Left};

    const SECOND: u64 = 1_000_000_000;

    fn buckets(share: u32, seconds: u64, most: usize) -> Buckets<u32> {
        Buckets::new(share, Duration::from_secs(seconds), most)
    }

    fn left(requests: u64, whole_in: u64, refused_for: Option<u64>) -> Left {
        Left {
            requests,
            whole_in,
            refused_for,
        }
    }

    #[test]
    fn a_share_may_be_used_at_once_and_comes_back_bit_by_bit() {
        let buckets = buckets(3, 60, 1024);
        assert_eq!(buckets.take_at(1, 0), left(2, 20, None));
        assert_eq!(buckets.take_at(1, 0), left(1, 40, None));
        assert_eq!(buckets.take_at(1, 0), left(0, 60, None));
        assert_eq!(buckets.take_at(1, 0), left(0, 60, Some(20)));
        assert_eq!(buckets.take_at(1, SECOND), left(0, 59, Some(19)));
        assert_eq!(buckets.take_at(2, SECOND), left(2, 20, None));
        assert_eq!(buckets.take_at(1, 20 * SECOND), left(0, 60, None));
        assert_eq!(buckets.take_at(1, 20 * SECOND), left(0, 60, Some(20)));
        assert_eq!(buckets.take_at(1, 200 * SECOND), left(2, 20, None));
    }

    #[test]
    fn no_more_clients_are_remembered_than_may_be_and_the_greedy_are() {
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
        assert!(buckets.take_at(0, 0).refused_for.is_some());
    }
}
