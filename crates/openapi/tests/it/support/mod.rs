//! Shared by several tests: the rich document and the comparison with golden
//! files.

pub mod rich;

use std::{env, fs, path::Path};

use purlin_openapi::{Dialect, Document, Info, Schema};
use serde_json::Value;

/// Compares a text with a golden file, which `UPDATE_GOLDEN` rewrites.
pub fn assert_golden(name: &str, found: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(name);
    if env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, found).unwrap();
    }
    assert_eq!(
        found,
        fs::read_to_string(&path).unwrap(),
        "run with UPDATE_GOLDEN=1 and review the difference"
    );
}

/// Returns a document with these component schemas.
pub fn with_schemas(schemas: &Value) -> Document {
    let mut document = Document::new(Info::new("Schemas", "1"));
    for (name, schema) in schemas.as_object().unwrap() {
        let schema = Schema(schema.clone());
        document.components.add_schema(name, schema, "").unwrap();
    }
    document
}

/// Returns a schema in a dialect. It may refer to the component `Text`.
pub fn written(schema: &Value, dialect: Dialect) -> Value {
    let text = serde_json::json!({"type": "string"});
    let document = with_schemas(&serde_json::json!({"It": schema, "Text": text}));
    let place = match dialect {
        Dialect::V2_0 => "/definitions/It",
        _ => "/components/schemas/It",
    };
    document.to_value(dialect).pointer(place).unwrap().clone()
}
