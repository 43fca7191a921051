//! The crate's behaviour through its public API, one module a topic.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::todo,
    clippy::unwrap_used,
    reason = "a test that cannot go on should fail, and the mock's handlers are not written yet"
)]

mod attributes;
mod authentication;
mod bad_input;
mod bodies;
mod build;
mod compatibility;
mod compile_errors_page;
mod compile_fail;
mod contract_violations;
mod coverage;
mod deprecation;
mod dispatch;
mod docs_page;
mod document;
mod error_examples;
mod error_members;
mod error_statuses;
mod error_styles;
mod errors;
mod extractors;
mod handler_names;
mod idempotency;
mod middleware;
mod mock;
mod pagination;
mod parameters;
mod parity;
mod parts;
mod patch;
mod paths;
mod plain_actix;
mod provided_data;
mod raw_bodies;
mod rebar_style;
mod registry_features;
mod replies;
mod response_checks;
mod support;
mod time_limit;
mod todo;
mod trailing_slash;
mod unexpected;
mod unknown_parameters;
mod versions;
