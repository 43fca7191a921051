//! Operations of a REST API are declared once, with typed schemas. From that declaration requests are validated, callers
//! authenticated, errors written in one style, and the OpenAPI document and its docs page generated.
//!
//! ```
//! use purlin_router::{prelude::*, testing::TestClient};
//!
//! /// A guest to greet.
//! #[schema]
//! struct Guest {
//!     #[garde(length(min = 1, max = 80))]
//!     name: String,
//!     #[garde(range(max = 150))]
//!     age: u8,
//! }
//!
//! /// Greets a guest.
//! #[post("/guests")]
//! async fn post_guest(guest: Json<Guest>) -> Created<Guest> {
//!     Created::new(guest.into_inner())
//! }
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let api = Registry::new("Greetings", "1.0.0").operation(post_guest).build()?;
//!
//! // In a service: `App::new().service(api.clone())`. In a test, without a socket:
//! let client = TestClient::new(&api);
//! let response = client.post("/guests").json(&serde_json::json!({"name": "", "age": 151})).send();
//! assert_eq!(response.status(), 400);
//! let problem: serde_json::Value = response.json();
//! assert_eq!(problem["violations"].as_array().map(Vec::len), Some(2));
//! # Ok(())
//! # }
//! ```
//!
//! A [`Registry`] is a plain value. [`Registry::build`] checks all of it and reports every mistake at once; the [`Router`] it
//! returns is an actix-web [`HttpServiceFactory`](actix_web::dev::HttpServiceFactory), which joins any `App` or scope beside
//! the services that are there already. Extractors are `FromRequest`, replies are `Responder`.
//!
//! # Where to find what
//!
//! | to | see |
//! |---|---|
//! | declare the types of requests and responses | [`schema`], and the crate [`schemas`] |
//! | declare an operation | [`get`], [`post`], [`put`], [`patch`], [`delete`]; or [`Operation`], without attributes |
//! | read paths, queries, headers, cookies, bodies and files | [`extract`] |
//! | respond: statuses, headers, files, redirects, streams, several representations | [`reply`] |
//! | fail with an error that the document has | [`ApiError`], [`error`] |
//! | choose the form of errors: problem details, Flask-Rebar's, your own | [`ErrorStyle`](error::ErrorStyle) |
//! | require API keys, passwords or tokens of callers | [`auth`] |
//! | return pages of long lists | [`pagination`] |
//! | process a request once, however often it is sent | [`idempotency`] |
//! | serve several versions | [`Versions`] |
//! | read and write the document | [`Router::document`], and the crate [`openapi`] |
//! | test an API, and find what no test reaches | [`testing`] |
//! | describe middleware in the document | [`middleware`] |
//! | import what most files need | [`prelude`] |
//!
//! Settings, logging, sockets and signals are not part of this crate: `purlin-app` makes a program of one or more registries.
//!
//! # Guide
//!
//! The [guide](https://docs.rs/purlin-app/latest/purlin_app/guide/) is part of the documentation of `purlin-app`. In the
//! repository are pages about [messages of the compiler and what to do](https://github.com/purlin-rs/purlin/blob/main/docs/compile-errors.md), about
//! [how document and server are kept in agreement](https://github.com/purlin-rs/purlin/blob/main/docs/document-and-server.md), and
//! [examples of complete services](https://github.com/purlin-rs/purlin/blob/main/docs/README.md).
//!
//! # Feature flags
//!
//! | feature | default | what it adds | crates |
//! |---|---|---|---|
//! | `compression` | yes | The documents compressed with gzip and brotli, and compressed request bodies | `brotli`, `flate2` |
//! | `multipart` | yes | Multipart forms and uploaded files: `Multipart`, `File`, `InMemory`, `Uploads` | `actix-multipart`, `tempfile` |
//! | `swagger-ui` | yes | The docs page: `DocsPage`. Its files are compressed with brotli, so it implies `compression` |  |
//! | `yaml` | yes | Documents as YAML |  |
//! | `passwords` | no | Hashes of passwords with argon2 and bcrypt, created and verified within bounds: `Passwords` | `argon2`, `bcrypt`, `getrandom` |
//! | `basic` | no | HTTP Basic authentication against such hashes: `Basic`. It implies `passwords` | `hmac` |
//! | `jwt` | no | Bearer tokens that are JSON Web Tokens: `Bearer`, `JwtKeys`, `JwtIssuer` | `jsonwebtoken` |
//! | `jwks-url` | no | The keys of tokens from a JWKS URL; implies `jwt` | `ureq` |
//! | `tracing` | no | Spans of `tracing` around the steps of an operation: authentication, validation, handler | `tracing` |
//! | `uuid1` | no | `Uuid` of uuid 1 in schemas |  |
//! | `chrono04` | no | Dates and times of chrono 0.4 in schemas |  |
//! | `jiff02` | no | Dates, times and durations of jiff 0.2 in schemas |  |
//! | `rust_decimal1` | no | `Decimal` of rust_decimal 1 in schemas, as a string |  |
//!
//! What each costs to compile: [feature flags](https://github.com/purlin-rs/purlin/blob/main/docs/feature-flags.md).
#![cfg_attr(docsrs, feature(doc_cfg))]

