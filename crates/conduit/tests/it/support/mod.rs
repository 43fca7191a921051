//! What the tests of all topics use.

pub mod api;
#[allow(dead_code, reason = "the tests of purlin-store use the rest")]
pub mod postgres;
