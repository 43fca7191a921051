//! Unions of values: 3.1 says of each value what it means by giving it a
//! branch, which tools for 3.0 make a type of its own each time. The `enum`
//! of all of them lets the same in and is what those tools know.

use serde_json::{Map, Value};

use super::null::is_null_schema;

/// What a branch may say besides its values.
const REMARKS: [&str; 5] = ["description", "enum", "nullable", "title", "type"];

/// Writes a union of values of one type as their `enum`, with what is said of
/// each in `x-enum-descriptions`.
pub(super) fn unions(schema: &mut Map<String, Value>) {
    for keyword in ["anyOf", "oneOf"] {
        let Some(values) = schema.get(keyword).and_then(of_branches) else {
            continue;
        };
        // What limits the values further stays beside the union it limits.
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

/// The `enum` of a union whose branches are distinct values of one type.
fn of_branches(branches: &Value) -> Option<Map<String, Value>> {
    let branches = branches.as_array()?;
    if branches.iter().any(is_null_schema) {
        return None;
    }
    let shared = branches.first()?.get("type")?;
    let mut values: Vec<Value> = Vec::new();
    let mut words = Vec::new();
    let mut nullable = false;
    for branch in branches {
        let branch = branch.as_object()?;
        let plain = branch.keys().all(|it| REMARKS.contains(&it.as_str()));
        if !plain || branch.get("type") != Some(shared) {
            return None;
        }
        nullable |= branch.get("nullable") == Some(&true.into());
        let word = branch.get("description").or_else(|| branch.get("title"));
        let word = word.and_then(Value::as_str).unwrap_or_default();
        for value in branch.get("enum")?.as_array()? {
            // In two branches of `oneOf` it would be let in by neither.
            if values.contains(value) {
                return None;
            }
            values.push(value.clone());
            words.push(word);
        }
    }
    let mut schema = Map::from_iter([
        ("enum".to_owned(), Value::Array(values)),
        ("type".to_owned(), shared.clone()),
    ]);
    if nullable {
        schema.insert("nullable".to_owned(), true.into());
    }
    if words.iter().any(|it| !it.is_empty()) {
        schema.insert("x-enum-descriptions".to_owned(), words.into());
    }
    Some(schema)
}
