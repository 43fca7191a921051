//! Adding a schema to `allOf`.

use serde_json::{Map, Value, json};

/// Adds a schema that has to match as well; references come first.
pub(super) fn add(schema: &mut Map<String, Value>, other: Value) {
    let all = schema.entry("allOf").or_insert_with(|| json!([]));
    if let Value::Array(all) = all {
        let index = if other.get("$ref").is_some() {
            0
        } else {
            all.len()
        };
        all.insert(index, other);
    }
}
