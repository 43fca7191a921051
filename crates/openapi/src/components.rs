//! Components: the schemas and security schemes that operations refer to by
//! name.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use crate::{SecurityScheme, references::SCHEMA_PREFIX};

/// A JSON Schema 2020-12 value. References have the form
/// `#/components/schemas/NAME`.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Schema(pub Value);

impl Schema {
    /// Creates a reference to a component schema.
    #[must_use]
    pub fn reference(name: &str) -> Self {
        Self(serde_json::json!({ "$ref": format!("{SCHEMA_PREFIX}{name}") }))
    }
}

/// Schemas and security schemes by name (OpenAPI 3.1.1 section 4.8.7).
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Components {
    /// The schemas by name.
    pub schemas: BTreeMap<String, Schema>,
    /// The security schemes by name.
    pub security_schemes: BTreeMap<String, SecurityScheme>,
    origins: BTreeMap<String, String>,
}

/// Two different schemas with the same name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the schema name `{name}` is used for two different schemas, of {first} and of {second}; rename one of them"
)]
#[non_exhaustive]
pub struct NameClash {
    /// The name.
    pub name: String,
    /// The origin of the first schema.
    pub first: String,
    /// The origin of the second schema.
    pub second: String,
}

impl Components {
    /// Returns the origin of a schema, as given to
    /// [`add_schema`](Self::add_schema).
    #[must_use]
    pub fn origin(&self, name: &str) -> Option<&str> {
        self.origins.get(name).map(String::as_str)
    }

    /// Adds a schema under a name. An equal schema may be added again. `origin`
    /// identifies the schema in error messages, for example by its Rust type.
    ///
    /// # Errors
    ///
    /// Returns [`NameClash`] if a different schema has the name; the first
    /// schema is kept.
    pub fn add_schema(
        &mut self,
        name: impl Into<String>,
        schema: Schema,
        origin: &str,
    ) -> Result<(), NameClash> {
        let name = name.into();
        match self.schemas.get(&name) {
            None => {
                self.origins.insert(name.clone(), origin.to_owned());
                self.schemas.insert(name, schema);
                Ok(())
            }
            Some(known) if *known == schema => Ok(()),
            Some(_) => Err(NameClash {
                first: self.origins.get(&name).cloned().unwrap_or_default(),
                second: origin.to_owned(),
                name,
            }),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.schemas.is_empty() && self.security_schemes.is_empty()
    }
}
