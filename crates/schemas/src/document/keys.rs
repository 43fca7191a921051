//! States the schemas of map keys, which `map_keys` has added as an extension.

use serde_json::{Map, Value, json};

use super::{
    integers::{self, ANY_INTEGER, Range},
    numbers,
    strip::strip_extensions,
};
use crate::{Direction, ValidatorError, extension};

/// The patterns schemars writes for unsigned and signed integers, which allow leading zeros.
const OF_SCHEMARS: [&str; 2] = ["^\\d+$", "^-?\\d+$"];

/// States the keys of a map as its extension describes them.
pub(super) fn state(
    members: &mut Map<String, Value>,
    subject: &str,
    direction: Direction,
    errors: &mut Vec<ValidatorError>,
) {
    let keys = members.remove(extension::KEYS).map(|mut keys| {
        let key = match direction {
            Direction::Input => "input",
            Direction::Output => "output",
        };
        keys[key].take()
    });
    // A map that shares its object with other members states nothing of their names.
    let is_shared = members.contains_key("required")
        || members.get(extension::STRICT) == Some(&json!("flatten"));
    match keys {
        Some(Value::Object(mut keys)) if !is_shared => {
            match keys.get("type").and_then(Value::as_str) {
                Some("integer") => {
                    numbers::add_bounds(&mut keys, subject, errors);
                    rename_integer_patterns(members, &integers::pattern(&ranges(&keys)));
                }
                Some("boolean") => names(members, json!({"enum": ["true", "false"]})),
                Some("string") => strings(members, keys),
                _ => {
                    if let Some(variants) = unit_variants(&keys) {
                        names(members, json!({ "enum": variants }));
                    } else if keys.contains_key("anyOf") && !keys.contains_key("$ref") {
                        strings(members, keys);
                    }
                }
            }
        }
        _ => {
            for (theirs, ours) in OF_SCHEMARS.into_iter().zip(ANY_INTEGER) {
                rename_pattern(members, theirs, ours);
            }
        }
    }
}

fn names(members: &mut Map<String, Value>, rule: Value) {
    members.entry("propertyNames").or_insert(rule);
}

/// States what a schema of strings states beyond what schemars has stated already.
fn strings(members: &mut Map<String, Value>, mut keys: Map<String, Value>) {
    const ANNOTATIONS: [&str; 7] = [
        "type",
        "title",
        "description",
        "default",
        "examples",
        "deprecated",
        "pattern",
    ];
    keys.retain(|key, _| !ANNOTATIONS.contains(&key.as_str()) && !key.starts_with("x-"));
    let is_stated = keys.keys().all(|key| key == "enum");
    let mut keys = Value::Object(keys);
    strip_extensions(&mut keys);
    if !is_stated && !keys.to_string().contains("\"$ref\"") {
        names(members, keys);
    }
}

/// Returns the names of an enum of unit variants that are documented one by one.
fn unit_variants(keys: &Map<String, Value>) -> Option<Vec<Value>> {
    let branches = keys.get("oneOf")?.as_array()?;
    let mut names = Vec::new();
    for branch in branches {
        match (branch.get("const"), branch.get("enum")) {
            (Some(name), _) if name.is_string() => names.push(name.clone()),
            (None, Some(Value::Array(more))) if more.iter().all(Value::is_string) => {
                names.extend(more.iter().cloned());
            }
            _ => return None,
        }
    }
    Some(names)
}

fn rename_integer_patterns(members: &mut Map<String, Value>, pattern: &str) {
    for theirs in OF_SCHEMARS {
        rename_pattern(members, theirs, pattern);
    }
}

fn rename_pattern(members: &mut Map<String, Value>, from: &str, to: &str) {
    let patterns = members.get_mut("patternProperties");
    if let Some(patterns) = patterns.and_then(Value::as_object_mut)
        && let Some(schema) = patterns.remove(from)
    {
        patterns.insert(to.to_owned(), schema);
    }
}

/// Returns the integers a schema allows.
fn ranges(keys: &Map<String, Value>) -> Vec<Range> {
    let whole = |value: &Value| {
        let whole = value.as_i64().map(i128::from);
        whole.or_else(|| value.as_u64().map(i128::from))
    };
    if let Some(values) = keys.get("enum").and_then(Value::as_array) {
        let values = values.iter().filter_map(whole);
        return values.map(|value| (value, value)).collect();
    }
    let bound = |key: &str| keys.get(key).and_then(whole);
    let least = bound("minimum").unwrap_or_else(|| i64::MIN.into());
    let most = bound("maximum").unwrap_or_else(|| u64::MAX.into());
    if keys.get("not") == Some(&json!({"const": 0})) {
        vec![(least, most.min(-1)), (least.max(1), most)]
    } else {
        vec![(least, most)]
    }
}
