//! Generating the schema of a type, by schemars.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{
    Definition, REFERENCE, SchemaWithDefinitions, compose::compose, foreign, normalize::Normalizer,
    origin::origin, strip,
};
use crate::{Direction, Schema, ValidatorError, ValidatorErrors, extension};

/// The schema of a type as it is generated, with the extension keywords that validators and parameters need.
///
/// It is generated once per type and direction; the document's schema, the
/// [`Validator`](crate::Validator::compile) and the parameters are derived from it.
#[derive(Clone, Debug)]
pub struct GeneratedSchema {
    pub(crate) type_name: &'static str,
    pub(crate) root: Value,
    pub(crate) definitions: BTreeMap<String, Value>,
}

impl GeneratedSchema {
    /// Generates the schema of `T`.
    ///
    /// # Errors
    ///
    /// Everything about the type that a document cannot state truthfully.
    pub fn of<T: Schema>(direction: Direction) -> Result<Self, ValidatorErrors> {
        let mut generator = direction.settings().into_generator();
        let mut root = generator.subschema_for::<T>().to_value();
        if let Some(members) = root.as_object_mut() {
            T::note_keys(members);
        }
        let mut definitions: BTreeMap<String, Value> =
            generator.take_definitions(true).into_iter().collect();
        let type_name = std::any::type_name::<T>();

        let mut errors = Vec::new();
        let mut normalizer = Normalizer::new(direction, &mut errors);
        normalizer.normalize(&mut root, type_name.to_owned());
        let mut indescribable = Vec::new();
        for (name, schema) in &mut definitions {
            let subject = origin(name, schema);
            if let Err(reason) = foreign::close_named(name, schema) {
                indescribable.push(ValidatorError::Schema {
                    subject: subject.clone(),
                    reason: reason.to_owned(),
                });
            }
            normalizer.normalize(schema, subject);
        }
        errors.extend(indescribable);
        compose(
            direction,
            &mut root,
            &mut definitions,
            type_name,
            &mut errors,
        );
        errors.extend(clashes(&definitions));
        errors.extend(illegal_names(&definitions));
        if !errors.is_empty() {
            return Err(ValidatorErrors::new(errors));
        }
        Ok(Self {
            type_name,
            root,
            definitions,
        })
    }

    /// Returns the schema as a document states it.
    #[must_use]
    pub fn describe(&self) -> SchemaWithDefinitions {
        let mut root = self.root.clone();
        strip::strip_extensions(&mut root);
        let definitions = self.definitions.iter();
        SchemaWithDefinitions {
            root,
            definitions: definitions
                .map(|(name, schema)| (name.clone(), definition(name, schema)))
                .collect(),
        }
    }

    /// Returns the schema a reference leads to, or the schema itself.
    pub(super) fn resolve<'s>(&'s self, schema: &'s Value) -> &'s Value {
        let mut schema = schema;
        // References to references are few, and circles of them are rejected elsewhere.
        for _ in 0..16 {
            match self.target(schema) {
                Some((_, definition)) => schema = definition,
                None => break,
            }
        }
        schema
    }

    /// Returns the named schema a schema refers to.
    pub(super) fn target(&self, schema: &Value) -> Option<(&str, &Value)> {
        let to = schema.get("$ref")?.as_str()?;
        let (name, definition) = self
            .definitions
            .get_key_value(to.strip_prefix(REFERENCE)?)?;
        Some((name, definition))
    }
}

/// Returns a named schema as a document states it.
pub(super) fn definition(name: &str, schema: &Value) -> Definition {
    let origin = origin(name, schema);
    let mut schema = schema.clone();
    strip::strip_extensions(&mut schema);
    Definition { schema, origin }
}

/// Reports types of one name: schemars appends a number to the second one (`Guest2`), a name no author has chosen.
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

/// Reports names a component must not have (OpenAPI 3.1.1 section 4.8.7). `#[schema]` checks its own names; those of
/// other types and of generic arguments are checked here.
fn illegal_names(definitions: &BTreeMap<String, Value>) -> impl Iterator<Item = ValidatorError> {
    let is_legal = |c: char| c.is_ascii_alphanumeric() || ".-_".contains(c);
    let illegal = definitions
        .iter()
        .filter(move |(name, _)| name.is_empty() || !name.chars().all(is_legal));
    illegal.map(|(name, schema)| ValidatorError::Schema {
        subject: origin(name, schema),
        reason: format!(
            "`{name}` is not a valid schema name (letters, digits, `.`, `-` and `_`); rename it with `#[schema(rename = \"…\")]`"
        ),
    })
}
