//! The section `store`: where replicas keep the state that they share.

use purlin_router::schemas::schemars::{self, JsonSchema};
use serde::{Deserialize, Serialize};

use super::{bounded::Bounded, secret::Secret};

/// The store that replicas share, of idempotency keys and rate limits. Without a URL
/// they are in the memory of each process.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[non_exhaustive]
pub struct StoreSettings {
    /// `postgres://user:password@host/database` for PostgreSQL,
    /// `redis://user:password@host` for Redis or Valkey, `rediss://` for the same
    /// over TLS. Empty for the memory of each process.
    pub url: Secret<String>,
    /// The schema in PostgreSQL, and what every key in Redis begins with; services
    /// that share an engine have different ones. Empty for the prefix of the
    /// program's settings.
    pub prefix: String,
    /// Milliseconds that a call for rate limits may take.
    pub rate_limit_timeout: Bounded<1, 5_000>,
    /// Milliseconds that a call for idempotency keys may take; after that the
    /// request is rejected with 503.
    pub idempotency_timeout: Bounded<1, 5_000>,
    /// Connections of this process to PostgreSQL. Redis has one.
    pub max_connections: Bounded<1, 1_000>,
    /// Whether the process is not ready while the store does not respond. If it
    /// does not respond to any replica, none is ready.
    pub readiness: bool,
}

impl Default for StoreSettings {
    fn default() -> Self {
        Self {
            url: Secret::new(String::new()),
            prefix: String::new(),
            rate_limit_timeout: Bounded::of::<250>(),
            idempotency_timeout: Bounded::of::<2_000>(),
            max_connections: Bounded::of::<8>(),
            readiness: true,
        }
    }
}

impl StoreSettings {
    /// Returns whether there is a store that replicas share.
    pub(crate) fn is_shared(&self) -> bool {
        !self.url.expose_secret().is_empty()
    }
}
