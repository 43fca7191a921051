//! The versions of OpenAPI a document can be written in.
//!
//! The model is OpenAPI 3.1's own, so 3.1 is written as it is. 3.0 is the
//! written 3.1 with what 3.0 cannot say put in its words; Swagger 2.0, whose
//! operations look different, is written from the model, with schemas that
//! went through 3.0 first.
//!
//! Rule: a dialect that cannot say a thing says less. It may let more values
//! in than 3.1 does; it never states what does not hold.

mod discriminator;
mod license;
mod lower;
mod security;
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
    /// OpenAPI 3.1, the model's own.
    #[default]
    V3_1,
}

impl Dialect {
    /// Every dialect, the oldest first.
    pub const ALL: &'static [Self] = &[Self::V2_0, Self::V3_0, Self::V3_1];

    /// The version a written document bears: `3.1.1`.
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
    /// The document in a dialect, as a JSON value.
    #[must_use]
    pub fn to_value(&self, dialect: Dialect) -> serde_json::Value {
        match dialect {
            Dialect::V2_0 => v2_0::write(self),
            Dialect::V3_0 => v3_0::write(self),
            Dialect::V3_1 => v3_1::write(self),
        }
    }

    /// The document in a dialect, as indented JSON text with a final newline.
    #[must_use]
    pub fn to_json(&self, dialect: Dialect) -> String {
        format!("{:#}\n", self.to_value(dialect))
    }

    /// The document in a dialect, as YAML text.
    #[cfg(feature = "yaml")]
    #[must_use]
    pub fn to_yaml(&self, dialect: Dialect) -> String {
        yaml::text(&self.to_value(dialect))
    }
}

/// A version of OpenAPI no document can be written in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no document can be written as OpenAPI `{0}`; choose `2.0`, `3.0` or `3.1`")]
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

/// Every part of the model is strings, booleans, lists and maps by string, all
/// of which JSON has.
fn value(part: &impl Serialize) -> Value {
    serde_json::to_value(part).unwrap_or_default()
}
