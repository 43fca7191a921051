//! The versions of OpenAPI in which a document can be written.
//!
//! The model is that of OpenAPI 3.1. OpenAPI 3.0 is converted from the written
//! 3.1 document. Swagger 2.0, whose operations differ, is written from the
//! model, with schemas that are converted to 3.0 first.
//!
//! A dialect that cannot express something omits it. Its schemas may allow more
//! values than those of 3.1; it never states anything that is not true.

mod discriminator;
mod license;
mod lower;
mod security;
mod shared;
mod v2_0;
mod v3_0;
mod v3_1;
mod visit;

use std::{fmt, str::FromStr};

use serde::Serialize;
use serde_json::Value;

use crate::Document;
#[cfg(feature = "yaml")]
use crate::yaml;

/// A version of OpenAPI.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Dialect {
    /// Swagger 2.0.
    V2_0,
    /// OpenAPI 3.0.
    V3_0,
    /// OpenAPI 3.1, the version of the model.
    #[default]
    V3_1,
}

impl Dialect {
    /// All dialects, oldest first.
    pub const ALL: &'static [Self] = &[Self::V2_0, Self::V3_0, Self::V3_1];

    /// Returns the version in a written document: `3.1.1`.
    #[must_use]
    pub fn version_text(self) -> &'static str {
        match self {
            Self::V2_0 => "2.0",
            Self::V3_0 => "3.0.4",
            Self::V3_1 => "3.1.1",
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::V2_0 => "2.0",
            Self::V3_0 => "3.0",
            Self::V3_1 => "3.1",
        }
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Document {
    /// Writes the document in a dialect as a JSON value.
    #[must_use]
    pub fn to_value(&self, dialect: Dialect) -> serde_json::Value {
        match dialect {
            Dialect::V2_0 => v2_0::write(self),
            Dialect::V3_0 => v3_0::write(self),
            Dialect::V3_1 => v3_1::write(self),
        }
    }

    /// Writes the document in a dialect as indented JSON with a final newline.
    #[must_use]
    pub fn to_json(&self, dialect: Dialect) -> String {
        // `Display` would write each token through a formatter. A JSON value can always be written.
        let text = serde_json::to_string_pretty(&self.to_value(dialect));
        let mut text = text.unwrap_or_default();
        text.push('\n');
        text
    }

    /// Writes the document in a dialect as YAML.
    #[cfg(feature = "yaml")]
    #[must_use]
    pub fn to_yaml(&self, dialect: Dialect) -> String {
        yaml::text(&self.to_value(dialect))
    }
}

/// An unsupported version of OpenAPI.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unsupported OpenAPI version `{0}`; use `2.0`, `3.0` or `3.1`")]
pub struct UnknownDialect(String);

impl FromStr for Dialect {
    type Err = UnknownDialect;

    fn from_str(name: &str) -> Result<Self, UnknownDialect> {
        Self::ALL
            .iter()
            .copied()
            .find(|dialect| dialect.as_str() == name)
            .ok_or_else(|| UnknownDialect(name.to_owned()))
    }
}

/// Serializes a part of the model, which consists only of JSON types.
fn value(part: &impl Serialize) -> Value {
    serde_json::to_value(part).unwrap_or_default()
}
