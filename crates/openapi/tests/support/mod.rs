//! What several tests need.

#![allow(
    dead_code,
    clippy::unwrap_used,
    reason = "each test file takes what it needs, and a test that cannot go on should fail"
)]

use purlin_openapi::{Dialect, Document, Info, Schema};
use serde_json::Value;

/// A document with these component schemas and nothing else.
pub fn with_schemas(schemas: &Value) -> Document {
    let mut document = Document::new(Info::new("Schemas", "1"));
    for (name, schema) in schemas.as_object().unwrap() {
        let schema = Schema(schema.clone());
        document.components.add_schema(name, schema, "").unwrap();
    }
    document
}

/// What a schema becomes in a dialect. `Text` is a component it may refer to.
pub fn written(schema: &Value, dialect: Dialect) -> Value {
    let text = serde_json::json!({"type": "string"});
    let document = with_schemas(&serde_json::json!({"It": schema, "Text": text}));
    let place = "/components/schemas/It";
    document.to_value(dialect).pointer(place).unwrap().clone()
}
