//! The tests of the document model and of its dialects.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on should fail"
)]

mod clients;
mod dialects;
mod discriminators;
mod document;
mod model;
mod parameters_v2_0;
mod responses_v2_0;
mod schemas_v2_0;
mod schemas_v3_0;
mod security;
mod servers_v2_0;
mod shared;
mod support;
mod yaml;
