//! A store in an engine that several processes share: PostgreSQL, Redis or Valkey.

use std::{fmt, sync::Arc, time::Duration};

use tokio::sync::OnceCell;

use crate::{
    digest::Digest,
    engine::{self, Calls, Engine, EngineThread, Purpose},
    error::{StoreError, StoreFuture},
    idempotency::{
        BeginOutcome, BeginRequest, Fence, FinishOutcome, IdempotencyStore, StoredResponse,
    },
    options::{StoreOptions, StoreUrlError},
    rate_limit::{Client, RateLimitStore, Remaining},
    revocation::RevocationStore,
    statistics::Statistics,
};

/// A store in an engine that several processes share. Clones are the same store.
///
/// It is created before it is [opened](Self::open), so that what needs it can be composed first; until then, and after it is
/// closed, every call fails.
///
/// Calls run on a thread of the store, so that a worker that is blocked blocks no call of another. Each call is limited in time. After
/// five failures in a row of one purpose, its calls fail at once for a second, and then until one succeeds: an engine that is
/// gone does not make every request wait. Failures are logged, at most a line in ten seconds for each purpose.
///
/// ```no_run
/// use purlin_store::{SharedStore, StoreOptions};
///
/// # async fn open() -> Result<(), Box<dyn std::error::Error>> {
/// let store = SharedStore::new("redis://localhost/", StoreOptions::default())?;
/// store.open().await?;
/// store.check().await?;
/// store.close().await;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct SharedStore(Arc<Shared>);

struct Shared {
    kind: EngineKind,
    engine: Arc<dyn Engine>,
    calls: Calls,
    thread: OnceCell<EngineThread>,
}

impl SharedStore {
    /// Creates a store in the engine that a URL names; connects to nothing.
    ///
    /// | URL | engine |
    /// |---|---|
    /// | `postgres://user:password@host/database` | PostgreSQL 13 or later, with the parameters of libpq such as `sslmode` |
    /// | `redis://user:password@host/0` | Redis 6 or later, or Valkey |
    /// | `rediss://…` | the same over TLS |
    ///
    /// # Errors
    ///
    /// The URL or the prefix is not valid, or the feature of the engine is off.
    pub fn new(url: &str, options: StoreOptions) -> Result<Self, StoreUrlError> {
        let allowed = |c: char| matches!(c, 'a'..='z' | '0'..='9' | '-' | '_');
        if !(1..=40).contains(&options.prefix.len()) || !options.prefix.chars().all(allowed) {
            return Err(StoreUrlError::Prefix);
        }
        let kind = EngineKind::of(url)?;
        let engine = create(kind, url, &options)?;
        let timeouts = [
            options.idempotency_timeout,
            options.rate_limit_timeout,
            options.revocation_timeout,
        ];
        Ok(Self(Arc::new(Shared {
            kind,
            engine,
            calls: Calls::new(timeouts),
            thread: OnceCell::new(),
        })))
    }

    /// Connects to the engine, and creates the tables in it unless they exist. A second call does nothing.
    ///
    /// # Errors
    ///
    /// The engine cannot be reached within 10 seconds, or rejects the connection or the tables.
    pub async fn open(&self) -> Result<(), StoreError> {
        let open = || async {
            let thread = EngineThread::start().await?;
            let engine = Arc::clone(&self.0.engine);
            thread.run(engine::OPEN_TIMEOUT, engine.open()).await??;
            Ok(thread)
        };
        self.0.thread.get_or_try_init(open).await.map(drop)
    }

    /// Asks the engine whether it responds.
    ///
    /// # Errors
    ///
    /// The store is not open, or the engine does not respond within the timeout of idempotency keys.
    pub async fn check(&self) -> Result<(), StoreError> {
        let timeout = self.0.calls.timeout(Purpose::Idempotency);
        let engine = Arc::clone(&self.0.engine);
        self.thread()?.run(timeout, engine.check()).await??;
        Ok(())
    }

    /// Closes the connections. Calls fail from then on.
    pub async fn close(&self) {
        if let Some(thread) = self.0.thread.get() {
            let engine = Arc::clone(&self.0.engine);
            // What cannot be closed in time ends with the thread.
            let _ = thread.run(engine::CLOSE_TIMEOUT, engine.close()).await;
            thread.stop();
        }
    }

