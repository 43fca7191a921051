//! Unions of constants: OpenAPI 3.1 documents each value with a branch of its
//! own, which tools for 3.0 turn into separate types. An `enum` of all values
//! allows the same and is supported by those tools.

use serde_json::{Map, Value};

use super::null::is_null_schema;

/// The keywords that a branch may have.
const BRANCH_KEYWORDS: [&str; 5] = ["description", "enum", "nullable", "title", "type"];

/// Replaces a union of constants of one type by an `enum`, with the
/// descriptions in `x-enum-descriptions`.
pub(super) fn unions(schema: &mut Map<String, Value>) {
    for keyword in ["anyOf", "oneOf"] {
        let Some(values) = schema.get(keyword).and_then(of_branches) else {
            continue;
        };
        // Other constraints of the values stay beside the union.
        let is_new = |(name, value): (&String, &Value)| {
            schema
                .get(name)
                .is_none_or(|known| name == "type" && known == value)
        };
        if !schema.contains_key("nullable") && values.iter().all(is_new) {
            schema.remove(keyword);
            schema.extend(values);
        }
    }
}

/// Returns the `enum` of a union whose branches are distinct values of one
/// type.
fn of_branches(branches: &Value) -> Option<Map<String, Value>> {
    let branches = branches.as_array()?;
    if branches.iter().any(is_null_schema) {
        return None;
    }
    let shared = branches.first()?.get("type")?;
    let mut values: Vec<Value> = Vec::new();
    let mut descriptions = Vec::new();
    let mut nullable = false;
    for branch in branches {
        let branch = branch.as_object()?;
        let plain = branch
            .keys()
            .all(|it| BRANCH_KEYWORDS.contains(&it.as_str()));
        if !plain || branch.get("type") != Some(shared) {
            return None;
        }
        nullable |= branch.get("nullable") == Some(&true.into());
        let description = branch.get("description").or_else(|| branch.get("title"));
        let description = description.and_then(Value::as_str).unwrap_or_default();
        for value in branch.get("enum")?.as_array()? {
            // A value in two branches of `oneOf` would match neither.
            if values.contains(value) {
                return None;
            }
            values.push(value.clone());
            descriptions.push(description);
        }
    }
    let mut schema = Map::from_iter([
        ("enum".to_owned(), Value::Array(values)),
        ("type".to_owned(), shared.clone()),
    ]);
    if nullable {
        schema.insert("nullable".to_owned(), true.into());
    }
    if descriptions.iter().any(|it| !it.is_empty()) {
        schema.insert("x-enum-descriptions".to_owned(), descriptions.into());
    }
    Some(schema)
}
