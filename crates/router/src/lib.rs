//! The registry: operations are declared once, and from that one declaration
//! requests are validated, replies typed, errors written in one style and the
//! OpenAPI document generated.
//!
//! A [`Registry`] is a plain value. [`Registry::build`] checks everything it
//! holds and reports every mistake at once; the [`Router`] it returns is an
//! actix-web [`HttpServiceFactory`](actix_web::dev::HttpServiceFactory), so it
//! joins any `App` or scope beside whatever is there already.
//!
//! ```
//! use purlin_router::{Json, Registry, get, schema, testing::TestClient};
//!
//! /// A greeting of the caller.
//! #[schema(response)]
//! struct Greeting {
//!     message: String,
//! }
//!
//! /// Returns a greeting.
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
//!
//! # Features
//!
//! | Feature | Default | What it adds | Crates |
//! |---|---|---|---|
//! | `compression` | yes | the documents compressed with gzip and brotli | brotli, flate2 |
//! | `multipart` | yes | `Multipart`, `File`, `InMemory`, `Uploads`: multipart forms and uploaded files | actix-multipart, tempfile |
//! | `swagger-ui` | yes | the docs page; implies `compression` | |
//! | `yaml` | yes | documents as YAML | |
//! | `basic` | no | `Basic`: passwords with argon2 and bcrypt | argon2, base64, bcrypt |
//! | `jwt` | no | `Bearer`: JSON Web Tokens | jsonwebtoken |
//! | `jwks-url` | no | the keys of tokens from a JWKS URL; implies `jwt` | ureq |
//! | `uuid1`, `chrono04`, `jiff02`, `rust_decimal1` | no | the types of these crates in schemas | uuid, chrono, jiff, rust_decimal |

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
