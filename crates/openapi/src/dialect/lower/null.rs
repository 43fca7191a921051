//! `null`: 3.0 has no such type, only schemas of another type that let it in
//! as well. `nullable` holds for the `type` beside it and for nothing else
//! (OpenAPI 3.0.4 section 4.7.24.1), so a union with `null` gets a branch of its own
//! wherever no branch has a plain type.

use serde_json::{Map, Value, json};

use super::all_of;

/// The schema of `null` and nothing else.
pub(super) fn null_schema() -> Value {
    json!({"type": "object", "nullable": true, "enum": [null]})
}

/// Whether it is the schema of `null`, whatever else is said of it. One of
/// another type that does not let `null` in is a schema of no value at all.
pub(in crate::dialect) fn is_null_schema(schema: &Value) -> bool {
    schema["nullable"] == true && schema["enum"] == json!([null])
}

/// Takes `null` out of a union and lets it in by other means.
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

/// Lets `null` into a schema of a plain type; says whether it could.
fn make_nullable_if_typed(schema: &mut Map<String, Value>) -> bool {
    let composed = ["$ref", "allOf", "anyOf", "oneOf", "not"];
    if !schema.contains_key("type") || composed.iter().any(|it| schema.contains_key(*it)) {
        return false;
    }
    make_nullable(schema);
    true
}

/// Lets `null` into a schema that has one type.
pub(super) fn make_nullable(schema: &mut Map<String, Value>) {
    schema.insert("nullable".to_owned(), true.into());
    if let Some(Value::Array(values)) = schema.get_mut("enum")
        && !values.contains(&Value::Null)
    {
        values.push(Value::Null);
    }
}

/// Puts what a sole branch says where the union stood.
fn inline(schema: &mut Map<String, Value>, mut branch: Map<String, Value>) {
    // What the union itself is called outweighs what its branch is called.
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
