//! Conversion of JSON Schema 2020-12 to the Schema Object of OpenAPI 3.0
//! (section 4.7.24), innermost schemas first.
//!
//! A schema that loses a constraint allows more values. This is not acceptable
//! in two cases: a `oneOf` branch that allows more could make a value match
//! twice, and `not` would reject more. The loss is therefore reported to the
//! enclosing schema, which replaces such a `oneOf` by `anyOf` and removes such
//! a `not`.

mod all_of;
mod containers;
mod enums;
pub(super) mod null;
mod types;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::discriminator::Tags;
use crate::{
    references::{self, schema_name},
    subschemas,
};

/// The keywords of a Schema Object in OpenAPI 3.0.
const KNOWN: [&str; 36] = [
    "$ref",
    "additionalProperties",
    "allOf",
    "anyOf",
    "default",
    "deprecated",
    "description",
    "discriminator",
    "enum",
    "example",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "externalDocs",
    "format",
    "items",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
    "multipleOf",
    "not",
    "nullable",
    "oneOf",
    "pattern",
    "properties",
    "readOnly",
    "required",
    "title",
    "type",
    "uniqueItems",
    "writeOnly",
    "xml",
];

/// Constraints that OpenAPI 3.0 does not support. All other unsupported
/// keywords are annotations or unused definitions.
const UNSUPPORTED_CONSTRAINTS: [&str; 13] = [
    "$dynamicRef",
    "contains",
    "dependentRequired",
    "dependentSchemas",
    "else",
    "if",
    "maxContains",
    "minContains",
    "patternProperties",
    "propertyNames",
    "then",
    "unevaluatedItems",
    "unevaluatedProperties",
];

/// Converts the schemas of a document to OpenAPI 3.0.
#[derive(Default)]
pub(super) struct Lowering {
    /// The components that lost a constraint, including those that refer to
    /// one.
    lossy: BTreeSet<String>,
    tags: Tags,
}

impl Lowering {
    /// Prepares the conversion for a document with these component schemas.
    pub(super) fn of(components: Option<&Value>) -> Self {
        let mut lowering = Self {
            tags: Tags::of(components),
            ..Self::default()
        };
        let components = components.and_then(Value::as_object);
        let mut users: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        let mut open = Vec::new();
        for (name, schema) in components.into_iter().flatten() {
            references::for_each(schema, &mut |target| {
                if let Some(used) = schema_name(target) {
                    users.entry(used).or_default().push(name);
                }
            });
            if lowering.lower(&mut schema.clone()) {
                open.push(name.as_str());
            }
        }
        while let Some(name) = open.pop() {
            if lowering.lossy.insert(name.to_owned()) {
                open.extend(users.remove(name).unwrap_or_default());
            }
        }
        lowering
    }

    /// Converts a schema. Returns whether a constraint was lost.
    pub(super) fn lower(&self, schema: &mut Value) -> bool {
        match schema {
            Value::Bool(true) => *schema = json!({}),
            Value::Bool(false) => *schema = json!({"not": {}}),
            Value::Object(schema) => return self.object(schema),
            _ => {}
        }
        false
    }

    fn object(&self, schema: &mut Map<String, Value>) -> bool {
        let mut lossy = BTreeSet::new();
        subschemas::for_each_mut(schema, |keyword, child| {
            // These two may remain `true` and `false`.
            let stays = matches!(keyword, "additionalProperties" | "items") && child.is_boolean();
            if !stays && self.lower(child) {
                lossy.insert(keyword.to_owned());
            }
        });
        let mut loses = !lossy.is_empty();
        if lossy.contains("not") {
            schema.remove("not");
        }
        if lossy.contains("oneOf") && !self.exclusive(schema) {
            replace_one_of(schema);
        }
        null::unions(schema);
        types::constants(schema);
        loses |= types::types(schema);
        enums::unions(schema);
        loses |= constraints(schema);
        annotations(schema);
        loses |= drop_unknown(schema);
        let to = schema.get("$ref").and_then(Value::as_str);
        loses |= to
            .and_then(schema_name)
            .is_some_and(|name| self.lossy.contains(name));
        isolate_reference(schema);
        loses
    }

    /// Returns whether no value can match two branches, even if they lose
    /// constraints.
    fn exclusive(&self, schema: &Map<String, Value>) -> bool {
        let branches = schema.get("oneOf").and_then(Value::as_array);
        branches.is_some_and(|branches| self.tags.distinguish(branches).is_some())
    }
}

/// Converts the constraints of arrays, objects and numbers. Returns whether a
/// constraint was lost.
fn constraints(schema: &mut Map<String, Value>) -> bool {
    types::bounds(schema);
    let tuples = containers::tuples(schema);
    let patterns = containers::patterns(schema);
    containers::items(schema);
    tuples || patterns
}

fn replace_one_of(schema: &mut Map<String, Value>) {
    let Some(branches) = schema.remove("oneOf") else {
        return;
    };
    if schema.contains_key("anyOf") {
        all_of::add(schema, json!({"anyOf": branches}));
    } else {
        schema.insert("anyOf".to_owned(), branches);
    }
}

/// Converts examples and the encoding of binary content.
fn annotations(schema: &mut Map<String, Value>) {
    if let Some(Value::Array(examples)) = schema.remove("examples")
        && let Some(first) = examples.into_iter().next()
    {
        schema.entry("example").or_insert(first);
    }
    let format = match schema.get("contentEncoding").and_then(Value::as_str) {
        Some("base64") => "byte",
        None if of_bytes(schema) => "binary",
        _ => return,
    };
    schema.entry("format").or_insert_with(|| format.into());
    // Several types have become branches.
    let elsewhere = ["$ref", "allOf", "anyOf", "oneOf"];
    if !elsewhere.iter().any(|it| schema.contains_key(*it)) {
        schema.entry("type").or_insert_with(|| "string".into());
    }
}

/// Returns whether the content is binary.
fn of_bytes(schema: &Map<String, Value>) -> bool {
    let media_type = schema.get("contentMediaType").and_then(Value::as_str);
    media_type.is_some_and(|it| {
        let (kind, _) = it.split_once('/').unwrap_or((it, ""));
        it == "application/octet-stream" || matches!(kind, "image" | "audio" | "video")
    })
}

fn drop_unknown(schema: &mut Map<String, Value>) -> bool {
    let lossy = UNSUPPORTED_CONSTRAINTS
        .iter()
        .any(|limit| schema.contains_key(*limit));
    schema.retain(|keyword, value| {
        // An empty list has no effect, and OpenAPI 3.0 forbids it.
        let has_effect = keyword != "required" || *value != json!([]);
        has_effect && (KNOWN.contains(&keyword.as_str()) || keyword.starts_with("x-"))
    });
    lossy
}

/// Moves a reference with other keywords beside it to `allOf`.
fn isolate_reference(schema: &mut Map<String, Value>) {
    if schema.len() > 1
        && let Some(to) = schema.remove("$ref")
    {
        all_of::add(schema, json!({"$ref": to}));
    }
}
