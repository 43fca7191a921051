//! What a service built on Purlin needs around its code, in any repository: a static build, a container image written
//! without a daemon, bills of materials, a comparison of its OpenAPI document with the last released one, and clients.
//!
//! The command `cargo purlin` calls this crate, and so does `cargo xtask` for Purlin's own server. Nothing here knows a
//! particular service: [`Selection`] finds one, and [`Service`] describes it by its Cargo.toml.

pub mod attest;
pub mod bench;
pub mod build;
pub mod clients;
pub mod contract;
pub mod deploy;
pub mod dist;
mod error;
mod http;
pub mod npm;
pub mod oci;
pub mod process;
pub mod program;
mod progress;
pub mod python;
pub mod sbom;
mod service;
mod toolchain;

pub use error::{Error, Result};
pub use service::{Metadata, Selection, Service, metadata_table};
