//! The OpenAPI document as plain data, and its serialization as OpenAPI 3.1,
//! OpenAPI 3.0 or Swagger 2.0.
//!
//! The model is that of OpenAPI 3.1 (<https://spec.openapis.org/oas/v3.1.1>).
//! Schemas are JSON Schema 2020-12 values.
//!
//! ```
//! use purlin_openapi::{Dialect, Document, Info, Method, Operation, Response};
//!
//! let mut document = Document::new(Info::new("Greetings", "1.0.0"));
//! let mut operation = Operation::new("get_index");
//! operation.responses.insert("200".to_owned(), Response::new("A greeting."));
//! document.operation("/", Method::Get, operation);
//!
//! let value = document.to_value(Dialect::V3_1);
//! assert_eq!(value["openapi"], "3.1.1");
//! assert_eq!(value["paths"]["/"]["get"]["operationId"], "get_index");
//! ```
//!
//! [`Document::to_json`] and [`Document::to_yaml`] write OpenAPI 3.1, OpenAPI 3.0
//! or Swagger 2.0. Where an older dialect cannot express a constraint, its schema
//! allows more values; it never states anything that is not true.
//!
//! [`Document::for_clients`] returns a variant for client generators that do not
//! support the whole of OpenAPI.
//!
//! Not part of this crate: the source of the document (`purlin-router`), the
//! detection of breaking changes (`purlin-compat`), and HTTP.

pub mod references;
pub mod subschemas;

mod clients;
mod components;
mod dialect;
mod document;
mod example;
mod extensions;
mod header;
mod info;
mod link;
mod media;
mod oauth;
mod operation;
mod parameter;
mod prune;
mod response;
mod security;
mod server;
mod skip;
#[cfg(feature = "yaml")]
mod yaml;

pub use components::{Components, NameClash, Schema};
pub use dialect::{Dialect, UnknownDialect};
pub use document::{Document, Method, PathItem, UnknownMethod};
pub use example::Example;
pub use extensions::{ExtensionNameError, Extensions};
pub use header::Header;
pub use info::{Contact, ExternalDocs, Info, License, Tag};
pub use link::Link;
pub use media::{Encoding, MediaType};
pub use oauth::{OAuthFlow, OAuthFlows, OAuthGrant};
pub use operation::{Operation, RequestBody};
pub use parameter::{Parameter, ParameterLocation, ParameterStyle};
pub use response::Response;
pub use security::{ApiKeyLocation, SecurityRequirement, SecurityScheme};
pub use server::{Server, ServerVariable};

/// The example of this crate's README, compiled and run as a test.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
