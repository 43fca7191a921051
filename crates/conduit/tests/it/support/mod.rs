//! What the tests of all topics use.

pub mod api;
pub mod postgres;
