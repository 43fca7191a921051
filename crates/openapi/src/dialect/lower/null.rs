//! `null`, which is not a type in OpenAPI 3.0 but a property of other types.
//! `nullable` only affects the `type` beside it (OpenAPI 3.0.4 section
//! 4.7.24.1), so a union with `null` gets a separate branch if no branch has a
//! `type`.

use serde_json::{Map, Value, json};

use super::all_of;

/// Returns the schema that allows only `null`.
pub(super) fn null_schema() -> Value {
    json!({"type": "object", "nullable": true, "enum": [null]})
}

/// Returns whether a schema allows only `null`. With another type that is not
/// nullable, it allows no value at all.
pub(in crate::dialect) fn is_null_schema(schema: &Value) -> bool {
    schema["nullable"] == true && schema["enum"] == json!([null])
}

/// Replaces a `null` branch of a union by `nullable`.
pub(super) fn unions(schema: &mut Map<String, Value>) {
    for keyword in ["anyOf", "oneOf"] {
        let Some(Value::Array(branches)) = schema.get_mut(keyword) else {
            continue;
        };
        let all = branches.len();
        branches.retain(|branch| !is_null_schema(branch));
        if branches.len() == all {
            continue;
        }
        let mut objects = branches.iter_mut().filter_map(Value::as_object_mut);
        if !objects.any(make_nullable_if_typed) {
            branches.push(null_schema());
        } else if branches.len() == 1
            && let Some(Value::Object(sole)) = branches.pop()
        {
            schema.remove(keyword);
            inline(schema, sole);
        }
    }
}

/// Makes a schema nullable if it has a `type`. Returns whether it has.
fn make_nullable_if_typed(schema: &mut Map<String, Value>) -> bool {
    let composed = ["$ref", "allOf", "anyOf", "oneOf", "not"];
    if !schema.contains_key("type") || composed.iter().any(|it| schema.contains_key(*it)) {
        return false;
    }
    make_nullable(schema);
    true
}

/// Makes a schema with one type nullable.
pub(super) fn make_nullable(schema: &mut Map<String, Value>) {
    schema.insert("nullable".to_owned(), true.into());
    if let Some(Value::Array(values)) = schema.get_mut("enum")
        && !values.contains(&Value::Null)
    {
        values.push(Value::Null);
    }
}

/// Replaces a union by its only branch.
fn inline(schema: &mut Map<String, Value>, mut branch: Map<String, Value>) {
    // The annotations of the union take precedence.
    for annotation in ["title", "description", "default", "example"] {
        if schema.contains_key(annotation) {
            branch.remove(annotation);
        }
    }
    if branch.keys().any(|keyword| schema.contains_key(keyword)) {
        all_of::add(schema, Value::Object(branch));
    } else {
        schema.extend(branch);
    }
}
