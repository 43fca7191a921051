//! Response headers, taken from the schema of a type: each field is a header.

use std::collections::BTreeMap;

use purlin_schemas::{Definition, SchemaWithDefinitions};
use serde_json::Value;

use super::{HeaderNote, references};

/// Returns every field as a header.
pub(super) fn of(described: &SchemaWithDefinitions) -> BTreeMap<String, HeaderNote> {
    let own = references::target(&described.root, &described.definitions);
    let schema = own.unwrap_or(&described.root);
    let required = |name: &str| {
        let names = schema.get("required").and_then(Value::as_array);
        names.is_some_and(|names| names.iter().any(|required| required == name))
    };
    let properties = schema.get("properties").and_then(Value::as_object);
    let note = |(name, schema): (&String, &Value)| {
        let mut schema = schema.clone();
        let mut is_required = required(name);
        let mut description = None;
        if let Some(members) = schema.as_object_mut() {
            let text = members.remove("description");
            description = text.and_then(|text| text.as_str().map(ToOwned::to_owned));
            is_required &= !without_null(members);
        }
        let is_repeated = is_repeated(name);
        if is_repeated && schema.get("type").is_some_and(|kind| kind == "array") {
            is_required &= schema.get("minItems").is_some_and(|least| least != 0);
            schema = of_line(schema);
            let lines = "Each value has a line of its own.";
            description = Some(match description {
                Some(text) => format!("{text}\n\n{lines}"),
                None => lines.to_owned(),
            });
        }
        let note = HeaderNote {
            description,
            schema,
            is_required,
            is_repeated,
        };
        (name.clone(), note)
    };
    properties.into_iter().flatten().map(note).collect()
}

/// The headers whose values contain commas, so that each value has a line of its own.
const REPEATED: [&str; 7] = [
    // The one that never is a list (RFC 9110 section 5.3, RFC 6265 section 3).
    "set-cookie",
    // Lists of which the values may contain commas.
    "link",
    "proxy-authenticate",
    "server-timing",
    "via",
    "warning",
    "www-authenticate",
];

/// Returns whether each value of a header is sent, and documented, as a line of its own.
pub(crate) fn is_repeated(name: &str) -> bool {
    REPEATED.iter().any(|it| it.eq_ignore_ascii_case(name))
}

/// Returns the schema of each line of a list.
pub(super) fn of_line(mut schema: Value) -> Value {
    let is_list = schema.get("type").is_some_and(|kind| kind == "array");
    match schema.get_mut("items") {
        Some(items) if is_list => items.take(),
        _ => schema,
    }
}

/// Removes `null` from a schema, as a header is there or not. Returns whether it was allowed.
pub(super) fn without_null(members: &mut serde_json::Map<String, Value>) -> bool {
    for union in ["anyOf", "oneOf"] {
        let Some(Value::Array(branches)) = members.get_mut(union) else {
            continue;
        };
        let all = branches.len();
        branches.retain(|branch| branch["type"] != "null");
        let was_there = branches.len() < all;
        if let [Value::Object(only)] = branches.as_slice() {
            let only = only.clone();
            members.remove(union);
            for (name, value) in only {
                members.entry(name).or_insert(value);
            }
        }
        if was_there {
            return true;
        }
    }
    let Some(Value::Array(kinds)) = members.get_mut("type") else {
        return false;
    };
    let all = kinds.len();
    kinds.retain(|kind| kind != "null");
    let was_there = kinds.len() < all;
    if let [one] = kinds.as_slice() {
        let one = one.clone();
        members.insert("type".to_owned(), one);
    }
    was_there
}

/// Returns what a schema is that no header can have: only texts, numbers, booleans and lists of them can be written.
pub(super) fn structure(schema: &Value) -> Option<&'static str> {
    let is_object = |schema: &Value| {
        schema.get("type").is_some_and(|kind| {
            kind == "object"
                || kind
                    .as_array()
                    .is_some_and(|all| all.contains(&"object".into()))
        }) || schema.get("properties").is_some()
    };
    if is_object(schema) {
        return Some("an object");
    }
    let items = schema.get("items")?;
    let is_structure = is_object(items) || items.get("items").is_some();
    is_structure.then_some("a list of objects or lists")
}

/// Returns the named schemas the headers refer to: all but the type's own, which
/// is no component of the document.
pub(super) fn referred(described: &SchemaWithDefinitions) -> Vec<(String, Definition)> {
    let own = references::name(&described.root);
    let definitions = described.definitions.iter();
    definitions
        .filter(|(name, _)| Some(name.as_str()) != own)
        .map(|(name, definition)| (name.clone(), definition.clone()))
        .collect()
}
