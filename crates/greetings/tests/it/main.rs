//! Tests of the greetings API through its registry, without a socket.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should fail")]

mod contract;
mod keys;
mod parity;
mod support;
