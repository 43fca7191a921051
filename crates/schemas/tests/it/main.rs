//! The crate's behaviour through its public API, one module per topic.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on should fail"
)]

mod bodies;
mod by_value;
mod closed_differences;
mod compile_fail;
mod decimals;
mod declaring;
mod decoding;
mod deep_nesting;
mod document_and_server_agree;
mod generics;
mod guided;
mod html_forms;
mod keys;
mod known_differences;
mod limits;
mod mutate;
mod one_way;
mod parameters;
mod part_errors;
mod partial;
mod parts;
mod patches;
mod reasons;
mod rules;
mod shapes;
mod std_types;
mod support;
mod text;
mod unknown_fields;
mod variants;
