//! A type's JSON Schema, as the document states it: made by schemars, then
//! mended wherever it would promise what the server does not do.
//!
//! What lives here: schemas as values. Checking values against them is
//! `contract/`'s business.

mod generate;
mod keys;
mod mend;
mod parameters;

use std::collections::BTreeMap;

use serde_json::Value;

pub(crate) use generate::{Generated, REFERENCE, generate};
pub(crate) use keys::{is_integer_type, note as note_keys};
pub(crate) use mend::width;
pub use parameters::{ListStyle, ParameterDoc, PathShape, parameters, path_shape};

use crate::{Schema, ValidatorErrors};

/// Extensions by which `#[schema]` tells what JSON Schema cannot say; none of
/// them reaches a document.
pub(crate) mod extension {
    /// What the keys of a map are, in either direction.
    pub(crate) const KEYS: &str = "x-purlin-keys";
    /// The name the type asked for; schemars gives a second one of that name another.
    pub(crate) const NAME: &str = "x-purlin-name";
    /// The Rust path of the type, with its arguments.
    pub(crate) const TYPE: &str = "x-purlin-type";
    /// serde buffers what it reads here, so the fast lane cannot be trusted.
    pub(crate) const STRICT: &str = "x-purlin-strict";
    /// How the list is written in text: `comma`.
    pub(crate) const LIST: &str = "x-purlin-list";
    /// The value is a file, and what it may be.
    pub(crate) const FILE: &str = "x-purlin-file";
    /// What all of them begin with.
    pub(crate) const PREFIX: &str = "x-purlin-";
}

/// Which way a value goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// From the client: fields with defaults may be left out.
    Input,
    /// To the client: what is always written is required.
    Output,
}

/// A type's schema and the named schemas it refers to.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct SchemaWithDefinitions {
    /// The schema: for structs and enums `{"$ref": "#/components/schemas/NAME"}`.
    pub root: Value,
    /// Named schemas by name.
    pub definitions: BTreeMap<String, Definition>,
}

impl SchemaWithDefinitions {
    /// A schema that refers to nothing.
    #[must_use]
    pub fn inline(root: Value) -> Self {
        Self {
            root,
            definitions: BTreeMap::new(),
        }
    }
}

/// A named schema.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Definition {
    /// The schema: JSON Schema 2020-12.
    pub schema: Value,
    /// The Rust path of its type, where it is known; for messages.
    pub origin: String,
}

/// The schema of a type.
///
/// # Errors
///
/// Everything about the type that the document cannot say truthfully.
///
/// ```
/// use purlin_schemas::{Direction, describe, schema};
///
/// #[schema]
/// struct Guest {
///     #[garde(length(min = 1))]
///     name: String,
/// }
///
/// let described = describe::<Guest>(Direction::Input)?;
/// assert_eq!(described.root["$ref"], "#/components/schemas/Guest");
/// assert_eq!(described.definitions["Guest"].schema["properties"]["name"]["minLength"], 1);
/// # Ok::<(), purlin_schemas::ValidatorErrors>(())
/// ```
pub fn describe<T: Schema>(direction: Direction) -> Result<SchemaWithDefinitions, ValidatorErrors> {
    let Generated {
        mut root,
        definitions,
    } = generate::<T>(direction)?;
    mend::strip_extensions(&mut root);
    Ok(SchemaWithDefinitions {
        root,
        definitions: named(definitions),
    })
}

fn named(definitions: BTreeMap<String, Value>) -> BTreeMap<String, Definition> {
    definitions
        .into_iter()
        .map(|(name, mut schema)| {
            let origin = generate::origin(&name, &schema);
            mend::strip_extensions(&mut schema);
            (name, Definition { schema, origin })
        })
        .collect()
}
