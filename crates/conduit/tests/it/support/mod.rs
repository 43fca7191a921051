//! What the tests of all topics use.

pub mod postgres;
