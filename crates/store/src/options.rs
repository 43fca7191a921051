//! How a store uses its engine, and why it cannot be created.

use std::time::Duration;

/// How a [`SharedStore`](crate::SharedStore) uses its engine.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct StoreOptions {
    /// The schema in PostgreSQL, and what every key in Redis begins with: 1 to 40 lower case letters, digits, `-` and `_`.
    /// Services that share an engine have different ones. `purlin` by default.
    pub prefix: String,
    /// How long a call for an idempotency key may take; 2 seconds by default.
    pub idempotency_timeout: Duration,
    /// How long a call for rate limits may take; 250 ms by default.
    pub rate_limit_timeout: Duration,
    /// How long a call for revocations may take; 1 second by default.
    pub revocation_timeout: Duration,
    /// The connections of this process to PostgreSQL, at least 1; 8 by default. Redis has one, which all calls share.
    pub max_connections: usize,
    /// How often one of the processes removes from PostgreSQL what has ended, and evicts responses while they take more than
    /// `max_bytes`; 10 seconds by default.
    pub sweep_period: Duration,
    /// The bytes of all stored responses, each of which counts 1 KiB more; 1 GiB by default.
    pub max_bytes: u64,
    /// The bytes of the stored responses of one caller; 8 MiB by default.
    pub max_bytes_per_caller: u64,
}

impl Default for StoreOptions {
    fn default() -> Self {
        Self {
            prefix: "purlin".to_owned(),
            idempotency_timeout: Duration::from_secs(2),
            rate_limit_timeout: Duration::from_millis(250),
            revocation_timeout: Duration::from_secs(1),
            max_connections: 8,
            sweep_period: Duration::from_secs(10),
            max_bytes: 1024 * 1024 * 1024,
            max_bytes_per_caller: 8 * 1024 * 1024,
        }
    }
}

/// Why a store cannot be created.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StoreUrlError {
    /// The URL names no engine.
    #[error("expected a URL that begins with postgres://, redis:// or rediss://")]
    UnknownEngine,
    /// The engine is not compiled in.
    #[error("this program is compiled without {engine}; compile it with the feature `{feature}`")]
    MissingFeature {
        /// The engine.
        engine: &'static str,
        /// The cargo feature of this crate that adds it.
        feature: &'static str,
    },
    /// The URL is not valid.
    #[error("{0}")]
    Invalid(String),
    /// The prefix is not valid.
    #[error("a prefix has 1 to 40 lower case letters, digits, `-` and `_`")]
    Prefix,
}
