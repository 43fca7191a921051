//! State that a service keeps between requests: [idempotency keys](idempotency), [rate limits](rate_limit) and
//! [revocations](revocation), in the memory of one process or in an engine that several processes share.
//!
//! It knows no HTTP: a record is identified by a [`Digest`], and what is stored are bytes.
//!
//! ```
//! use std::time::Duration;
//!
//! use purlin_store::{DigestBuilder, rate_limit::{MemoryRateLimits, Quota}};
//!
//! let limits = MemoryRateLimits::new(10_000);
//! let client = DigestBuilder::new("address").part([192_u8, 0, 2, 1]).finish();
//! let quota = Quota::new(2, Duration::from_secs(60));
//! assert_eq!(limits.take(client, quota).requests, 1);
//! assert_eq!(limits.take(client, quota).requests, 0);
//! assert!(limits.take(client, quota).retry_after.is_some());
//! ```
//!
//! # Feature flags
//!
//! | feature | default | what it adds | crates |
//! |---|---|---|---|
//! | `postgres` | no | Stores in PostgreSQL | `log`, `sqlx`, `tokio` |
//! | `redis` | no | Stores in Redis or Valkey | `log`, `redis`, `tokio` |
//! | `tls` | no | Encrypted connections to both, with the certificates of the system |  |
#![cfg_attr(docsrs, feature(doc_cfg))]

mod digest;
#[cfg(any(feature = "postgres", feature = "redis"))]
mod engine;
mod error;
pub mod idempotency;
#[cfg(any(feature = "postgres", feature = "redis"))]
mod options;
#[cfg(feature = "postgres")]
mod postgres;
pub mod rate_limit;
#[cfg(feature = "redis")]
mod redis;
pub mod revocation;
#[cfg(any(feature = "postgres", feature = "redis"))]
mod shared;
mod statistics;

pub use digest::{Digest, DigestBuilder};
pub use error::{StoreError, StoreFuture};
pub use statistics::Statistics;
#[cfg(any(feature = "postgres", feature = "redis"))]
#[cfg_attr(docsrs, doc(cfg(any(feature = "postgres", feature = "redis"))))]
pub use {
    options::{StoreOptions, StoreUrlError},
    shared::SharedStore,
};

/// The examples of this crate's README, compiled and run as tests.
#[cfg(any(feature = "postgres", feature = "redis"))]
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct CrateReadme;

/// The examples of the page about several replicas.
#[cfg(any(feature = "postgres", feature = "redis"))]
#[cfg(doctest)]
#[doc = include_str!("../../../docs/scaling.md")]
struct Scaling;
