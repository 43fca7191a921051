//! Parameters other than the body, form fields and headers: in Swagger 2.0 they
//! have no schema, only a type and some constraints, and no references.

use serde_json::{Map, Value, json, map::Entry};

use super::schema::Schemas;
use crate::{ParameterStyle, dialect::lower::null::is_null_schema};

/// The keywords besides `type` and `items`.
const KEYWORDS: [&str; 14] = [
    "default",
    "enum",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "format",
    "maxItems",
    "maxLength",
    "maximum",
    "minItems",
    "minLength",
    "minimum",
    "multipleOf",
    "pattern",
    "uniqueItems",
];

/// The maximum depth of references that are followed; deeper ones become
/// strings.
const DEPTH: u8 = 8;

/// How the items of an array are serialized.
#[derive(Clone, Copy)]
pub(super) enum CollectionFormat {
    /// Separated by commas.
    Csv,
    /// Separated by spaces.
    Ssv,
    /// Separated by `|`.
    Pipes,
    /// As repeated parameters.
    Multi,
}

impl CollectionFormat {
    /// Returns the format of a style that may repeat the name.
    pub(super) fn of(style: Option<ParameterStyle>, explode: Option<bool>) -> Self {
        // Only the style `form` explodes by default.
        match style {
            _ if explode == Some(true) => Self::Multi,
            Some(ParameterStyle::SpaceDelimited) => Self::Ssv,
            Some(ParameterStyle::PipeDelimited) => Self::Pipes,
            None | Some(ParameterStyle::Form) if explode == Some(false) => Self::Csv,
            _ => Self::Multi,
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Ssv => "ssv",
            Self::Pipes => "pipes",
            Self::Multi => "multi",
        }
    }
}

/// Converts a flat schema of OpenAPI 3.0. A value whose type Swagger 2.0 does
/// not support here is a string, as it is when transferred.
pub(super) fn non_body_schema(
    flat: &Map<String, Value>,
    schemas: &Schemas,
    lists: CollectionFormat,
) -> Map<String, Value> {
    let mut simple = scalar(flat);
    if simple["type"] == "array" {
        let items = flat.get("items").and_then(Value::as_object);
        let items = items.map(|items| scalar(&flattened(items, schemas)));
        // Arrays of arrays have no standard serialization.
        let items = items
            .filter(|it| it["type"] != "array")
            .unwrap_or_else(text);
        simple.insert("items".to_owned(), Value::Object(items));
        simple.insert("collectionFormat".to_owned(), lists.as_str().into());
    }
    simple
}

fn scalar(flat: &Map<String, Value>) -> Map<String, Value> {
    let named = flat.get("type").and_then(Value::as_str);
    let named = match named {
        None | Some("object") => return text(),
        Some(named) => named,
    };
    let mut scalar = Map::from_iter([("type".to_owned(), named.into())]);
    for keyword in KEYWORDS {
        if let Some(value) = flat.get(keyword) {
            scalar.insert(keyword.to_owned(), value.clone());
        }
    }
    if let Some(Value::Array(values)) = scalar.get_mut("enum") {
        values.retain(|it| !it.is_null());
    }
    if scalar.get("default").is_some_and(Value::is_null) {
        scalar.remove("default");
    }
    scalar
}

fn text() -> Map<String, Value> {
    Map::from_iter([("type".to_owned(), "string".into())])
}

/// Inlines the references and `allOf` of a schema. If a keyword occurs twice,
/// only one is kept, which allows more values.
pub(super) fn flattened(schema: &Map<String, Value>, schemas: &Schemas) -> Map<String, Value> {
    flatten(schema, schemas, DEPTH)
}

fn flatten(schema: &Map<String, Value>, schemas: &Schemas, depth: u8) -> Map<String, Value> {
    let mut flat = schema.clone();
    let Some(depth) = depth.checked_sub(1) else {
        return flat;
    };
    if let Some(component) = schemas.referred(schema) {
        add(&mut flat, flatten(component, schemas, depth));
    }
    if let Some(Value::Array(all)) = flat.remove("allOf") {
        for part in all.iter().filter_map(Value::as_object) {
            add(&mut flat, flatten(part, schemas, depth));
        }
    }
    for union in ["anyOf", "oneOf"] {
        let Some(Value::Array(mut branches)) = flat.remove(union) else {
            continue;
        };
        // `null` has no textual form.
        branches.retain(|branch| !is_null_schema(branch));
        if let [Value::Object(sole)] = branches.as_slice() {
            add(&mut flat, flatten(sole, schemas, depth));
        } else if let Some(shared) = schemas.shared(&branches) {
            flat.entry("type").or_insert(shared.into());
        }
    }
    flat
}

fn add(flat: &mut Map<String, Value>, part: Map<String, Value>) {
    let bounded = |bound| flat.contains_key(bound);
    let (minimum, maximum) = (bounded("minimum"), bounded("maximum"));
    for (keyword, value) in part {
        // The flags apply only to the bound beside them.
        let others = match keyword.as_str() {
            "exclusiveMinimum" => minimum,
            "exclusiveMaximum" => maximum,
            "properties" => {
                merge_properties(flat, value);
                continue;
            }
            "required" => {
                merge_required(flat, value);
                continue;
            }
            _ => false,
        };
        if !others {
            flat.entry(keyword).or_insert(value);
        }
    }
}

fn merge_properties(flat: &mut Map<String, Value>, more: Value) {
    match (flat.get_mut("properties"), more) {
        (Some(Value::Object(known)), Value::Object(more)) => {
            for (name, schema) in more {
                match known.entry(name) {
                    Entry::Vacant(place) => {
                        place.insert(schema);
                    }
                    // Both apply; they are flattened when the property is
                    // written.
                    Entry::Occupied(mut place) => {
                        let first = place.get_mut().take();
                        *place.get_mut() = json!({"allOf": [first, schema]});
                    }
                }
            }
        }
        (_, more) => {
            flat.insert("properties".to_owned(), more);
        }
    }
}

fn merge_required(flat: &mut Map<String, Value>, more: Value) {
    match (flat.get_mut("required"), more) {
        (Some(Value::Array(known)), Value::Array(more)) => known.extend(more),
        (_, more) => {
            flat.insert("required".to_owned(), more);
        }
    }
}
