//! What a service built on Purlin needs around its code, in any repository: a static build, a container image written
//! without a daemon, bills of materials, a comparison of its OpenAPI document with the last released one, and clients.
//!
//! Nothing here knows a particular service: [`Service`] describes the one that is packaged, and the caller of
//! [`contract`] passes the documents. `cargo xtask` calls this crate for Purlin's own server.

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
pub mod python;
pub mod sbom;
mod service;
mod toolchain;

pub use error::{Error, Result};
pub use service::{Selection, Service};
