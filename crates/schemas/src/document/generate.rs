//! From a type to its schema, by schemars.

use std::collections::BTreeMap;

use schemars::generate::{Contract as SchemarsContract, SchemaSettings};
use serde_json::Value;

use super::{Direction, extension, mend};
use crate::{Schema, ValidatorError, ValidatorErrors};

/// How a reference to a named schema begins.
pub(crate) const REFERENCE: &str = "#/components/schemas/";

/// A schema with its extensions still in it.
pub(crate) struct Generated {
    pub(crate) root: Value,
    pub(crate) definitions: BTreeMap<String, Value>,
}

pub(super) fn settings(direction: Direction) -> SchemaSettings {
    SchemaSettings::draft2020_12().with(|settings| {
        settings.definitions_path = "/components/schemas".into();
        settings.meta_schema = None;
        settings.contract = match direction {
            Direction::Input => SchemarsContract::Deserialize,
            Direction::Output => SchemarsContract::Serialize,
        };
    })
}

pub(crate) fn generate<T: Schema>(direction: Direction) -> Result<Generated, ValidatorErrors> {
    let mut generator = settings(direction).into_generator();
    let mut root = generator.subschema_for::<T>().to_value();
    if let Some(members) = root.as_object_mut() {
        T::note_keys(members);
    }
    let definitions = generator.take_definitions(true);
    let mut generated = Generated {
        root,
        definitions: definitions.into_iter().collect(),
    };

    let mut errors = Vec::new();
    mend::mend(
        &mut generated.root,
        std::any::type_name::<T>(),
        direction,
        &mut errors,
    );
    for (name, schema) in &mut generated.definitions {
        let subject = origin(name, schema);
        mend::mend(schema, &subject, direction, &mut errors);
    }
    errors.extend(clashes(&generated.definitions));
    errors.extend(illegal_names(&generated.definitions));
    if errors.is_empty() {
        Ok(generated)
    } else {
        Err(ValidatorErrors::new(errors))
    }
}

/// The Rust path of a named schema's type, or its name where that is unknown.
pub(super) fn origin(name: &str, schema: &Value) -> String {
    match schema.get(extension::TYPE).and_then(Value::as_str) {
        Some(path) => format!("`{path}`"),
        None => format!("`{name}`"),
    }
}

/// schemars gives the second type of one name a number: `Guest2`. Clients
/// would see a name nobody gave.
fn clashes(definitions: &BTreeMap<String, Value>) -> impl Iterator<Item = ValidatorError> {
    definitions.iter().filter_map(|(name, schema)| {
        let asked_for = schema.get(extension::NAME)?.as_str()?;
        if asked_for == name {
            return None;
        }
        Some(ValidatorError::Names {
            name: asked_for.to_owned(),
            first: origin(asked_for, definitions.get(asked_for)?),
            second: origin(name, schema),
        })
    })
}

/// What a component may be called (OpenAPI 3.1.1 section 4.8.7). `#[schema]`
/// sees to its own names; those of others, and of arguments, are seen here.
fn illegal_names(definitions: &BTreeMap<String, Value>) -> impl Iterator<Item = ValidatorError> {
    let is_legal = |c: char| c.is_ascii_alphanumeric() || ".-_".contains(c);
    let illegal = definitions
        .iter()
        .filter(move |(name, _)| name.is_empty() || !name.chars().all(is_legal));
    illegal.map(|(name, schema)| ValidatorError::Schema {
        subject: origin(name, schema),
        reason: format!(
            "`{name}` cannot be the name of a schema, which is letters, digits, `.`, `-` and `_`; rename it with `#[schema(rename = \"…\")]`"
        ),
    })
}