// The attributes of `purlin-macros` name this crate from the outside; inside it
// (tests, examples, our own operations) the same path must work.
extern crate self as purlin_router;

pub mod auth;
mod build;
mod built_operation;
#[cfg(feature = "compression")]
mod coding;
mod compatibility;
mod conditional;
mod context;
mod cookies;
mod defaults;
mod describe;
mod dispatch;
mod docs;
mod endpoint;
pub mod error;
mod extractor;
mod extractors;
mod handler;
mod head;
mod hooks;
pub mod idempotency;
mod json;
mod kept_body;
pub mod media;
pub mod middleware;
mod mock;
mod operation;
pub mod pagination;
mod path_capture;
mod path_spans;
mod pieces;
mod provided_data;
mod registry;
mod replies;
mod router;
mod selection;
mod shutdown;
mod slash;
mod spans;
pub mod testing;
mod time_limit;
mod unbuilt;
mod unknown_parameters;
mod unread_body;
#[cfg(feature = "multipart")]
mod uploads;
mod validators;
mod verify;
mod versions;

pub use purlin_openapi as openapi;
/// The schemas of what crosses the wire, and the rules that requests break: the crate `purlin-schemas`, with the
/// `schemars` it is built on. A schema written by hand is a schemars schema, so the major version of schemars is a part
/// of this crate's interface.
pub use purlin_schemas as schemas;

pub use purlin_macros::{delete, get, patch, post, put};
pub use purlin_schemas::schema;

pub use build::{RegistryError, RegistryErrors};
pub use compatibility::Compatibility;
pub use context::Context;
pub use describe::OperationBuilder;
#[cfg(feature = "swagger-ui")]
pub use docs::DocsPage;
pub use error::ApiError;
pub use handler::Handler;
pub use hooks::UnexpectedError;
pub use json::Json;
pub use operation::{IntoOperation, MatchedOperation, Operation, OperationInfo};
pub use registry::Registry;
pub use reply::Reply;
pub use router::Router;
pub use slash::TrailingSlash;
pub use unknown_parameters::UnknownParameters;
pub use verify::ResponseChecks;
pub use versions::Versions;

/// What a handler may take: the extractors, and how to write one.
pub mod extract {
    pub use crate::{
        conditional::Preconditions,
        extractor::{Extractor, Extractors, Undocumented},
        extractors::{BodyExtractor, BodyOf, Cookies, Form, Headers, Never, OneOf, Path, Query},
        json::Json,
        shutdown::Shutdown,
    };
    #[cfg(feature = "multipart")]
    pub use crate::{
        extractors::{File, InMemory, Multipart},
        uploads::Uploads,
    };
}

/// What a handler may return: the replies, and how to write one.
pub mod reply {
    pub use purlin_macros::Reply;

    pub use crate::{
        conditional::EntityTag,
        json::Json,
        replies::{
            Accepted, Binary, Created, Download, Event, EventStream, Found, Html, JsonAs,
            JsonLines, MovedPermanently, Negotiated, NoContent, Opaque, PermanentRedirect,
            Redirect, Reply, Representation, Representations, SameSite, SeeOther, SetCookie,
            Status, Tagged, TemporaryRedirect, Text, WithCookies, WithHeaders, Writers,
        },
    };
}

/// What most files of an API need: `use purlin_router::prelude::*`.
///
/// ```
/// use purlin_router::prelude::*;
///
/// #[schema(request)]
/// struct Page {
///     limit: Option<u32>,
/// }
///
/// /// Lists the numbers.
/// #[get("/numbers")]
/// async fn get_numbers(page: Query<Page>) -> Json<Vec<u32>> {
///     Json((0..page.limit.unwrap_or(3)).collect())
/// }
///
/// # fn main() -> Result<(), purlin_router::RegistryErrors> {
/// let router = Registry::new("Numbers", "1.0.0").operation(get_numbers).build()?;
/// # Ok(())
/// # }
/// ```
pub mod prelude {
    #[cfg(feature = "multipart")]
    pub use crate::extract::Multipart;
    pub use crate::{
        ApiError, Json, Operation, Registry, Router,
        auth::Identity,
        delete,
        error::Unexpected,
        extract::{Cookies, Form, Headers, Path, Query},
        get, patch, post, put,
        reply::{Accepted, Created, NoContent, Reply, Text},
        schema,
    };
}

#[doc(hidden)]
pub mod __app;
#[doc(hidden)]
pub mod __private;

/// The examples of this crate's README, compiled and run as tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct CrateReadme;

/// The port of a service, line by line, compiled and run as a test.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/coming-from-flask-rebar.md")]
struct ComingFromFlaskRebar;
