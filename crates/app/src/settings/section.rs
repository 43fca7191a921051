//! Sections of the settings: structs that can be read, printed and documented.

use purlin_router::schemas::schemars::{JsonSchema, generate::SchemaSettings};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

/// A section of the settings: any struct with serde's traits, `JsonSchema` and a default.
///
/// Doc comments document the settings in `config example`, `config table` and `config schema`. A setting whose schema is
/// `writeOnly`, such as a [`Secret`](crate::Secret), is never printed.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a section of the settings",
    note = "derive `Serialize`, `Deserialize`, `JsonSchema` and implement or derive `Default`"
)]
pub trait Section: DeserializeOwned + Serialize + JsonSchema + Default {}

impl<T: DeserializeOwned + Serialize + JsonSchema + Default> Section for T {}

/// A section that was read.
#[derive(Debug)]
pub(crate) struct ReadSection {
    pub(crate) name: String,
    /// Its JSON Schema, without references.
    pub(crate) schema: Value,
    /// The value that was read; null if it cannot be serialized.
    pub(crate) value: Value,
}

impl ReadSection {
    pub(super) fn new<T: Section>(name: &str) -> Self {
        let settings = SchemaSettings::draft2020_12().with(|settings| {
            settings.inline_subschemas = true;
            settings.meta_schema = None;
        });
        Self {
            name: name.to_owned(),
            schema: settings
                .into_generator()
                .into_root_schema_for::<T>()
                .to_value(),
            value: Value::Null,
        }
    }
}

/// Returns the schemas of the fields of a struct.
pub(crate) fn fields(schema: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let properties = schema.get("properties").and_then(Value::as_object);
    let fields = properties.into_iter().flatten();
    fields.map(|(name, schema)| (name.as_str(), schema))
}

/// Returns the schema of the values of a map.
pub(crate) fn entries(schema: &Value) -> Option<&Value> {
    schema
        .get("additionalProperties")
        .filter(|it| it.is_object())
}

/// Returns whether values of this schema are never printed.
pub(crate) fn is_secret(schema: &Value) -> bool {
    schema.get("writeOnly") == Some(&Value::Bool(true))
}

/// What of a value is never printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Secrecy {
    /// Nothing: all of it may be printed.
    None,
    /// Something that the value contains.
    Inside,
    /// The whole value.
    Whole,
}

/// Returns what of the value at `path` is never printed; `schema` is that of the section.
pub(super) fn secrecy(schema: &Value, path: &[String]) -> Secrecy {
    let mut schemas = vec![schema];
    for key in path {
        if schemas.iter().any(|schema| is_or_may_be_secret(schema)) {
            return Secrecy::Whole;
        }
        schemas = schemas
            .iter()
            .flat_map(|schema| with_alternatives(schema))
            .flat_map(|schema| {
                let field = schema.get("properties").and_then(|it| it.get(key));
                let others = ["additionalProperties", "items"].map(|keyword| schema.get(keyword));
                field.into_iter().chain(others.into_iter().flatten())
            })
            .collect();
    }
    if schemas.iter().any(|schema| is_or_may_be_secret(schema)) {
        Secrecy::Whole
    } else if schemas.iter().any(|schema| contains_secret(schema)) {
        Secrecy::Inside
    } else {
        Secrecy::None
    }
}

fn is_or_may_be_secret(schema: &Value) -> bool {
    with_alternatives(schema).into_iter().any(is_secret)
}

/// Returns a schema with all schemas that apply to the same value.
fn with_alternatives(schema: &Value) -> Vec<&Value> {
    let mut found = vec![schema];
    for keyword in ["anyOf", "oneOf", "allOf"] {
        let alternatives = schema.get(keyword).and_then(Value::as_array);
        found.extend(
            alternatives
                .into_iter()
                .flatten()
                .flat_map(with_alternatives),
        );
    }
    found
}

fn contains_secret(schema: &Value) -> bool {
    match schema {
        Value::Object(members) => is_secret(schema) || members.values().any(contains_secret),
        Value::Array(items) => items.iter().any(contains_secret),
        _ => false,
    }
}

/// Returns whether values of this schema are texts.
pub(super) fn is_text(schema: &Value) -> bool {
    match schema.get("type") {
        Some(Value::String(kind)) => kind == "string",
        Some(Value::Array(kinds)) => kinds.iter().any(|kind| kind == "string"),
        _ => false,
    }
}
