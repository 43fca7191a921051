//! What crosses the wire: types declared once with [`#[schema]`](schema), read
//! and checked as their JSON Schema says, and the bodies errors have.
//!
//! ```
//! use purlin_schemas::{DecodeError, decode, schema};
//!
//! /// Somebody to be greeted.
//! #[schema]
//! struct Guest {
//!     #[garde(length(min = 1, max = 80))]
//!     name: String,
//!     #[garde(range(max = 150))]
//!     age: u8,
//! }
//!
//! let guest: Guest = decode(br#"{"name":"Ada","age":36}"#)?;
//! assert_eq!(guest.name, "Ada");
//!
//! // Every violation is reported at once.
//! let Err(DecodeError::Invalid(violations)) = decode::<Guest>(br#"{"name":"","age":200,"x":1}"#)
//! else {
//!     panic!("three rules are broken")
//! };
//! let mut codes: Vec<_> = violations.iter().map(|violation| violation.code()).collect();
//! codes.sort_unstable();
//! assert_eq!(codes, ["maximum", "min_length", "unknown_field"]);
//! # Ok::<(), DecodeError>(())
//! ```
//!
//! Rules of the program's own, `#[garde(custom(…))]`, are asked of a value of the
//! type, so only where there is one: a body that cannot be read as the type is
//! told of everything its schema says, and of those rules once it can.
//!
//! What lives here: declaring, describing, reading and checking values. What
//! does not: HTTP, in any framework's shape. A client or a WASM page can use
//! this crate as well as a server.

// `#[schema]` names this crate from the outside; inside it the same path must work.
extern crate self as purlin_schemas;

#[doc(hidden)]
pub mod check;
mod decode;
mod direction;
mod document;
mod errors;
mod example;
mod extension;
mod formats;
mod instance_location;
mod map_keys;
mod message;
mod one_way;
mod patch;
mod report;
mod rule;
mod schema;
mod strict;
mod text;
mod validator;
mod violation;

pub use decode::{DecodeError, MAX_VIOLATIONS, decode};
pub use direction::Direction;
pub use document::{Definition, SchemaWithDefinitions, describe};
pub use errors::{ValidatorError, ValidatorErrors};
pub use example::{ExampleError, example};
pub use instance_location::InstanceLocation;
pub use message::Message;
pub use one_way::{ReadOnly, WriteOnly};
pub use patch::Patch;
pub use purlin_macros::schema;
pub use report::Report;
pub use rule::{Composition, JsonType, Rule};
pub use schema::Schema;
pub use schemars::{self, JsonSchema};
pub use text::CommaSeparated;
pub use validator::Validator;
pub use violation::{Location, Violation};

/// What the code written by `#[schema]` names; not a public interface.
#[doc(hidden)]
pub mod __private {
    pub use crate::check;
    pub use crate::schema::probe;
    pub use regex;
    pub use schemars;
    pub use serde;
    pub use serde_json;
}

/// What `purlin-router` uses of this crate; not a public interface.
#[doc(hidden)]
pub mod __router {
    pub use crate::document::{GeneratedSchema, ListStyle, ParameterDoc, PathShape};
    pub use crate::text::{HeaderLookup, Part};
    pub use crate::validator::{FileRules, PartContent, PartShape, file_schema};
}

/// The example of this crate's README, compiled and run as a test.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
