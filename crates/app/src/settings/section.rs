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

/// Returns whether values of this schema are texts.
pub(super) fn is_text(schema: &Value) -> bool {
    match schema.get("type") {
        Some(Value::String(kind)) => kind == "string",
        Some(Value::Array(kinds)) => kinds.iter().any(|kind| kind == "string"),
        _ => false,
    }
}
