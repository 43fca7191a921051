//! The registry: operations are declared once, and from that one declaration
//! requests are validated, replies typed, errors answered in one style and the
//! OpenAPI document written.
//!
//! A [`Registry`] is a plain value. [`Registry::build`] checks everything it
//! holds and reports every mistake at once; the [`Router`] it returns is an
//! actix-web [`HttpServiceFactory`](actix_web::dev::HttpServiceFactory), so it
//! joins any `App` or scope beside whatever is there already.
//!
//! ```
//! use purlin_router::{get, schema, Json, Registry, testing::TestClient};
//!
//! /// A line addressed to whoever asked.
//! #[schema(response)]
//! struct Greeting {
//!     message: String,
//! }
//!
//! /// Greet whoever asks.
//! #[get("/")]
//! async fn get_index() -> Json<Greeting> {
//!     Json(Greeting { message: "Hello, Being!".to_owned() })
//! }
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let api = Registry::new("Greetings", "1.0.0").operation(get_index).build()?;
//! let client = TestClient::new(&api);
//! assert_eq!(client.get("/").send().text(), r#"{"message":"Hello, Being!"}"#);
//! # Ok(())
//! # }
//! ```
//!
//! What lives here: declaring, checking, dispatching, authenticating and
//! documenting. What does not: settings, logging set-up, sockets, signals; a
//! process that needs those is put together by `purlin-app`.

// The attributes of `purlin-macros` name this crate from the outside; inside it
// (tests, examples, our own operations) the same path must work.
extern crate self as purlin_router;

mod auth;
mod build;
mod built_operation;
mod coding;
mod compatibility;
mod conditional;
mod context;
mod defaults;
mod describe;
mod dispatch;
mod docs;
mod drain_body;
mod endpoint;
mod error;
mod extract;
mod extractor;
mod handler;
mod hooks;
mod json;
mod media;
mod mock;
mod operation;
mod path_spans;
mod provided_data;
mod registry;
mod replies;
mod reply;
mod router;
mod slash;
pub mod testing;
mod time_limit;
mod uploads;
mod validators;
mod verify;

pub use purlin_openapi as openapi;
pub use purlin_schemas as schemas;

pub use purlin_macros::{ApiError, Reply, delete, get, patch, post, put};
pub use purlin_schemas::{
    CommaSeparated, JsonSchema, Location, Message, Patch, ReadOnly, Schema, Violation, WriteOnly,
    schema,
};

pub use auth::{
    Application, AuthFailure, Authenticator, ChallengeContext, CookieApiKey, HeaderApiKey,
    Identity, KeyRing, QueryApiKey, Requirement, all_of, any_of, anyone, registry_default, scopes,
};
#[cfg(feature = "basic")]
pub use auth::{Basic, PasswordHashError, User};
#[cfg(feature = "jwt")]
pub use auth::{Bearer, JwtKeys, JwtKeysError, Token};
pub use build::{RegistryError, RegistryErrors};
pub use compatibility::Compatibility;
pub use conditional::EntityTag;
pub use context::Context;
pub use describe::OperationBuilder;
pub use error::{
    ApiError, ErrorFormat, ErrorParts, ErrorResponse, ErrorStyle, Problem, RebarError, Rejection,
    http as errors,
};
pub use extract::{File, Form, Headers, InMemory, Multipart, Path, Query};
pub use extractor::{Extractor, Extractors, Undocumented};
pub use handler::Handler;
pub use hooks::UnexpectedError;
pub use json::Json;
pub use media::{AnyMedia, MediaType, MediaTypes, media_types};
pub use operation::{IntoOperation, MatchedOperation, Operation, OperationInfo};
pub use registry::Registry;
pub use replies::{
    Accepted, Binary, Created, Download, Event, EventStream, NoContent, Opaque, Text, WithHeaders,
};
pub use reply::Reply;
pub use router::Router;
pub use slash::TrailingSlash;
pub use uploads::Uploads;
pub use verify::ResponseChecks;

#[doc(hidden)]
pub mod __app;
#[doc(hidden)]
pub mod __private;

/// The examples of the project's README, compiled and run as tests.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;

/// The examples of this crate's README, compiled and run as tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct CrateReadme;

/// The examples of the book, compiled and run as tests.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/authentication.md")]
struct Authentication;

/// The port that is told line by line, compiled and run as a test.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/coming-from-flask-rebar.md")]
struct ComingFromFlaskRebar;

/// The examples of the book, compiled and run as tests.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/versioning.md")]
struct Versioning;

/// The examples of the book, compiled and run as tests.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/bodies.md")]
struct Bodies;
/// The examples of the book, compiled and run as tests.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/testing.md")]
struct Testing;
