//! Invariants that hold for any input: one function per target, which takes bytes and panics with the violated invariant.
//!
//! `cargo xtask fuzz` runs them under libFuzzer, `cargo test --manifest-path xtask/fuzz/Cargo.toml` replays the corpus and
//! earlier findings. The assertions and findings of each target are described in `docs/fuzzing.md`.

mod api;
pub mod bodies;
pub mod compat;
pub mod decode;
pub mod dispatch;
#[path = "../../../crates/schemas/tests/it/support/document_validator.rs"]
mod document_validator;
pub mod documents;
mod draw;
mod older;
#[path = "../../../crates/schemas/tests/it/shapes/mod.rs"]
mod shapes;
pub mod text;
