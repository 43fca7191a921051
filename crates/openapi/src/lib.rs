//! The OpenAPI document as plain data, and the dialects written from it.
//!
//! The model speaks OpenAPI 3.1 (<https://spec.openapis.org/oas/v3.1.1>) and
//! holds what all dialects can be written from: media types by content type,
//! parameters with their serialisation style, security schemes by kind.
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
//! What lives here: the model and how it is written. What does not: where the
//! document comes from (`purlin-router`), and HTTP.

mod components;
mod dialect;
mod document;
mod info;
mod operation;
mod security;

pub use components::{Components, NameClash, Schema};
pub use dialect::Dialect;
pub use document::{Document, Method, PathItem, UnknownMethod};
pub use info::{Contact, ExternalDocs, Info, License, Server, Tag};
pub use operation::{
    Encoding, Header, MediaType, Operation, Parameter, ParameterLocation, ParameterStyle,
    RequestBody, Response,
};
pub use security::{ApiKeyLocation, SecurityRequirement, SecurityScheme};

/// The example of this crate's README, compiled and run as a test.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
