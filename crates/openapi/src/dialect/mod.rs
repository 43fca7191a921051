//! The versions of OpenAPI a document can be written in.

mod places;
mod v3_1;

use serde::Serialize;
use serde_json::Value;

use crate::Document;

/// A version of OpenAPI.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Dialect {
    /// OpenAPI 3.1, the model's own.
    #[default]
    V3_1,
}

impl Dialect {
    pub(crate) fn write(self, document: &Document) -> Value {
        match self {
            Self::V3_1 => v3_1::write(document),
        }
    }
}

/// Every part of the model is strings, booleans, lists and maps by string, all
/// of which JSON has.
fn value(part: &impl Serialize) -> Value {
    serde_json::to_value(part).unwrap_or_default()
}
