//! Normalises the schemas schemars generates: where they differ from what serde reads, the schema is corrected, and
//! where it cannot be corrected, an error is reported.

use schemars::{Schema, transform::Transform};
use serde_json::{Map, Value, json};

use super::{foreign, foreign::Replacements, keys, numbers, pattern, walk};
use crate::{Direction, ValidatorError, extension};

/// Normalises schemas and their subschemas.
pub(super) struct Normalizer<'e> {
    direction: Direction,
    replacements: Replacements,
    /// The type and field being normalised, for error messages.
    subject: String,
    errors: &'e mut Vec<ValidatorError>,
}

impl<'e> Normalizer<'e> {
    pub(super) fn new(direction: Direction, errors: &'e mut Vec<ValidatorError>) -> Self {
        Self {
            direction,
            replacements: Replacements::new(direction),
            subject: String::new(),
            errors,
        }
    }

    /// Normalises the schema of the type that `subject` names.
    pub(super) fn normalize(&mut self, schema: &mut Value, subject: String) {
        self.subject = subject;
        walk::transform_value(self, schema);
    }

    fn normalize_members(&mut self, members: &mut Map<String, Value>) {
        numbers::add_bounds(members, &self.subject, self.errors);
        self.replacements.apply(members);
        pattern::check(members, &self.subject, self.errors);
        keys::state(members, &self.subject, self.direction, self.errors);
        pattern::replace_dots(members);
        foreign::replace_formats(members);
        close_tuples(members);
        if members.get("default").is_some_and(Value::is_null) {
            members.remove("default");
        }
        if self.direction == Direction::Input && members.contains_key(extension::STRICT) {
            close_flattened(members);
            open_flattened(members);
        }
    }

    /// Normalises the schema of each property, with its name in the subject.
    fn normalize_properties(&mut self, properties: &mut Value) {
        let length = self.subject.len();
        for (name, schema) in properties.as_object_mut().into_iter().flatten() {
            self.subject.push_str(&format!(", field `{name}`"));
            walk::transform_value(self, schema);
            self.subject.truncate(length);
        }
    }
}

impl Transform for Normalizer<'_> {
    fn transform(&mut self, schema: &mut Schema) {
        if let Some(members) = schema.as_object_mut() {
            self.normalize_members(members);
        }
        // Taken out, so that the walker does not visit them a second time.
        let properties = schema.get_mut("properties").map(Value::take);
        walk::transform_subschemas(self, schema);
        if let Some(mut properties) = properties {
            self.normalize_properties(&mut properties);
            schema.insert("properties".to_owned(), properties);
        }
    }
}

/// States with `items: false`, where readers expect it, what `maxItems` states of a tuple.
fn close_tuples(members: &mut Map<String, Value>) {
    let length = members
        .get("prefixItems")
        .and_then(Value::as_array)
        .map(|items| items.len() as u64);
    if length.is_some() && members.get("maxItems").and_then(Value::as_u64) == length {
        members.entry("items").or_insert(Value::Bool(false));
    }
}

/// Closes an object with flattened fields, of which serde cannot reject unknown members; the validator can, and
/// such types are always validated. A flattened map accepts unknown members.
fn close_flattened(members: &mut Map<String, Value>) {
    let is_open = !members.contains_key("additionalProperties")
        && !members.contains_key("unevaluatedProperties");
    let is_flattened = members.get(extension::STRICT) == Some(&json!("flatten"));
    if is_open && is_flattened {
        let is_simple = !["allOf", "anyOf", "oneOf", "$ref"]
            .iter()
            .any(|key| members.contains_key(*key));
        let key = if is_simple {
            "additionalProperties"
        } else {
            "unevaluatedProperties"
        };
        members.insert(key.to_owned(), Value::Bool(false));
    }
}

/// Opens an object that ignores unknown members, though it flattens one that does not.
fn open_flattened(members: &mut Map<String, Value>) {
    if members.get(extension::STRICT) == Some(&json!("open")) {
        members.retain(|key, value| {
            let closes = key == "additionalProperties" || key == "unevaluatedProperties";
            !closes || value.as_bool() != Some(false)
        });
    }
}
