//! Calls of an engine: limited in time, counted, and logged at a bounded rate when they fail.

use std::{
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    time::{Duration, Instant},
};

use tokio::{sync::oneshot, time::timeout};

use super::{
    EngineFuture,
    breaker::Breaker,
    thread::{EngineThread, ended, timed_out},
};
use crate::{error::StoreError, statistics::Statistics};

/// The least time between two lines of the log about failures of one purpose.
const LOG_PERIOD: Duration = Duration::from_secs(10);

/// What a call is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    Idempotency,
    RateLimit,
    Revocation,
}

impl Purpose {
    const ALL: [Self; 3] = [Self::Idempotency, Self::RateLimit, Self::Revocation];

    fn name(self) -> &'static str {
        match self {
            Self::Idempotency => "idempotency",
            Self::RateLimit => "rate_limit",
            Self::Revocation => "revocation",
        }
    }
}

/// The state of the calls, by purpose.
pub(crate) struct Calls([State; Purpose::ALL.len()]);

struct State {
    purpose: Purpose,
    timeout: Duration,
    breaker: Breaker,
    started: Instant,
    succeeded: AtomicU64,
    failed: AtomicU64,
    timed_out: AtomicU64,
    skipped: AtomicU64,
    nanoseconds: AtomicU64,
    /// When the next failure may be logged, in nanoseconds since the start.
    log_at: AtomicU64,
    /// The failures that were not logged.
    unlogged: AtomicU64,
}

impl Calls {
    /// Takes the timeout of each purpose.
    pub(crate) fn new(timeouts: [Duration; Purpose::ALL.len()]) -> Self {
        let mut timeouts = timeouts.into_iter();
        Self(Purpose::ALL.map(|purpose| State {
            purpose,
            timeout: timeouts.next().unwrap_or_default(),
            breaker: Breaker::new(),
            started: Instant::now(),
            succeeded: AtomicU64::new(0),
            failed: AtomicU64::new(0),
            timed_out: AtomicU64::new(0),
            skipped: AtomicU64::new(0),
            nanoseconds: AtomicU64::new(0),
            log_at: AtomicU64::new(0),
            unlogged: AtomicU64::new(0),
        }))
    }

    fn state(&self, purpose: Purpose) -> &State {
        let [idempotency, rate_limit, revocation] = &self.0;
        match purpose {
            Purpose::Idempotency => idempotency,
            Purpose::RateLimit => rate_limit,
            Purpose::Revocation => revocation,
        }
    }

    pub(crate) fn timeout(&self, purpose: Purpose) -> Duration {
        self.state(purpose).timeout
    }

    pub(crate) fn statistics(&self) -> Vec<Statistics> {
        self.0.iter().map(State::statistics).collect()
    }

    /// Makes a call. If this is dropped before the call has ended, `undo` gets its result and may return what undoes it.
    pub(crate) async fn call<T: Send + 'static>(
        &self,
        thread: &EngineThread,
        purpose: Purpose,
        call: EngineFuture<T>,
        undo: impl FnOnce(T) -> Option<EngineFuture<()>> + Send + 'static,
    ) -> Result<T, StoreError> {
        let state = self.state(purpose);
        if !state.breaker.admits() {
            state.skipped.fetch_add(1, Relaxed);
            return Err(StoreError::logged("calls have failed and are paused"));
        }
        let limit = state.timeout;
        let begin = Instant::now();
        let (sender, receiver) = oneshot::channel();
        thread.spawn(async move {
            let result = timeout(limit, call).await;
            if let Err(Ok(Ok(unsent))) = sender.send(result)
                && let Some(undo) = undo(unsent)
            {
                // Otherwise what was done ends by itself.
                let _ = timeout(limit, undo).await;
            }
        });
        let result = receiver.await;
        let nanoseconds = u64::try_from(begin.elapsed().as_nanos()).unwrap_or(u64::MAX);
        state.nanoseconds.fetch_add(nanoseconds, Relaxed);
        match result {
            Ok(Ok(Ok(value))) => {
                state.succeeded.fetch_add(1, Relaxed);
                if state.breaker.succeed() {
                    log::info!(target: "purlin::store", "{}: the store responds again", purpose.name());
                }
                Ok(value)
            }
            Ok(Ok(Err(error))) => Err(state.fail(&state.failed, error)),
            Ok(Err(_)) => Err(state.fail(&state.timed_out, timed_out(limit))),
            Err(_) => Err(ended()),
        }
    }
}

impl State {
    #[cold]
    fn fail(&self, count: &AtomicU64, error: StoreError) -> StoreError {
        count.fetch_add(1, Relaxed);
        let has_opened = self.breaker.fail();
        let now = u64::try_from(self.started.elapsed().as_nanos()).unwrap_or(u64::MAX / 2);
        let log_at = self.log_at.load(Relaxed);
        let next = now + LOG_PERIOD.as_nanos() as u64;
        let exchange = || self.log_at.compare_exchange(log_at, next, Relaxed, Relaxed);
        let name = self.purpose.name();
        if now >= log_at && exchange().is_ok() {
            match self.unlogged.swap(0, Relaxed) {
                0 => log::error!(target: "purlin::store", "{name}: the store failed: {error}"),
                more => log::error!(
                    target: "purlin::store",
                    "{name}: the store failed: {error} (and {more} times since the last line)"
                ),
            }
        } else {
            self.unlogged.fetch_add(1, Relaxed);
        }
        if has_opened {
            log::warn!(
                target: "purlin::store",
                "{name}: calls of the store fail at once until it responds again"
            );
        }
        StoreError::logged(error.to_string())
    }

    fn statistics(&self) -> Statistics {
        Statistics {
            purpose: self.purpose.name(),
            succeeded: self.succeeded.load(Relaxed),
            failed: self.failed.load(Relaxed),
            timed_out: self.timed_out.load(Relaxed),
            skipped: self.skipped.load(Relaxed),
            time: Duration::from_nanos(self.nanoseconds.load(Relaxed)),
            is_open: self.breaker.is_open(),
        }
    }
}
