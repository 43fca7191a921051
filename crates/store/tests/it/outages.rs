//! Servers that are killed, stopped and started again: what is lost, and what calls do meanwhile.

use std::time::{Duration, Instant};

use purlin_store::{
    SharedStore,
    idempotency::{BeginOutcome, Fence, FinishOutcome, IdempotencyStore as _},
    rate_limit::{Client, Quota, RateLimitStore as _},
};

use crate::support::{
    HOUR, digest,
    engines::{Target, until},
    known,
    postgres::Postgres,
    redis::Redis,
    request, response, run,
};

/// Stores a response, begins another request, and uses up a quota; returns the last token.
async fn fill(store: &SharedStore) -> Fence {
    let BeginOutcome::First(fence) = store.begin(request(1, known(1))).await.unwrap() else {
        panic!("it is the first");
    };
    let finished = store.finish(digest(1), fence, response(3), HOUR).await;
    assert_eq!(finished.unwrap(), FinishOutcome::Stored);
    let BeginOutcome::First(fence) = store.begin(request(2, known(1))).await.unwrap() else {
        panic!("it is the first");
    };
    assert!(take(store).await);
    assert!(!take(store).await);
    fence
}

async fn take(store: &SharedStore) -> bool {
    let client = Client::new(digest(1), Quota::new(1, HOUR));
    store.take(vec![client]).await.unwrap()[0].is_taken()
}

/// Waits until calls of both purposes succeed.
async fn recovered(store: &SharedStore) {
    until("recovery", || async {
        let client = Client::new(digest(9), Quota::new(1, HOUR));
        let begun = store.begin(request(9, known(9))).await;
        begun.is_ok() && store.take(vec![client]).await.is_ok()
    })
    .await;
}

#[test]
fn postgresql_keeps_requests_and_loses_quotas_in_a_crash() {
    let Some(mut server) = Postgres::private().unwrap() else {
        return;
    };
    // The servers of tests do not wait for their disk.
    let durable = "ALTER DATABASE postgres SET synchronous_commit = on";
    server.query("postgres", durable).unwrap();
    run(async {
        let store = Target::new(server.url("postgres")).open().await;
        let fence = fill(&store).await;
        server.crash().unwrap();
        server.start().unwrap();
        recovered(&store).await;
        let stored = store.begin(request(1, known(1))).await.unwrap();
        assert_eq!(stored, BeginOutcome::Completed(response(3)));
        let begun = store.begin(request(2, known(1))).await.unwrap();
        assert_eq!(begun, BeginOutcome::InProgress);
        let BeginOutcome::First(next) = store.begin(request(3, known(1))).await.unwrap() else {
            panic!("it is the first");
        };
        assert!(next > fence);
        assert!(take(&store).await);
    });
}

#[test]
fn redis_without_persistence_loses_everything_when_it_is_killed() {
    let Some(mut server) = Redis::private(&[]) else {
        return;
    };
    run(async {
        let store = Target::new(server.url()).open().await;
        let fence = fill(&store).await;
        server.kill();
        server.start();
        recovered(&store).await;
        // The request is executed again, and tokens still increase.
        let BeginOutcome::First(next) = store.begin(request(2, known(1))).await.unwrap() else {
            panic!("it is the first");
        };
        assert!(next > fence, "{next:?} {fence:?}");
        let late = store.finish(digest(2), fence, response(1), HOUR).await;
        assert_eq!(late.unwrap(), FinishOutcome::LeaseLost);
        assert!(take(&store).await);
    });
}

#[test]
fn redis_that_syncs_every_write_loses_nothing_when_it_is_killed() {
    let options = ["--appendonly", "yes", "--appendfsync", "always"];
    let Some(mut server) = Redis::private(&options) else {
        return;
    };
    run(async {
        let store = Target::new(server.url()).open().await;
        let fence = fill(&store).await;
        server.kill();
        server.start();
        recovered(&store).await;
        let stored = store.begin(request(1, known(1))).await.unwrap();
        assert_eq!(stored, BeginOutcome::Completed(response(3)));
        let begun = store.begin(request(2, known(1))).await.unwrap();
        assert_eq!(begun, BeginOutcome::InProgress);
        assert!(!take(&store).await);
        let finished = store.finish(digest(2), fence, response(1), HOUR).await;
        assert_eq!(finished.unwrap(), FinishOutcome::Stored);
    });
}

/// Makes calls until they fail at once.
async fn pauses(store: &SharedStore, timeout: Duration) {
    let skipped = || store.statistics()[1].skipped;
    let mut calls = 0;
    while skipped() == 0 {
        let client = Client::new(digest(1), Quota::new(1, HOUR));
        let begin = Instant::now();
        store.take(vec![client]).await.unwrap_err();
        // The limit of a call, however busy the machine is.
        assert!(begin.elapsed() < timeout + Duration::from_secs(10));
        calls += 1;
        assert!(calls < 100);
    }
    let statistics = &store.statistics()[1];
    assert_eq!(statistics.purpose, "rate_limit");
    assert!(statistics.is_open);
    assert_eq!(
        statistics.failed + statistics.timed_out,
        5,
        "{statistics:?}"
    );
    // Calls for another purpose are not paused by these.
    assert!(!store.statistics()[0].is_open);
}

#[test]
fn calls_of_an_engine_that_hangs_end_in_time_and_then_fail_at_once() {
    let Some(server) = Redis::private(&[]) else {
        return;
    };
    let mut target = Target::new(server.url());
    let timeout = Duration::from_millis(50);
    target.options.rate_limit_timeout = timeout;
    run(async {
        let store = target.open().await;
        let process = server.process();
        process.signal("STOP");
        pauses(&store, timeout).await;
        assert!(store.statistics()[1].timed_out > 0);
        process.signal("CONT");
        recovered(&store).await;
        assert!(!store.statistics()[1].is_open);
    });
}

#[test]
fn calls_of_an_engine_that_is_gone_fail_at_once_until_it_is_back() {
    let Some(mut server) = Redis::private(&[]) else {
        return;
    };
    let target = Target::new(server.url());
    run(async {
        let store = target.open().await;
        store.check().await.unwrap();
        server.kill();
        pauses(&store, target.options.rate_limit_timeout).await;
        assert!(store.check().await.is_err());
        server.start();
        recovered(&store).await;
        store.check().await.unwrap();
    });
}

#[test]
fn postgresql_that_is_gone_fails_at_once_until_it_is_back() {
    let Some(mut server) = Postgres::private().unwrap() else {
        return;
    };
    let target = Target::new(server.url("postgres"));
    run(async {
        let store = target.open().await;
        server.stop().unwrap();
        pauses(&store, target.options.rate_limit_timeout).await;
        assert!(store.check().await.is_err());
        server.start().unwrap();
        recovered(&store).await;
        store.check().await.unwrap();
    });
}
