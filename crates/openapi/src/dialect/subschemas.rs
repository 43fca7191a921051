//! Where schemas stand in a JSON Schema 2020-12. Examples, defaults and
//! constants are no schemas, whatever they look like.

use serde_json::{Map, Value};

/// Keywords whose value is a schema.
const ONE: [&str; 11] = [
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

/// Keywords whose value is a list of schemas.
const LISTS: [&str; 4] = ["allOf", "anyOf", "oneOf", "prefixItems"];

/// Keywords whose value is schemas by name.
const MAPS: [&str; 4] = [
    "$defs",
    "dependentSchemas",
    "patternProperties",
    "properties",
];

/// Calls `visit` with every schema that stands directly in this one, and with
/// the keyword it stands under.
pub(super) fn each(schema: &mut Map<String, Value>, mut visit: impl FnMut(&str, &mut Value)) {
    for (keyword, value) in schema {
        let keyword = keyword.as_str();
        match value {
            value if ONE.contains(&keyword) => visit(keyword, value),
            Value::Array(items) if LISTS.contains(&keyword) => {
                items.iter_mut().for_each(|item| visit(keyword, item));
            }
            Value::Object(members) if MAPS.contains(&keyword) => {
                members
                    .values_mut()
                    .for_each(|member| visit(keyword, member));
            }
            _ => {}
        }
    }
}
