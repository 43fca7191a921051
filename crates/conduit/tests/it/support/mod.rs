//! What the tests of all topics use.

pub mod api;
#[allow(dead_code, reason = "tests that stop the server use the rest")]
pub mod postgres;
