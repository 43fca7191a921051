//! The connections of a store: a bounded number, opened when they are needed.
//!
//! A pool of sqlx asks the server whether a connection is alive after each use, which doubles the round trips at the server. Here
//! a connection is kept if its last call succeeded; otherwise it is closed, and with it all that are idle: they have most likely lost their
//! server as well.

use std::sync::{Mutex, MutexGuard, PoisonError};

use sqlx::{Connection as _, Executor as _, PgConnection, postgres::PgConnectOptions};
use tokio::sync::{Semaphore, SemaphorePermit};

use super::failed;
use crate::error::StoreError;

/// What each connection begins with.
///
/// The server ends what this end has given up long ago. Plans of functions are kept, so those that were made while a table
/// was almost empty have to use its indexes as well.
const SETUP: &str = "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL READ COMMITTED; \
                     SET statement_timeout = '30s'; SET enable_seqscan = off; SET jit = off";

pub(super) struct Connections {
    connect: PgConnectOptions,
    permits: Semaphore,
    idle: Mutex<Vec<PgConnection>>,
}

/// A connection that is used; it is closed unless it is released.
pub(super) struct Checkout<'c> {
    connections: &'c Connections,
    connection: Option<PgConnection>,
    _permit: SemaphorePermit<'c>,
}

impl Connections {
    /// Takes how many connections there may be.
    pub(super) fn new(connect: PgConnectOptions, most: usize) -> Self {
        Self {
            connect,
            permits: Semaphore::new(most.clamp(1, Semaphore::MAX_PERMITS)),
            idle: Mutex::default(),
        }
    }

    /// Waits for a connection, and opens one if none is idle.
    pub(super) async fn checkout(&self) -> Result<Checkout<'_>, StoreError> {
        let permit = self.permits.acquire().await;
        let permit = permit.map_err(|_| StoreError::new("the store is closed"))?;
        let idle = self.idle().pop();
        let connection = match idle {
            Some(connection) => connection,
            None => {
                let connected = PgConnection::connect_with(&self.connect).await;
                let mut connection = connected.map_err(failed)?;
                let setup = sqlx::raw_sql(SETUP);
                connection.execute(setup).await.map_err(failed)?;
                connection
            }
        };
        Ok(Checkout {
            connections: self,
            connection: Some(connection),
            _permit: permit,
        })
    }

    /// Closes all that are idle, and lets no more be opened.
    pub(super) async fn close(&self) {
        self.permits.close();
        let idle: Vec<_> = self.idle().drain(..).collect();
        for connection in idle {
            // One that cannot be closed is gone.
            let _ = connection.close().await;
        }
    }

    fn idle(&self) -> MutexGuard<'_, Vec<PgConnection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Checkout<'_> {
    pub(super) fn get(&mut self) -> Result<&mut PgConnection, StoreError> {
        let connection = self.connection.as_mut();
        connection.ok_or_else(|| StoreError::new("the connection was released"))
    }

    /// Keeps the connection, whose call has succeeded.
    pub(super) fn release(&mut self) {
        self.connections.idle().extend(self.connection.take());
    }
}

impl Drop for Checkout<'_> {
    fn drop(&mut self) {
        if self.connection.take().is_some() {
            self.connections.idle().clear();
        }
    }
}
