//! Specification extensions: members whose names start with `x-`.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

/// Specification extensions: members whose names start with `x-` (OpenAPI 3.1.1
/// section 4.9). Other names are rejected.
///
/// ```
/// use purlin_openapi::Info;
///
/// let mut info = Info::new("Greetings", "1.0.0");
/// info.extensions.insert("x-audience", "company-internal")?;
/// assert!(info.extensions.insert("audience", "everybody").is_err());
/// # Ok::<(), purlin_openapi::ExtensionNameError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Extensions(BTreeMap<String, Value>);

/// A name that does not start with `x-`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the name of the extension `{0}` does not start with `x-`")]
pub struct ExtensionNameError(String);

impl Extensions {
    /// Adds a member. It replaces an existing one.
    ///
    /// # Errors
    ///
    /// Returns [`ExtensionNameError`] if the name does not start with `x-`.
    pub fn insert(
        &mut self,
        name: impl Into<String>,
        value: impl Into<Value>,
    ) -> Result<(), ExtensionNameError> {
        let name = name.into();
        if !name.starts_with("x-") {
            return Err(ExtensionNameError(name));
        }
        self.0.insert(name, value.into());
        Ok(())
    }

    /// Returns the value of a member.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// Returns all members in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// Returns whether there are no members.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
