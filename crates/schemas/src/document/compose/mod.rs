//! Makes one schema of an object and its parts (`flatten.rs`): the members of a part are copied into the object around it, which is
//! closed as a whole.
//!
//! A reference to a closed schema would allow nothing beside its own members, and keywords that look through references exist in
//! OpenAPI 3.1 alone. Where a part is a union, its alternatives become those of the object: see `emit.rs`. Why, is in
//! `docs/decisions/0016-parts-are-copied.md`.

mod emit;
mod object;
mod read;

use std::collections::BTreeMap;

use schemars::{Schema, transform::Transform};
use serde_json::{Map, Value};

use super::{origin::origin, walk};
use crate::{Direction, ValidatorError, extension};
use object::Union;
use read::Reader;

type Members = Map<String, Value>;

/// Composes every object that has parts.
pub(super) fn compose(
    direction: Direction,
    root: &mut Value,
    definitions: &mut BTreeMap<String, Value>,
    type_name: &str,
    errors: &mut Vec<ValidatorError>,
) {
    let mut close = CloseVariants;
    let schemas = || definitions.values().chain([&*root]);
    if !schemas().any(is_concerned) {
        return;
    }
    walk::transform_value(&mut close, root);
    for schema in definitions.values_mut() {
        walk::transform_value(&mut close, schema);
    }
    // Parts are read as they were before they were composed.
    let known = definitions.clone();
    let mut composer = Composer {
        direction,
        known: &known,
        subject: type_name.to_owned(),
        errors,
    };
    walk::transform_value(&mut composer, root);
    for (name, schema) in definitions {
        composer.subject = origin(name, schema);
        walk::transform_value(&mut composer, schema);
    }
}

/// Returns whether a schema has parts, or variants to close.
fn is_concerned(schema: &Value) -> bool {
    match schema {
        Value::Object(members) => {
            members.contains_key(extension::PART)
                || members.contains_key(extension::CLOSED)
                || members.values().any(is_concerned)
        }
        Value::Array(items) => items.iter().any(is_concerned),
        _ => false,
    }
}

/// Closes the variants that `#[schema]` has marked.
struct CloseVariants;

impl Transform for CloseVariants {
    fn transform(&mut self, schema: &mut Schema) {
        if let Some(members) = schema.as_object_mut()
            && let Some(Value::Array(closed)) = members.remove(extension::CLOSED)
        {
            for name in closed.iter().filter_map(Value::as_str) {
                if name.is_empty() {
                    close(members);
                } else if let Some(Value::Object(properties)) = members.get_mut("properties") {
                    let content = match name {
                        "*" => properties.values_mut().next(),
                        name => properties.get_mut(name),
                    };
                    content.and_then(Value::as_object_mut).map(close);
                }
            }
        }
        walk::transform_subschemas(self, schema);
    }
}

fn close(members: &mut Members) {
    let has_statement = ["additionalProperties", "unevaluatedProperties"]
        .iter()
        .any(|key| members.contains_key(*key));
    // What has parts is closed when it is composed.
    if !has_statement && !has_parts(members) {
        members.insert("additionalProperties".to_owned(), Value::Bool(false));
    }
}

fn has_parts(members: &Members) -> bool {
    let all = members.get("allOf").and_then(Value::as_array);
    all.into_iter()
        .flatten()
        .any(|one| one.get(extension::PART).is_some())
}

struct Composer<'d, 'e> {
    direction: Direction,
    known: &'d BTreeMap<String, Value>,
    /// The type that is composed, for error messages.
    subject: String,
    errors: &'e mut Vec<ValidatorError>,
}

impl Composer<'_, '_> {
    /// Replaces the schema of an object with parts.
    fn compose(&mut self, members: &mut Members) {
        let is_marked = |mark: &str| {
            let strict = members.get(extension::STRICT);
            strict.is_some_and(|it| it == mark)
        };
        let (is_flattened, is_open) = (is_marked("flatten"), is_marked("open"));
        let mut reader = Reader::new(self.known, self.direction, &self.subject);
        let read = reader.object(members);
        let mut reasons = reader.into_errors();
        match read {
            Some(object)
                if self.direction == Direction::Input
                    && is_open
                    && !object.unions.iter().all(Union::is_exclusive) =>
            {
                reasons.push("it ignores unknown members, and what it flattens is recognised by its members alone: tag the flattened enum, or reject unknown members".to_owned());
            }
            Some(object) if reasons.is_empty() => {
                let is_closed = match self.direction {
                    Direction::Input => !is_open,
                    // What is written is not closed where serde could not close what is read.
                    _ => !is_flattened && !is_open && object.is_closed,
                };
                if object.is_strict {
                    members.remove(extension::MEMBERWISE);
                    members.entry(extension::STRICT).or_insert(true.into());
                }
                match emit::emit(object, is_closed) {
                    Ok(composed) => {
                        members.retain(|key, _| !read::COMPOSED.contains(&key.as_str()));
                        for (key, value) in composed {
                            members.entry(key).or_insert(value);
                        }
                    }
                    Err(reason) => reasons.push(reason),
                }
            }
            _ => {}
        }
        self.errors
            .extend(reasons.into_iter().map(|reason| ValidatorError::Schema {
                subject: self.subject.clone(),
                reason,
            }));
    }
}

impl Transform for Composer<'_, '_> {
    fn transform(&mut self, schema: &mut Schema) {
        if let Some(members) = schema.as_object_mut()
            && has_parts(members)
        {
            self.compose(members);
        }
        walk::transform_subschemas(self, schema);
    }
}
