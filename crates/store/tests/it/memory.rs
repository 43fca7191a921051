//! The stores in memory, as the traits of stores.

use std::time::Duration;

use purlin_store::rate_limit::{Client, MemoryRateLimits, Quota, RateLimitStore};

use crate::support::{HOUR, digest, run};

#[test]
fn quotas_are_taken_up_to_the_first_that_has_nothing_left() {
    let limits = MemoryRateLimits::new(100);
    let store: &dyn RateLimitStore = &limits;
    let client = |number, requests| Client::new(digest(number), Quota::new(requests, HOUR));
    let clients = vec![client(1, 2), client(2, 1), client(3, 5)];
    let take = || run(store.take(clients.clone())).unwrap();
    let requests: Vec<_> = take()
        .iter()
        .map(|it| (it.is_taken(), it.requests))
        .collect();
    assert_eq!(requests, [(true, 1), (true, 0), (true, 4)]);
    let all = take();
    assert_eq!(all.len(), 2);
    assert!(all[0].is_taken() && !all[1].is_taken());
    assert_eq!(take().len(), 1);
}

#[test]
fn any_quota_can_be_used() {
    let limits = MemoryRateLimits::new(100);
    for (requests, window) in [
        (0, HOUR),
        (u32::MAX, HOUR),
        (1, Duration::MAX),
        (7, Duration::from_nanos(3)),
        (1, Duration::ZERO),
    ] {
        let quota = Quota::new(requests, window);
        let remaining = limits.take(digest(requests), quota);
        assert!(
            remaining.restored_in <= 100 * 366 * 24 * HOUR,
            "{remaining:?}"
        );
    }
}
