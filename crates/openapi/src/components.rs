//! What operations refer to by name.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use crate::{SecurityScheme, references::SCHEMA_PREFIX};

/// A JSON Schema 2020-12 value; references are `#/components/schemas/NAME`.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Schema(pub Value);

impl Schema {
    /// A reference to a component schema.
    #[must_use]
    pub fn reference(name: &str) -> Self {
        Self(serde_json::json!({ "$ref": format!("{SCHEMA_PREFIX}{name}") }))
    }
}

/// Schemas and security schemes by name (OpenAPI 3.1.1 section 4.8.7).
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Components {
    /// Schemas by name.
    pub schemas: BTreeMap<String, Schema>,
    /// Security schemes by name.
    pub security_schemes: BTreeMap<String, SecurityScheme>,
    origins: BTreeMap<String, String>,
}

/// Two different schemas of one name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the schema name `{name}` stands for two different schemas, of {first} and of {second}; rename one of them"
)]
#[non_exhaustive]
pub struct NameClash {
    /// The name.
    pub name: String,
    /// Where the schema that has it comes from.
    pub first: String,
    /// Where the other comes from.
    pub second: String,
}

impl Components {
    /// Where the schema of a name comes from, as [`add_schema`](Self::add_schema)
    /// was told.
    #[must_use]
    pub fn origin(&self, name: &str) -> Option<&str> {
        self.origins.get(name).map(String::as_str)
    }

    /// Adds a schema under a name. An equal schema may be added again.
    ///
    /// # Errors
    ///
    /// [`NameClash`] when the name stands for a different schema; the first
    /// one stays. `origin` is what the error calls the schema by: its type.
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
