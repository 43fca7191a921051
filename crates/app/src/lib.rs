//! Makes a program of one or more registries of [`purlin-router`](router): [`run`] reads the command line and the settings,
//! starts the log, composes the [`App`], and serves it until a signal stops it.
//!
//! ```no_run
//! use std::process::ExitCode;
//!
//! use purlin_app::{App, program, router::prelude::*};
//!
//! /// Greets every caller.
//! #[get("/")]
//! async fn get_index() -> Json<&'static str> {
//!     Json("Hello, Being!")
//! }
//!
//! fn main() -> ExitCode {
//!     purlin_app::run(program!(), async |app: &mut App| {
//!         app.registry(Registry::new("Greetings", "1.0.0").operation(get_index));
//!         Ok(())
//!     })
//! }
//! ```
//!
//! The program has the commands `serve`, `routes`, `openapi`, `mock`, `config` and `healthcheck`, settings from a file, the
//! environment and flags, a log, middleware, health checks and metrics on a port of their own, and a graceful shutdown.
//!
//! # Where to find what
//!
//! | to | see |
//! |---|---|
//! | add registries, resources such as a database, state, middleware, actix services, hooks | [`App`], [`Resource`] |
//! | read settings of your own | [`App::section`], [`Section`], [`Bounded`], [`Secret`] |
//! | continue the trace of a request in requests to other services | [`telemetry`] |
//! | know the settings there are | [`Settings`] and the structs named after its sections |
//! | use the middleware in an actix `App` of your own | [`middleware`] |
//! | declare operations and schemas | [`router`], the crate `purlin-router` |
//! | name the program, its version and its environment prefix | [`Program`], [`program!`] |
//!
//! # Guide
//!
//! [`guide`] explains how a service is written, one module a page. In the repository are the pages about
//! [every setting](https://github.com/purlin-rs/purlin/blob/main/docs/settings.md) and about [operating a service](https://github.com/purlin-rs/purlin/blob/main/docs/operating.md).
//!
//! # Feature flags
//!
//! | feature | default | what it adds | crates |
//! |---|---|---|---|
//! | `multipart` | yes | Multipart forms and uploaded files |  |
//! | `swagger-ui` | yes | The docs page, with Swagger UI served from memory |  |
//! | `tls` | no | HTTPS, renewal of certificates, and certificates of clients; needs a C compiler | `actix-tls`, `rustls`, `sha2`, `x509-cert` |
//! | `http2` | no | HTTP/2 by the setting `tls.http2`; its library has no limits, so switch it on for trusted clients only; implies `tls` |  |
//! | `store-postgres` | no | State that replicas share in PostgreSQL, by the setting `store.url`; with `tls`, over encrypted connections as well |  |
//! | `store-redis` | no | State that replicas share in Redis or Valkey, by the setting `store.url`; with `tls`, over encrypted connections as well |  |
//! | `telemetry` | no | Traces and metrics sent to a collector of OpenTelemetry, by the settings `telemetry` | `opentelemetry`, `opentelemetry-http`, `opentelemetry-otlp`, `opentelemetry_sdk`, `tracing`, `tracing-opentelemetry`, `tracing-subscriber`, `ureq` |
//!
//! The features of `purlin-router` are switched on by a dependency of its own. What each costs to compile: [feature flags](https://github.com/purlin-rs/purlin/blob/main/docs/feature-flags.md).
#![cfg_attr(docsrs, feature(doc_cfg))]

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
#[cfg(feature = "telemetry")]
pub mod telemetry;
#[cfg(not(feature = "telemetry"))]
#[path = "telemetry/off.rs"]
mod telemetry;

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
    Bind, Bounded, CompressionSettings, ConditionalSettings, CorsSettings, DurationBuckets,
    ForwardedBy, HttpSettings, IdempotencySettings, InMemoryState, LimitSettings, LogFilter,
    LogFormat, LogSettings, OnStoreFailure, OpsSettings, ProxySettings, RateLimitSettings,
    ReplicaSettings, Secret, Section, SecurityHeaderSettings, Settings, SettingsError, Sources,
    StoreSettings, TelemetrySettings,
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
