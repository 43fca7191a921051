//! What is particular to Redis.

use std::time::Duration;

use purlin_store::{
    idempotency::{BeginOutcome, FinishOutcome, IdempotencyStore as _},
    rate_limit::{Client, Quota, RateLimitStore as _},
};

use crate::support::{
    HOUR, digest,
    engines::{self, Target},
    known,
    redis::Redis,
    request, response, run, stranger,
};

/// Uses everything there is, `ids` times.
async fn use_all(target: &Target, ids: u32) {
    let store = target.open().await;
    let client = |number| Client::new(digest(number), Quota::new(100, 100 * HOUR));
    for id in 0..ids {
        let caller = if id % 2 == 0 { known(1) } else { stranger(id) };
        let BeginOutcome::First(fence) = store.begin(request(id, caller)).await.unwrap() else {
            panic!("it is the first");
        };
        match id % 3 {
            0 => store.forget(digest(id), fence).await.unwrap(),
            1 => {}
            _ => {
                let finished = store.finish(digest(id), fence, response(9), HOUR).await;
                assert_eq!(finished.unwrap(), FinishOutcome::Stored);
            }
        }
        let taken = store.take(vec![client(id), client(1000)]).await.unwrap();
        assert!(taken.len() == 2 && taken[1].is_taken());
    }
    store.close().await;
}

#[test]
fn every_key_has_a_lifetime_and_the_prefix() {
    let Some(server) = Redis::private(&[]) else {
        return;
    };
    let target = Target::new(server.url());
    run(use_all(&target, 50));
    let keys = server.query(&["KEYS", "*"]);
    assert!(keys.lines().count() > 50, "{keys}");
    for key in keys.lines() {
        let prefix = key.trim_start_matches('{').split(':').next();
        assert_eq!(prefix, Some(target.options.prefix.as_str()), "{key}");
        let lifetime: i64 = server.query(&["PTTL", key]).parse().unwrap();
        assert!(lifetime > 0, "{key}: {lifetime}");
    }
}

#[test]
fn every_call_is_one_command() {
    let Some(server) = Redis::private(&[]) else {
        return;
    };
    let target = Target::new(server.url());
    run(async {
        use_all(&target, 3).await;
        server.query(&["CONFIG", "RESETSTAT"]);
        let store = target.open().await;
        for id in 100..110 {
            let outcome = store.begin(request(id, known(1))).await.unwrap();
            let BeginOutcome::First(fence) = outcome else {
                panic!("{outcome:?}")
            };
            store
                .finish(digest(id), fence, response(9), HOUR)
                .await
                .unwrap();
            let client = |number| Client::new(digest(number), Quota::new(100, HOUR));
            store
                .take(vec![client(id), client(id + 100)])
                .await
                .unwrap();
        }
    });
    let commands = server.query(&["INFO", "commandstats"]);
    let calls = |command: &str| -> u32 {
        let line = commands
            .lines()
            .find_map(|line| line.strip_prefix(&format!("cmdstat_{command}:calls=")));
        let number = line.and_then(|line| line.split(',').next());
        number.map_or(0, |number| number.parse().unwrap())
    };
    assert_eq!(calls("evalsha"), 30, "{commands}");
    assert_eq!(calls("eval") + calls("script|load"), 0, "{commands}");
}

#[test]
fn scripts_are_sent_again_when_the_server_has_lost_them() {
    let Some(server) = Redis::private(&[]) else {
        return;
    };
    let target = Target::new(server.url());
    run(async {
        let store = target.open().await;
        store.begin(request(1, known(1))).await.unwrap();
        server.query(&["SCRIPT", "FLUSH"]);
        let outcome = store.begin(request(1, known(1))).await.unwrap();
        assert_eq!(outcome, BeginOutcome::InProgress);
    });
}

#[test]
fn the_keys_of_a_call_are_in_one_slot_of_a_cluster() {
    let Some(server) = Redis::cluster() else {
        return;
    };
    let mut target = Target::new(server.url());
    // Little room, so that requests are evicted as well.
    target.options.max_bytes = 16 * 4 * 1024;
    target.options.max_bytes_per_caller = 16 * 4 * 1024;
    run(use_all(&target, 60));
}

#[test]
fn memory_is_given_back() {
    let Some(server) = Redis::private(&[]) else {
        return;
    };
    let target = Target::new(server.url());
    run(async {
        let store = target.open().await;
        for id in 0..100 {
            let mut request = request(id, stranger(id));
            request.lease = Duration::from_millis(1);
            store.begin(request).await.unwrap();
        }
        // Each begin removes what has ended in its part.
        engines::until("the removal", || async {
            for id in 1000..1050 {
                let request = request(id, known(1));
                if let BeginOutcome::First(fence) = store.begin(request).await.unwrap() {
                    store.forget(digest(id), fence).await.unwrap();
                }
            }
            let keys = server.query(&["KEYS", "*"]);
            // The tokens, and totals of nothing.
            keys.lines()
                .all(|key| key.ends_with(":fence") || key.ends_with(":total"))
        })
        .await;
        let totals = server.query(&["KEYS", "*:total"]);
        for key in totals.lines() {
            assert_eq!(server.query(&["GET", key]), "0");
        }
    });
}
