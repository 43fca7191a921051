//! Stores that fail, and what a store is given.

use std::{
    future::{Ready, ready},
    sync::{Arc, Mutex},
    time::Duration,
};

use purlin_router::{
    Operation,
    auth::HeaderApiKey,
    idempotency::{
        BeginOutcome, BeginRequest, Digest, Fence, FinishOutcome, Idempotency, IdempotencyStore,
        MemoryStore, StoreError, StoreFuture, StoredResponse,
    },
};

use super::{call, created, order, registry};
use crate::support;

/// What a store was asked.
#[derive(Clone, Debug, PartialEq)]
enum Asked {
    Begin {
        id: Digest,
        caller: Digest,
        is_anonymous: bool,
        lease: Duration,
    },
    Finish {
        id: Digest,
        keep: Duration,
    },
    Forget,
}

/// Records what a store is asked.
#[derive(Clone)]
struct Recorded {
    asked: Arc<Mutex<Vec<Asked>>>,
    begin: Option<BeginOutcome>,
    store: Arc<MemoryStore>,
}

impl Recorded {
    fn new(begin: Option<BeginOutcome>) -> Self {
        Self {
            asked: Arc::default(),
            begin,
            store: Arc::new(MemoryStore::new(1_000_000, 1_000_000)),
        }
    }

    fn push(&self, asked: Asked) {
        self.asked.lock().unwrap().push(asked);
    }
}

impl IdempotencyStore for Recorded {
    fn begin(&self, request: BeginRequest) -> StoreFuture<'_, BeginOutcome> {
        self.push(Asked::Begin {
            id: request.id,
            caller: request.caller.digest,
            is_anonymous: request.caller.is_anonymous,
            lease: request.lease,
        });
        match &self.begin {
            Some(outcome) => Box::pin(ready(Ok(outcome.clone()))),
            None => self.store.begin(request),
        }
    }

    fn finish(
        &self,
        id: Digest,
        fence: Fence,
        response: StoredResponse,
        keep: Duration,
    ) -> StoreFuture<'_, FinishOutcome> {
        self.push(Asked::Finish { id, keep });
        self.store.finish(id, fence, response, keep)
    }

    fn forget(&self, id: Digest, fence: Fence) -> StoreFuture<'_, ()> {
        self.push(Asked::Forget);
        self.store.forget(id, fence)
    }
}

#[test]
fn a_store_gets_the_same_digests_for_the_same_request_in_every_process() {
    let ask = || {
        let store = Recorded::new(None);
        let idempotency = Idempotency::new(store.clone()).keep(Duration::from_secs(60));
        let registry = registry()
            .idempotency(idempotency.lease(Duration::from_secs(7)))
            .authenticator("key", HeaderApiKey::new("X-Key").key("ada", "one"))
            .operation(Operation::post("/open", order))
            .operation(
                Operation::post("/orders", order)
                    .operation_id("own")
                    .authenticators(["key"])
                    .time_limit(Duration::from_secs(5)),
            );
        let client = support::client(&registry);
        for (target, key) in [("/open", "a"), ("/orders", "a"), ("/orders", "b")] {
            let call = call(&client, target, key, "tea");
            created(&call.header("X-Key", "one").send());
        }
        store.asked.lock().unwrap().clone()
    };
    let asked = ask();
    assert_eq!(asked, ask());
    let begun: Vec<_> = asked
        .iter()
        .filter_map(|asked| match asked {
            Asked::Begin {
                id,
                caller,
                is_anonymous,
                lease,
            } => Some((*id, *caller, *is_anonymous, lease.as_secs())),
            _ => None,
        })
        .collect();
    let [open, a, b] = begun[..] else {
        panic!("{asked:?}")
    };
    assert_eq!([open.2, a.2, b.2], [true, false, false]);
    // Without a time limit it is the lease, with one half a minute more.
    assert_eq!([open.3, a.3, b.3], [7, 35, 35]);
    assert_eq!(a.1, b.1);
    assert_ne!(a.0, b.0);
    let finished = Asked::Finish {
        id: open.0,
        keep: Duration::from_secs(60),
    };
    assert_eq!(asked[1], finished);
}

/// A store that cannot be reached.
struct Broken;

fn failed<T>() -> Ready<Result<T, StoreError>> {
    ready(Err(StoreError::new("no connection")))
}

impl IdempotencyStore for Broken {
    fn begin(&self, _: BeginRequest) -> StoreFuture<'_, BeginOutcome> {
        Box::pin(failed())
    }

    fn finish(
        &self,
        _: Digest,
        _: Fence,
        _: StoredResponse,
        _: Duration,
    ) -> StoreFuture<'_, FinishOutcome> {
        Box::pin(failed())
    }

    fn forget(&self, _: Digest, _: Fence) -> StoreFuture<'_, ()> {
        Box::pin(failed())
    }
}

#[test]
fn a_request_is_not_processed_when_its_key_cannot_be_looked_up() {
    let full = Recorded::new(Some(BeginOutcome::Full));
    for (idempotency, message) in [
        (Idempotency::new(Broken), "keys cannot be looked up"),
        (Idempotency::new(full), "there is no room"),
    ] {
        let registry = registry().idempotency(idempotency);
        let client = support::client(&registry.operation(Operation::post("/orders", order)));
        let response = call(&client, "/orders", "one", "tea").send();
        assert_eq!(response.status(), 503);
        assert_eq!(response.header("Retry-After"), Some("1"));
        assert!(response.text().contains(message), "{}", response.text());
        assert!(!response.text().contains("no connection"));
        // Requests without a key do not need the store.
        let plain = client
            .post("/orders")
            .json(&serde_json::json!({"item": "tea"}));
        assert_eq!(created(&plain.send()), (1, false));
    }
}

#[test]
fn a_response_is_sent_also_when_it_cannot_be_stored() {
    let store = Recorded::new(Some(BeginOutcome::First(Fence(7))));
    let registry = registry().idempotency(Idempotency::new(store.clone()));
    let client = support::client(&registry.operation(Operation::post("/orders", order)));
    assert_eq!(
        created(&call(&client, "/orders", "one", "tea").send()),
        (1, false)
    );
    assert!(matches!(
        store.asked.lock().unwrap()[..],
        [Asked::Begin { .. }, Asked::Finish { .. }]
    ));
}
