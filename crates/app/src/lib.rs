//! The assembly: [`run`] makes a process of registries, resources, middleware and services.
//!
//! It reads the command line and the settings, starts the log, lets a closure compose the [`App`], and serves it until a
//! signal stops it. An API crate gives a [`Registry`](router::Registry); it may have a section of the settings
//! ([`App::section`]).
//!
//! ```no_run
//! use std::process::ExitCode;
//!
//! use purlin_app::{
//!     App,
//!     router::{Json, Operation, Registry, schemas::Message},
//! };
//!
//! async fn get_index() -> Json<Message> {
//!     Json(Message::new("Hello, Being!"))
//! }
//!
//! fn main() -> ExitCode {
//!     purlin_app::run(purlin_app::program!(), async |app: &mut App| {
//!         app.registry(Registry::new("Greetings", "1.0.0").operation(Operation::get("/", get_index)));
//!         Ok(())
//!     })
//! }
//! ```
//!
//! This crate has settings, logging, middleware, the operations port and the life cycle of the process. Routes, schemas and
//! documents are in `purlin-router`.

mod api;
mod app;
mod cli;
#[cfg(feature = "tls")]
mod client_certificate;
mod commands;
mod connection_end;
mod error;
#[cfg(doc)]
pub mod guide;
mod healthcheck;
mod hooks;
mod http_server;
mod listen;
mod logging;
pub mod middleware;
mod ops;
mod phase;
mod prefix;
mod program;
mod run;
mod serve;
mod settings;
mod shutdown;
mod startup_checks;

pub use purlin_router as router;

pub use app::{App, IntoMiddleware, NotOpenError, Resource, ResourceBuilder};
#[cfg(feature = "tls")]
pub use client_certificate::{CertifiedClient, ClientCertificate};
pub use error::BoxError;
pub use middleware::ClientAddress;
pub use ops::RejectionCounter;
pub use program::Program;
pub use run::run;
pub use settings::{
    Bind, Bounded, CompressionSettings, ConditionalSettings, CorsSettings, ForwardedBy,
    HttpSettings, IdempotencySettings, InMemoryState, LimitSettings, LogFilter, LogFormat,
    LogSettings, OpsSettings, ProxySettings, RateLimitSettings, ReplicaSettings, Secret, Section,
    SecurityHeaderSettings, Settings, SettingsError, Sources,
};
#[cfg(feature = "tls")]
pub use settings::{ClientCertificates, TlsSettings};

/// The examples of the project's README, compiled and run as tests.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;

/// The examples of this crate's README, compiled and run as tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct CrateReadme;
