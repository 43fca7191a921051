//! What a service built on Purlin needs around its code, in any repository: a static build, a container image written
//! without a daemon, bills of materials, signed provenance, a comparison of its OpenAPI document with the last released one,
//! and clients. Most users call the command `cargo purlin`; this is the library behind it, for an `xtask` of your own.
//!
//! ```no_run
//! use cargo_purlin::{Service, dist};
//!
//! // Builds the package `my-server` for this machine and writes image, bills of materials, provenance and checksums.
//! let service = Service::of_package(".", "my-server")?;
//! dist::dist(&service, &dist::Options::for_this_machine()?)?;
//! # Ok::<(), cargo_purlin::Error>(())
//! ```
//!
//! # Where to find what
//!
//! | to | see |
//! |---|---|
//! | find the service that is packaged, and describe it | [`Selection`], [`Service`], [`Metadata`] |
//! | build the service and ask its program for documents | [`program`] |
//! | build, package, verify and push it | [`dist`]; its parts are [`build`], [`oci`], [`sbom`] and [`attest`] |
//! | find changes of its document that break clients | [`contract`] |
//! | generate clients | [`clients`] |
//! | run it on one machine, or render its manifests for Kubernetes | [`deploy`] |
//! | measure it under load | [`bench`](mod@bench) |
//! | run other programs, in an `xtask` of your own | [`process`], [`npm`], [`python`] |
//!
//! Nothing here knows a particular service: [`Service`] describes it by its Cargo.toml.
//! It runs on Linux. In the repository are the pages about [the command](https://github.com/purlin-rs/purlin/blob/main/docs/cargo-purlin.md),
//! [images](https://github.com/purlin-rs/purlin/blob/main/docs/deploy.md),
//! [comparisons](https://github.com/purlin-rs/purlin/blob/main/docs/compatibility.md) and [clients](https://github.com/purlin-rs/purlin/blob/main/docs/clients.md).

pub mod attest;
pub mod bench;
pub mod build;
pub mod clients;
pub mod contract;
mod count;
pub mod deploy;
pub mod dist;
mod error;
mod http;
pub mod new;
pub mod npm;
pub mod oci;
pub mod process;
pub mod program;
mod progress;
pub mod python;
pub mod sbom;
mod service;
mod template;
mod toolchain;

pub use error::{Error, Result};
pub use service::{Metadata, Selection, Service, metadata_table};
