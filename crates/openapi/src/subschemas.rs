//! The subschemas of a JSON Schema 2020-12. Examples, defaults and constants
//! are values, not schemas, whatever they look like.

use serde_json::{Map, Value};

/// Keywords whose value is a schema.
const SCHEMA: [&str; 11] = [
    "additionalProperties",
    "contains",
    "contentSchema",
    "else",
    "if",
    "items",
    "not",
    "propertyNames",
    "then",
    "unevaluatedItems",
    "unevaluatedProperties",
];

/// Keywords whose value is an array of schemas.
const ARRAY: [&str; 4] = ["allOf", "anyOf", "oneOf", "prefixItems"];

/// Keywords whose value is an object of schemas by name.
const OBJECT: [&str; 4] = [
    "$defs",
    "dependentSchemas",
    "patternProperties",
    "properties",
];

/// Calls `visit` with every direct subschema of a schema and the keyword that
/// contains it.
pub fn for_each<'s>(schema: &'s Map<String, Value>, mut visit: impl FnMut(&'s str, &'s Value)) {
    for (keyword, value) in schema {
        let keyword = keyword.as_str();
        match value {
            value if SCHEMA.contains(&keyword) => visit(keyword, value),
            Value::Array(items) if ARRAY.contains(&keyword) => {
                items.iter().for_each(|item| visit(keyword, item));
            }
            Value::Object(members) if OBJECT.contains(&keyword) => {
                members.values().for_each(|member| visit(keyword, member));
            }
            _ => {}
        }
    }
}

/// Calls `visit` with every direct subschema of a schema, to be changed, and
/// the keyword that contains it.
pub fn for_each_mut(schema: &mut Map<String, Value>, mut visit: impl FnMut(&str, &mut Value)) {
    for (keyword, value) in schema {
        let keyword = keyword.as_str();
        match value {
            value if SCHEMA.contains(&keyword) => visit(keyword, value),
            Value::Array(items) if ARRAY.contains(&keyword) => {
                items.iter_mut().for_each(|item| visit(keyword, item));
            }
            Value::Object(members) if OBJECT.contains(&keyword) => {
                members
                    .values_mut()
                    .for_each(|member| visit(keyword, member));
            }
            _ => {}
        }
    }
}
