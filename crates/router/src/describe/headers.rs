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
        let mut description = None;
        let mut may_be_null = false;
        if let Some(members) = schema.as_object_mut() {
            let text = members.remove("description");
            description = text.and_then(|text| text.as_str().map(ToOwned::to_owned));
            may_be_null = without_null(members);
        }
        let note = HeaderNote {
            description,
            schema,
            is_required: required(name) && !may_be_null,
        };
        (name.clone(), note)
    };
    properties.into_iter().flatten().map(note).collect()
}

/// Removes `null` from the types, as a header is there or not. Returns whether it was one of them.
pub(super) fn without_null(members: &mut serde_json::Map<String, Value>) -> bool {
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
