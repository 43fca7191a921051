//! State that the middleware of a service keeps between requests: [idempotency keys](idempotency) and
//! [rate limits](rate_limit), in the memory of one process or in an engine that several processes share.
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
#![cfg_attr(docsrs, feature(doc_cfg))]

mod digest;
mod error;
pub mod idempotency;
pub mod rate_limit;

pub use digest::{Digest, DigestBuilder};
pub use error::{StoreError, StoreFuture};

/// The examples of this crate's README, compiled and run as tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct CrateReadme;
