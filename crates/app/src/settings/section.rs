//! What a section of the settings is: a struct that can be read, written and described.

use purlin_router::schemas::schemars::{JsonSchema, generate::SchemaSettings};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

/// A section of the settings: any struct with serde's traits, `JsonSchema` and a default.
///
/// Doc comments say what each setting means, in the commented example, the table and the JSON Schema alike. A setting
/// whose schema is `writeOnly` is a secret: it is never printed.
pub trait Section: DeserializeOwned + Serialize + JsonSchema + Default {}

impl<T: DeserializeOwned + Serialize + JsonSchema + Default> Section for T {}

/// A section that was taken.
#[derive(Debug)]
pub(crate) struct Declared {
    pub(crate) name: String,
    /// Its JSON Schema, with nothing referred to.
    pub(crate) schema: Value,
    /// The value that was read; null where it cannot be written.
    pub(crate) value: Value,
}

impl Declared {
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

/// The schemas of a struct's fields.
pub(crate) fn fields(schema: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let properties = schema.get("properties").and_then(Value::as_object);
    let fields = properties.into_iter().flatten();
    fields.map(|(name, schema)| (name.as_str(), schema))
}

/// The schema of a map's values.
pub(crate) fn entries(schema: &Value) -> Option<&Value> {
    schema
        .get("additionalProperties")
        .filter(|it| it.is_object())
}

/// Whether values of this schema are never shown.
pub(crate) fn is_secret(schema: &Value) -> bool {
    schema.get("writeOnly") == Some(&Value::Bool(true))
}

/// Whether values of this schema are texts.
pub(super) fn is_text(schema: &Value) -> bool {
    match schema.get("type") {
        Some(Value::String(kind)) => kind == "string",
        Some(Value::Array(kinds)) => kinds.iter().any(|kind| kind == "string"),
        _ => false,
    }
}
