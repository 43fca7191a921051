//! The violations of a request: the rule that is broken, and where.

use std::{
    fmt,
    ops::{Deref, DerefMut},
};

use serde::{
    Serialize, Serializer,
    ser::{Error, SerializeStruct},
};
use serde_json::json;

use crate::Rule;

/// The maximum number of violations of a report; further ones are omitted.
pub const MAX_VIOLATIONS: usize = 100;

/// The section of a request.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, schemars::JsonSchema,
)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Location {
    /// The body.
    Body,
    /// The query string.
    Query,
    /// A header.
    Header,
    /// The path.
    Path,
    /// A cookie.
    Cookie,
}

/// A rule that a request breaks.
///
/// Its JSON form has the members `location`, `pointer` (RFC 6901), `code` (stable, for programs) and `message` (for
/// people).
///
/// ```
/// use purlin_schemas::{Location, Rule, Violation};
///
/// let violation = Violation::new(Location::Body, "/name", Rule::Required);
/// assert_eq!(violation.to_string(), "`/name` is required");
/// assert_eq!(
///     serde_json::to_string(&violation)?,
///     r#"{"location":"body","pointer":"/name","code":"required","message":"is required"}"#
/// );
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Violation {
    /// The section of the request.
    pub location: Location,
    /// The place in the section, as a JSON Pointer; for parameters and headers `/` and the name.
    pub pointer: String,
    /// The rule.
    pub rule: Rule,
}

impl Violation {
    /// Creates a violation.
    #[must_use]
    pub fn new(location: Location, pointer: impl Into<String>, rule: Rule) -> Self {
        Self {
            location,
            pointer: pointer.into(),
            rule,
        }
    }

    /// Creates the violation of an empty body where JSON is required.
    #[must_use]
    pub fn empty_body() -> Self {
        Self::new(Location::Body, "", Rule::EmptyBody)
    }

    /// Creates the violation of a body that is not JSON; line and column (in bytes) are counted from 1.
    #[must_use]
    pub fn malformed_body(line: usize, column: usize, message: &str) -> Self {
        let rule = Rule::MalformedJson {
            line,
            column,
            message: message.to_owned().into(),
        };
        Self::new(Location::Body, "", rule)
    }

    /// Creates the violation of a parameter that is not UTF-8.
    #[must_use]
    pub fn not_utf8(location: Location, pointer: &str) -> Self {
        Self::new(location, pointer, Rule::Encoding)
    }

    /// Returns the rule's stable code, in snake case.
    #[must_use]
    pub fn code(&self) -> &str {
        self.rule.code()
    }

    /// Returns what is wrong, for people.
    #[must_use]
    pub fn message(&self) -> String {
        self.rule.message()
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` {}", self.pointer, self.rule.written())
    }
}

impl Serialize for Violation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.code().is_empty() {
            return Err(S::Error::custom("a violation must have a code"));
        }
        let mut members = serializer.serialize_struct("Violation", 4)?;
        members.serialize_field("location", &self.location)?;
        members.serialize_field("pointer", &self.pointer)?;
        members.serialize_field("code", self.code())?;
        members.serialize_field("message", &self.rule.written())?;
        members.end()
    }
}

impl schemars::JsonSchema for Violation {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Violation".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let location = generator.subschema_for::<Location>();
        let mut schema = schemars::Schema::default();
        schema.insert("type".to_owned(), "object".into());
        schema.insert(
            "description".to_owned(),
            "A rule of the contract that the request breaks.".into(),
        );
        schema.insert(
            "properties".to_owned(),
            json!({
                "location": location,
                "pointer": {
                    "type": "string",
                    "description": "Where in the section: a JSON Pointer (RFC 6901).",
                },
                "code": {
                    "type": "string",
                    "description": "The rule, for programs; stable.",
                },
                "message": {
                    "type": "string",
                    "description": "What is wrong, for people.",
                },
            }),
        );
        schema.insert(
            "required".to_owned(),
            json!(["location", "pointer", "code", "message"]),
        );
        schema
    }
}

/// All violations of a value, at most [`MAX_VIOLATIONS`] per section.
///
/// ```
/// use purlin_schemas::{Location, Rule, Violation, Violations};
///
/// let violations = Violations::from(vec![
///     Violation::new(Location::Body, "/name", Rule::Required),
///     Violation::new(Location::Body, "/age", Rule::UnknownField),
/// ]);
/// assert_eq!(violations.to_string(), "`/name` is required; `/age` unknown field");
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Violations(Vec<Violation>);

impl Violations {
    /// Returns the violations as a `Vec`.
    #[must_use]
    pub fn into_vec(self) -> Vec<Violation> {
        self.0
    }

    /// Removes the violations for which `keep` returns false.
    pub(crate) fn retain(&mut self, keep: impl FnMut(&Violation) -> bool) {
        self.0.retain(keep);
    }
}

impl From<Vec<Violation>> for Violations {
    fn from(violations: Vec<Violation>) -> Self {
        Self(violations)
    }
}

impl From<Violations> for Vec<Violation> {
    fn from(violations: Violations) -> Self {
        violations.0
    }
}

impl Deref for Violations {
    type Target = [Violation];

    fn deref(&self) -> &[Violation] {
        &self.0
    }
}

impl DerefMut for Violations {
    fn deref_mut(&mut self) -> &mut [Violation] {
        &mut self.0
    }
}

impl IntoIterator for Violations {
    type Item = Violation;
    type IntoIter = std::vec::IntoIter<Violation>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'v> IntoIterator for &'v Violations {
    type Item = &'v Violation;
    type IntoIter = std::slice::Iter<'v, Violation>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl fmt::Display for Violations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, violation) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("; ")?;
            }
            violation.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for Violations {}
