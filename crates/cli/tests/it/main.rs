//! Small services in workspaces of their own are found, built, packaged, verified and compared, as `cargo purlin` does.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on should fail"
)]

mod command_line;
mod contract;
mod deployment;
mod metadata;
mod new;
mod provenance;
mod selection;
mod support;
mod tampering;
mod verifying;
