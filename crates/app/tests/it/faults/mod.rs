//! Faults of what is around the real server: too many connections, too few descriptors, files that cannot be read or
//! change under it. Each is survived, and what is told of it is looked at.
//!
//! A client that sends its head slowly is in `hostile.rs`, a log that is not read in `logs.rs`, certificates in `tls`, and what
//! needs nginx or another clock in `cargo xtask faults`.

mod connections;
mod handlers;
mod process;
mod settings;