    /// Returns the name of the engine: `postgresql` or `redis`.
    #[must_use]
    pub fn engine(&self) -> &'static str {
        self.0.kind.name()
    }

    /// Returns how many calls there were, and how they ended.
    #[must_use]
    pub fn statistics(&self) -> Vec<Statistics> {
        self.0.calls.statistics()
    }

    fn thread(&self) -> Result<&EngineThread, StoreError> {
        let thread = self.0.thread.get();
        thread.ok_or_else(|| StoreError::new("the store is not open"))
    }
}

impl fmt::Debug for SharedStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedStore")
            .field("engine", &self.engine())
            .finish_non_exhaustive()
    }
}

/// The engines there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum EngineKind {
    Postgres,
    Redis,
}

impl EngineKind {
    /// Returns the engine that a URL names.
    fn of(url: &str) -> Result<Self, StoreUrlError> {
        match url.split_once("://").map(|(scheme, _)| scheme) {
            Some("postgres" | "postgresql") => Ok(Self::Postgres),
            Some("redis" | "rediss" | "redis+unix" | "unix") => Ok(Self::Redis),
            _ => Err(StoreUrlError::UnknownEngine),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Postgres => "postgresql",
            Self::Redis => "redis",
        }
    }
}

/// Creates an engine, which connects to nothing yet.
fn create(
    kind: EngineKind,
    url: &str,
    options: &StoreOptions,
) -> Result<Arc<dyn Engine>, StoreUrlError> {
    match kind {
        #[cfg(feature = "postgres")]
        EngineKind::Postgres => crate::postgres::create(url, options),
        #[cfg(feature = "redis")]
        EngineKind::Redis => crate::redis::create(url, options),
        #[cfg(not(all(feature = "postgres", feature = "redis")))]
        missing => {
            let _ = (url, options);
            Err(match missing {
                EngineKind::Postgres => StoreUrlError::MissingFeature {
                    engine: "PostgreSQL",
                    feature: "postgres",
                },
                EngineKind::Redis => StoreUrlError::MissingFeature {
                    engine: "Redis",
                    feature: "redis",
                },
            })
        }
    }
}

impl IdempotencyStore for SharedStore {
    fn begin(&self, request: BeginRequest) -> StoreFuture<'_, BeginOutcome> {
        let (id, engine) = (request.id, Arc::clone(&self.0.engine));
        // A request whose client has gone before its record was created is not processed.
        let undo = move |outcome| match outcome {
            BeginOutcome::First(fence) => Some(engine.forget(id, fence)),
            _ => None,
        };
        Box::pin(async move {
            let call = Arc::clone(&self.0.engine).begin(request);
            let calls = &self.0.calls;
            calls
                .call(self.thread()?, Purpose::Idempotency, call, undo)
                .await
        })
    }

    fn finish(
        &self,
        id: Digest,
        fence: Fence,
        response: StoredResponse,
        keep: Duration,
    ) -> StoreFuture<'_, FinishOutcome> {
        Box::pin(async move {
            let call = Arc::clone(&self.0.engine).finish(id, fence, response, keep);
            let calls = &self.0.calls;
            calls
                .call(self.thread()?, Purpose::Idempotency, call, |_| None)
                .await
        })
    }

    fn forget(&self, id: Digest, fence: Fence) -> StoreFuture<'_, ()> {
        Box::pin(async move {
            let call = Arc::clone(&self.0.engine).forget(id, fence);
            let calls = &self.0.calls;
            calls
                .call(self.thread()?, Purpose::Idempotency, call, |()| None)
                .await
        })
    }
}

impl RateLimitStore for SharedStore {
    fn take(&self, clients: Vec<Client>) -> StoreFuture<'_, Vec<Remaining>> {
        Box::pin(async move {
            let call = Arc::clone(&self.0.engine).take(clients);
            let calls = &self.0.calls;
            calls
                .call(self.thread()?, Purpose::RateLimit, call, |_| None)
                .await
        })
    }
}

impl RevocationStore for SharedStore {
    fn revoke(&self, id: Digest, lasts: Duration) -> StoreFuture<'_, ()> {
        Box::pin(async move {
            let call = Arc::clone(&self.0.engine).revoke(id, lasts);
            let calls = &self.0.calls;
            calls
                .call(self.thread()?, Purpose::Revocation, call, |()| None)
                .await
        })
    }

    fn is_revoked(&self, id: Digest) -> StoreFuture<'_, bool> {
        Box::pin(async move {
            let call = Arc::clone(&self.0.engine).is_revoked(id);
            let calls = &self.0.calls;
            calls
                .call(self.thread()?, Purpose::Revocation, call, |_| None)
                .await
        })
    }
}
