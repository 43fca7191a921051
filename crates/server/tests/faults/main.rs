//! Faults of what is around the real server: too many connections, too few descriptors, files that cannot be read or
//! change under it. Each is survived, and what is told of it is looked at.
//!
//! A client that sends its head slowly is in `hostile.rs`, a log nobody takes in `logs.rs`, certificates in `tls.rs`, faults
//! of handlers in `faulty.rs`, and what needs nginx or another clock in `cargo xtask faults`.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should fail")]

#[path = "../support/mod.rs"]
mod support;

mod connections;
mod process;
mod settings;
