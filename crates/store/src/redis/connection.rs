//! The connection that all calls share. A connection whose call has failed is replaced by the next call: its server may be gone, or
//! be a replica by now.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use redis::{
    RedisError,
    aio::{ConnectionManager, ConnectionManagerConfig},
};

use crate::options::StoreUrlError;

/// How long it may take to connect.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

pub(super) struct Connection {
    client: redis::Client,
    current: Mutex<Current>,
}

#[derive(Default)]
struct Current {
    /// The number of the connection.
    number: u64,
    manager: Option<ConnectionManager>,
}

/// The connection as one call uses it; it is replaced unless it is released.
pub(super) struct Used<'c> {
    connection: &'c Connection,
    number: u64,
    manager: ConnectionManager,
    is_released: bool,
}

impl Connection {
    pub(super) fn new(url: &str) -> Result<Self, StoreUrlError> {
        let invalid = |error: RedisError| StoreUrlError::Invalid(error.to_string());
        Ok(Self {
            client: redis::Client::open(url).map_err(invalid)?,
            current: Mutex::default(),
        })
    }

    /// Returns the connection, which connects when it is used first.
    pub(super) fn get(&self) -> Result<Used<'_>, RedisError> {
        let mut current = self.current();
        let manager = match &current.manager {
            Some(manager) => manager.clone(),
            None => {
                // Each call has a time limit, and after a failure there is a new connection.
                let config = ConnectionManagerConfig::new()
                    .set_connection_timeout(Some(CONNECT_TIMEOUT))
                    .set_response_timeout(None)
                    .set_number_of_retries(0);
                let client = self.client.clone();
                let manager = ConnectionManager::new_lazy_with_config(client, config)?;
                current.number += 1;
                current.manager.insert(manager).clone()
            }
        };
        Ok(Used {
            connection: self,
            number: current.number,
            manager,
            is_released: false,
        })
    }

    pub(super) fn close(&self) {
        self.current().manager = None;
    }

    fn current(&self) -> MutexGuard<'_, Current> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Used<'_> {
    pub(super) fn manager(&mut self) -> &mut ConnectionManager {
        &mut self.manager
    }

    /// Keeps the connection, whose call has succeeded.
    pub(super) fn release(&mut self) {
        self.is_released = true;
    }
}

impl Drop for Used<'_> {
    fn drop(&mut self) {
        if self.is_released {
            return;
        }
        let mut current = self.connection.current();
        if current.number == self.number {
            current.manager = None;
        }
    }
}
