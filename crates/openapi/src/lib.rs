//! The OpenAPI document as plain data, and its serialization as OpenAPI 3.1, OpenAPI 3.0 or Swagger 2.0.
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
//! The model is that of OpenAPI 3.1 (<https://spec.openapis.org/oas/v3.1.1>); schemas are JSON Schema 2020-12 values. Where an
//! older dialect cannot express a constraint, its schema allows more values; it never states anything that is not true.
//!
//! # Where to find what
//!
//! | to | see |
//! |---|---|
//! | build a document | [`Document`], [`Operation`], [`Parameter`], [`RequestBody`], [`Response`], [`Components`] |
//! | write it | [`Document::to_value`], [`Document::to_json`]; as YAML with the feature `yaml` |
//! | write it for generators of clients, which do not support all of OpenAPI | [`Document::for_clients`] |
//! | follow references, and visit the schemas within a schema | [`references`], [`subschemas`] |
//!
//! Not part of this crate: the source of the document (`purlin-router`), the detection of breaking changes
//! (`purlin-compat`), and HTTP. What each dialect cannot express is in the page about [dialects](https://github.com/purlin-rs/purlin/blob/main/docs/dialects.md).
//!
//! # Feature flags
//!
//! | feature | default | what it adds | crates |
//! |---|---|---|---|
//! | `yaml` | yes | Documents as YAML: `Document::to_yaml` |  |
#![cfg_attr(docsrs, feature(doc_cfg))]

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
