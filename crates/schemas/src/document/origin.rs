//! The Rust types of named schemas.

use serde_json::Value;

use crate::extension;

/// Returns the Rust path of a named schema's type, or its name where that is unknown.
pub(super) fn origin(name: &str, schema: &Value) -> String {
    match schema.get(extension::TYPE).and_then(Value::as_str) {
        Some(path) => format!("`{path}`"),
        None => format!("`{name}`"),
    }
}
