//! A small service is built, packaged and verified, as `cargo xtask dist` and `cargo xtask dist verify` do.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on should fail"
)]

mod new;
mod provenance;
mod support;
mod tampering;
mod verifying;
