//! The thread of a store, with an async runtime of its own.
//!
//! A connection belongs to the runtime that has opened it. On the runtime of a worker it would wait whenever a handler blocks that
//! worker, for requests of all workers.

use std::{
    future::Future,
    sync::{Mutex, PoisonError},
    thread,
    time::Duration,
};

use tokio::{
    runtime::{Builder, Handle},
    sync::oneshot,
    time::timeout,
};

use crate::error::StoreError;

/// The thread; it ends when this is dropped.
pub(crate) struct EngineThread {
    runtime: Handle,
    stop: Mutex<Option<oneshot::Sender<()>>>,
}

impl EngineThread {
    pub(crate) async fn start() -> Result<Self, StoreError> {
        let (stop, stopped) = oneshot::channel();
        let (started, starting) = oneshot::channel();
        let failed =
            |error| StoreError::new(format!("cannot start the thread of the store: {error}"));
        let main = move || match Builder::new_current_thread().enable_all().build() {
            Ok(runtime) => {
                let _ = started.send(Ok(runtime.handle().clone()));
                // Ends when the sender is used or dropped.
                let _ = runtime.block_on(stopped);
                // Calls that are still running are not waited for.
                runtime.shutdown_background();
            }
            Err(error) => {
                let _ = started.send(Err(error));
            }
        };
        let named = thread::Builder::new().name("purlin-store".to_owned());
        named.spawn(main).map_err(failed)?;
        let runtime = starting.await.map_err(|_| ended())?.map_err(failed)?;
        Ok(Self {
            runtime,
            stop: Mutex::new(Some(stop)),
        })
    }

    /// Runs a future on the thread, also if this is no longer waited for. The outer error is that of the time limit.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        limit: Duration,
        future: impl Future<Output = T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let done = self.runtime.spawn(timeout(limit, future)).await;
        done.map_err(|_| ended())?.map_err(|_| timed_out(limit))
    }

    /// Spawns a future on the thread.
    pub(crate) fn spawn(&self, future: impl Future<Output = ()> + Send + 'static) {
        self.runtime.spawn(future);
    }

    /// Ends the thread.
    pub(crate) fn stop(&self) {
        let mut stop = self.stop.lock().unwrap_or_else(PoisonError::into_inner);
        drop(stop.take());
    }
}

/// The error of a store that is closed.
pub(crate) fn ended() -> StoreError {
    StoreError::new("the store is closed")
}

/// The error of a call that took too long.
pub(crate) fn timed_out(limit: Duration) -> StoreError {
    StoreError::new(format!("no reply within {} ms", limit.as_millis()))
}
