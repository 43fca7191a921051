//! Tests of the stores through their public interface: memory, and the real servers where their features are on.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on should fail"
)]

mod memory;
mod model;
#[cfg(all(feature = "postgres", feature = "redis"))]
mod outages;
#[cfg(all(feature = "postgres", feature = "redis"))]
mod postgres;
#[cfg(all(feature = "postgres", feature = "redis"))]
mod redis;
#[cfg(all(feature = "postgres", feature = "redis"))]
mod shared;
mod support;
#[cfg(all(feature = "postgres", feature = "redis"))]
mod urls;
