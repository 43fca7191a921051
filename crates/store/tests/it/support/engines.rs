//! The engines that the tests run on, each with a prefix of its own for each test.

use std::{
    future::Future,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::{Duration, Instant},
};

use purlin_store::{SharedStore, StoreOptions};

use super::{postgres::Postgres, redis::Redis};

/// How long a test waits for what has to happen.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Where a store is, and how it is opened.
#[derive(Clone, Debug)]
pub struct Target {
    pub url: String,
    pub options: StoreOptions,
}

impl Target {
    pub fn new(url: String) -> Self {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let mut options = StoreOptions::default();
        options.prefix = format!("test-{number}");
        // The machine may be busy.
        options.rate_limit_timeout = Duration::from_secs(20);
        options.idempotency_timeout = Duration::from_secs(20);
        options.revocation_timeout = Duration::from_secs(20);
        options.sweep_period = Duration::from_millis(50);
        Self { url, options }
    }

    /// Returns the store of one more process.
    pub async fn open(&self) -> SharedStore {
        let store = SharedStore::new(&self.url, self.options.clone()).unwrap();
        store.open().await.unwrap();
        store
    }
}

/// Returns a store of its own in PostgreSQL, if it is installed.
pub fn postgres() -> Option<Target> {
    let server = Postgres::shared().unwrap()?;
    Some(Target::new(server.url("postgres")))
}

/// Returns a store of its own in Redis, if it is installed.
pub fn redis() -> Option<Target> {
    Some(Target::new(Redis::shared()?.url()))
}

/// Waits until something holds.
pub async fn until<R: Future<Output = bool>>(what: &str, mut holds: impl FnMut() -> R) {
    let begin = Instant::now();
    while !holds().await {
        assert!(begin.elapsed() < TIMEOUT, "{what} did not happen");
        thread::sleep(Duration::from_millis(5));
    }
}
