//! The API through its registry, and the program in which it is served, on SQLite and on PostgreSQL.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on should fail"
)]

mod articles;
mod comments;
mod contract;
mod faults;
#[path = "../../../app/tests/it/support/mod.rs"]
mod process;
mod support;
mod tables;
mod users;

/// The program that is tested.
const PROGRAM: &str = env!("CARGO_BIN_EXE_purlin-conduit");

/// What the environment variables of the program begin with.
const PREFIX: &str = "CONDUIT";
