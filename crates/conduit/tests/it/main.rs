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
mod support;
mod tables;
mod users;
