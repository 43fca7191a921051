//! What Purlin promises of any input at all: one function a target, from bytes to nothing, or to a panic that says
//! which promise was broken.
//!
//! `cargo xtask fuzz` runs them under libFuzzer, `cargo test --manifest-path xtask/fuzz/Cargo.toml` replays the corpus
//! and what was found through the very same functions. What each asserts, and what was found, is told in
//! `docs/fuzzing.md`.

mod api;
pub mod bodies;
pub mod compat;
pub mod decode;
pub mod dispatch;
pub mod documents;
mod draw;
#[path = "../../../crates/schemas/tests/support/judge.rs"]
mod judge;
mod older;
#[path = "../../../crates/schemas/tests/shapes/mod.rs"]
mod shapes;
pub mod text;
