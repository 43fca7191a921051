//! From a type to its schema, by schemars.

use std::collections::BTreeMap;

use schemars::generate::{Contract as SchemarsContract, SchemaSettings};
use serde_json::Value;

use super::{Direction, extension, mend};
use crate::{ContractError, ContractErrors, Schema};

/// How a reference to a named schema begins.
pub(crate) const REFERENCE: &str = "#/components/schemas/";

/// A schema with its extensions still in it.
pub(crate) struct Generated {
    pub(crate) root: Value,
    pub(crate) definitions: BTreeMap<String, Value>,
}

pub(crate) fn generate<T: Schema>(direction: Direction) -> Result<Generated, ContractErrors> {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.definitions_path = "/components/schemas".into();
        settings.meta_schema = None;
        settings.contract = match direction {
            Direction::Input => SchemarsContract::Deserialize,
            Direction::Output => SchemarsContract::Serialize,
        };
    });
    let mut generator = settings.into_generator();
    let root = generator.subschema_for::<T>().to_value();
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
        let culprit = origin(name, schema);
        mend::mend(schema, &culprit, direction, &mut errors);
    }
    errors.extend(clashes(&generated.definitions));
    if errors.is_empty() {
        Ok(generated)
    } else {
        Err(ContractErrors::new(errors))
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
fn clashes(definitions: &BTreeMap<String, Value>) -> impl Iterator<Item = ContractError> {
    definitions.iter().filter_map(|(name, schema)| {
        let base = name.trim_end_matches(|c: char| c.is_ascii_digit());
        let first = definitions.get(base).filter(|_| base != name)?;
        let last = |schema: &Value| {
            let path = schema.get(extension::TYPE)?.as_str()?;
            Some(path.rsplit("::").next()?.to_owned())
        };
        // A type that is really called `Guest2` is no clash.
        let (own, other) = (last(schema)?, last(first)?);
        (own == other).then(|| ContractError::Names {
            name: base.to_owned(),
            first: origin(base, first),
            second: origin(name, schema),
        })
    })
}
