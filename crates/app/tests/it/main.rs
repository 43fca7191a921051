//! The crate's behaviour through its public API and through [a program](../support/program.rs) made with it, one module a topic.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on should fail"
)]

mod app;
#[cfg(target_os = "linux")]
mod attacks;
mod bounds;
mod disconnects;
mod documents;
mod failures;
#[cfg(target_os = "linux")]
mod faults;
mod hostile;
mod idempotency;
mod listening;
mod logs;
mod middleware;
mod operations;
mod plain_actix;
mod settings;
mod settings_sources;
#[cfg(target_os = "linux")]
mod startup_checks;
mod store;
mod support;
mod telemetry;
mod tls;

/// The program that is tested.
const PROGRAM: &str = env!("CARGO_BIN_EXE_purlin-app-test-program");

/// What the environment variables of the program begin with.
const PREFIX: &str = "PURLIN";
