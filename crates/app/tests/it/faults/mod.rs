//! Faults around a running server: too many connections, too few descriptors, files that cannot be read or
//! change under it. The process survives each, and logs it.
//!
//! A client that sends its head slowly is in `hostile.rs`, a log that is not read in `logs.rs`, certificates in `tls`, and what
//! needs nginx or another clock in `cargo xtask faults`.

mod connections;
mod handlers;
pub mod process;
mod settings;
