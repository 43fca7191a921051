//! What several processes that share a store can rely on.

use std::{collections::HashSet, sync::Arc, time::Duration};

use purlin_store::{
    SharedStore,
    idempotency::{BeginOutcome, Fence, FinishOutcome, IdempotencyStore as _},
    rate_limit::{Client, Quota, RateLimitStore as _},
    revocation::RevocationStore as _,
};
use tokio::task::JoinSet;

use crate::support::{
    HOUR, digest,
    engines::{self, Target, until},
    known, request, response, run, stranger,
};

/// Makes a test of each engine.
macro_rules! on_each_engine {
    ($($test:ident)*) => {
        mod postgres { $(#[test] fn $test() { super::on(super::engines::postgres(), super::$test); })* }
        mod redis { $(#[test] fn $test() { super::on(super::engines::redis(), super::$test); })* }
    };
}

on_each_engine! {
    a_request_is_the_first_once_for_all_processes
    of_concurrent_requests_exactly_one_is_the_first
    tokens_increase_also_when_the_record_was_absent
    a_quota_is_exact_under_concurrency
    quotas_are_taken_up_to_the_first_that_has_nothing_left
    the_lease_of_a_process_that_is_gone_ends
    a_call_that_is_no_longer_waited_for_leaves_no_record
    requests_in_progress_are_bounded
    a_caller_over_its_share_loses_its_own_oldest_responses
    strangers_displace_strangers_and_never_an_identified_caller
    responses_end
    revocations_hold_for_all_processes_until_they_end
}

fn on<R: Future<Output = ()>>(target: Option<Target>, test: fn(Target) -> R) {
    if let Some(target) = target {
        run(test(target));
    }
}

async fn first(store: &SharedStore, id: u32, caller: u32) -> Fence {
    match store.begin(request(id, known(caller))).await.unwrap() {
        BeginOutcome::First(fence) => fence,
        other => panic!("{id}: {other:?}"),
    }
}

async fn complete(store: &SharedStore, id: u32, caller: u32, size: usize) {
    let fence = first(store, id, caller).await;
    let finished = store.finish(digest(id), fence, response(size), HOUR).await;
    assert_eq!(finished.unwrap(), FinishOutcome::Stored);
}

/// Returns which of these requests have a response.
async fn kept(store: &SharedStore, ids: impl IntoIterator<Item = u32>) -> Vec<u32> {
    let mut kept = Vec::new();
    for id in ids {
        // A stranger with a share of its own, so that nothing is displaced.
        let request = request(id, stranger(1_000_000 + id));
        match store.begin(request).await.unwrap() {
            BeginOutcome::Completed(_) => kept.push(id),
            BeginOutcome::First(fence) => store.forget(digest(id), fence).await.unwrap(),
            _ => {}
        }
    }
    kept
}

async fn a_request_is_the_first_once_for_all_processes(target: Target) {
    let (one, other) = (target.open().await, target.open().await);
    let fence = first(&one, 1, 1).await;
    let again = request(1, known(1));
    assert_eq!(other.begin(again).await.unwrap(), BeginOutcome::InProgress);
    let mut different = again;
    different.fingerprint = digest(9);
    assert_eq!(
        other.begin(different).await.unwrap(),
        BeginOutcome::Different
    );
    let finished = one.finish(digest(1), fence, response(3), HOUR).await;
    assert_eq!(finished.unwrap(), FinishOutcome::Stored);
    assert_eq!(
        other.begin(different).await.unwrap(),
        BeginOutcome::Different
    );
    let completed = BeginOutcome::Completed(response(3));
    assert_eq!(other.begin(again).await.unwrap(), completed);
    // A response is stored once.
    let finished = one.finish(digest(1), fence, response(4), HOUR).await;
    assert_eq!(finished.unwrap(), FinishOutcome::LeaseLost);
    one.forget(digest(1), fence).await.unwrap();
    assert_eq!(other.begin(again).await.unwrap(), completed);
}

async fn of_concurrent_requests_exactly_one_is_the_first(target: Target) {
    let stores = [
        target.open().await,
        target.open().await,
        target.open().await,
    ];
    for id in 0..20 {
        let mut calls = JoinSet::new();
        for nth in 0..12 {
            let store = stores[nth % stores.len()].clone();
            calls.spawn(async move { store.begin(request(id, known(1))).await.unwrap() });
        }
        let outcomes = calls.join_all().await;
        let is_first = |outcome: &&BeginOutcome| matches!(outcome, BeginOutcome::First(_));
        assert_eq!(outcomes.iter().filter(is_first).count(), 1, "{outcomes:?}");
        let rest = outcomes.iter().filter(|outcome| !is_first(outcome));
        assert!(rest.into_iter().all(|it| *it == BeginOutcome::InProgress));
    }
}

async fn tokens_increase_also_when_the_record_was_absent(target: Target) {
    let (one, other) = (target.open().await, target.open().await);
    let mut last = Fence(0);
    for turn in 0..20 {
        let store = if turn % 2 == 0 { &one } else { &other };
        let fence = first(store, 1, 1).await;
        assert!(fence > last, "{fence:?} after {last:?}");
        // That of an earlier attempt removes nothing.
        store.forget(digest(1), last).await.unwrap();
        let again = store.begin(request(1, known(1))).await.unwrap();
        assert_eq!(again, BeginOutcome::InProgress);
        store.forget(digest(1), fence).await.unwrap();
        last = fence;
    }
}

async fn a_quota_is_exact_under_concurrency(target: Target) {
    let stores = [
        target.open().await,
        target.open().await,
        target.open().await,
    ];
    let client = Client::new(digest(1), Quota::new(10, HOUR));
    let mut calls = JoinSet::new();
    for nth in 0..40 {
        let store = stores[nth % stores.len()].clone();
        calls.spawn(async move { store.take(vec![client]).await.unwrap()[0] });
    }
    let all = calls.join_all().await;
    let (taken, rejected): (Vec<_>, Vec<_>) = all.into_iter().partition(|it| it.is_taken());
    assert_eq!((taken.len(), rejected.len()), (10, 30));
    let left: HashSet<u64> = taken.iter().map(|it| it.requests).collect();
    assert_eq!(left, (0..10).collect());
    for remaining in rejected {
        assert_eq!(remaining.requests, 0);
        let wait = remaining.retry_after.unwrap();
        assert!(
            wait > Duration::from_secs(300) && wait <= Duration::from_secs(360),
            "{wait:?}"
        );
        assert!(remaining.restored_in > HOUR - Duration::from_secs(60));
    }
}

async fn quotas_are_taken_up_to_the_first_that_has_nothing_left(target: Target) {
    let store = target.open().await;
    let client = |number, requests| Client::new(digest(number), Quota::new(requests, HOUR));
    let clients = vec![client(1, 2), client(2, 1), client(3, 5)];
    let requests = |all: Vec<purlin_store::rate_limit::Remaining>| -> Vec<_> {
        all.iter().map(|it| (it.is_taken(), it.requests)).collect()
    };
    let all = store.take(clients.clone()).await.unwrap();
    assert_eq!(requests(all), [(true, 1), (true, 0), (true, 4)]);
    let all = store.take(clients.clone()).await.unwrap();
    assert_eq!(requests(all), [(true, 0), (false, 0)]);
    let all = store.take(clients).await.unwrap();
    assert_eq!(requests(all), [(false, 0)]);
    let all = store.take(vec![client(3, 5)]).await.unwrap();
    assert_eq!(requests(all), [(true, 3)]);
    assert_eq!(store.take(Vec::new()).await.unwrap(), []);
}

async fn the_lease_of_a_process_that_is_gone_ends(target: Target) {
    let gone = target.open().await;
    let mut short = request(1, known(1));
    short.lease = Duration::from_millis(300);
    let BeginOutcome::First(lost) = gone.begin(short).await.unwrap() else {
        panic!("it is the first");
    };
    gone.close().await;
    drop(gone);
    let store = target.open().await;
    let mut next = None;
    until("the end of the lease", || async {
        match store.begin(request(1, known(1))).await.unwrap() {
            BeginOutcome::First(fence) => {
                assert!(fence > lost);
                true
            }
            other => {
                assert_eq!(other, BeginOutcome::InProgress);
                false
            }
        }
    })
    .await;
    if let BeginOutcome::First(fence) = store.begin(request(2, known(1))).await.unwrap() {
        next = Some(fence);
    }
    assert!(next.is_some());
    // The process was only slow: its response is not stored over that of the next attempt.
    let late = store.finish(digest(1), lost, response(1), HOUR).await;
    assert_eq!(late.unwrap(), FinishOutcome::LeaseLost);
}

async fn a_call_that_is_no_longer_waited_for_leaves_no_record(target: Target) {
    let store = target.open().await;
    for id in 0..20 {
        let call = store.begin(request(id, known(1)));
        // It is sent, and dropped before its reply.
        let cancelled = tokio::time::timeout(Duration::ZERO, call).await;
        let Err(_) = cancelled else { continue };
        until("the record is removed", || async {
            let outcome = store.begin(request(id, known(1))).await.unwrap();
            matches!(outcome, BeginOutcome::First(_))
        })
        .await;
    }
}

async fn requests_in_progress_are_bounded(mut target: Target) {
    target.options.max_bytes_per_caller = 20 * 1024;
    let store = target.open().await;
    let mut begun = Vec::new();
    let full = loop {
        let id = u32::try_from(begun.len()).unwrap();
        match store.begin(request(id, known(1))).await.unwrap() {
            BeginOutcome::First(fence) => begun.push(fence),
            BeginOutcome::Full => break id,
            other => panic!("{other:?}"),
        }
        assert!(begun.len() <= 40);
    };
    assert!(begun.len() >= 2, "{}", begun.len());
    // Another caller has a share of its own.
    let other = store.begin(request(full, known(2))).await.unwrap();
    let BeginOutcome::First(fence) = other else {
        panic!("{other:?}")
    };
    store.forget(digest(full), fence).await.unwrap();
    for (id, fence) in (0..full).zip(begun) {
        store.forget(digest(id), fence).await.unwrap();
    }
    first(&store, full, 1).await;
}

async fn a_caller_over_its_share_loses_its_own_oldest_responses(mut target: Target) {
    target.options.max_bytes_per_caller = 64 * 1024;
    let store = target.open().await;
    complete(&store, 1000, 2, 100).await;
    for id in 0..200 {
        complete(&store, id, 1, 900).await;
    }
    let kept_of_caller = kept(&store, 0..200).await;
    // 32 responses of 2 KiB, or up to twice as many where the limit is approximate.
    assert!(
        (16..=64).contains(&kept_of_caller.len()),
        "{kept_of_caller:?}"
    );
    let oldest = kept_of_caller.iter().min().unwrap();
    assert!(*oldest > 30, "{kept_of_caller:?}");
    assert_eq!(kept(&store, [1000]).await, [1000]);
    // A response that is larger than the whole share is not kept.
    let fence = first(&store, 2000, 1).await;
    let large = response(200 * 1024);
    let outcome = store.finish(digest(2000), fence, large, HOUR).await;
    assert_eq!(outcome.unwrap(), FinishOutcome::Full);
    assert_eq!(kept(&store, [1000, 2000]).await, [1000]);
}

async fn strangers_displace_strangers_and_never_an_identified_caller(mut target: Target) {
    target.options.max_bytes = 256 * 1024;
    target.options.max_bytes_per_caller = 128 * 1024;
    let store = target.open().await;
    for id in 0..20 {
        complete(&store, id, 1, 900).await;
    }
    for id in 100..400 {
        let outcome = store.begin(request(id, stranger(id))).await.unwrap();
        let BeginOutcome::First(fence) = outcome else {
            // There may be no room until responses are evicted.
            assert_eq!(outcome, BeginOutcome::Full);
            continue;
        };
        store
            .finish(digest(id), fence, response(900), HOUR)
            .await
            .unwrap();
    }
    // 128 responses of 2 KiB fit in.
    let store = Arc::new(store);
    until("the eviction", || async {
        let strangers = kept(&store, 100..400).await.len();
        strangers <= 128
    })
    .await;
    assert_eq!(kept(&store, 0..20).await, (0..20).collect::<Vec<_>>());
}

async fn responses_end(target: Target) {
    let store = target.open().await;
    let fence = first(&store, 1, 1).await;
    let keep = Duration::from_millis(200);
    store
        .finish(digest(1), fence, response(1), keep)
        .await
        .unwrap();
    until("the end of the response", || async {
        let outcome = store.begin(request(1, known(1))).await.unwrap();
        matches!(outcome, BeginOutcome::First(_))
    })
    .await;
}

async fn revocations_hold_for_all_processes_until_they_end(target: Target) {
    let (one, other) = (target.open().await, target.open().await);
    assert!(!other.is_revoked(digest(1)).await.unwrap());
    one.revoke(digest(1), HOUR).await.unwrap();
    // A shorter one does not end it.
    one.revoke(digest(1), Duration::from_millis(1))
        .await
        .unwrap();
    one.revoke(digest(2), Duration::from_millis(100))
        .await
        .unwrap();
    until("the end of the revocation", || async {
        !other.is_revoked(digest(2)).await.unwrap()
    })
    .await;
    assert!(other.is_revoked(digest(1)).await.unwrap());
    assert!(!other.is_revoked(digest(3)).await.unwrap());
}
