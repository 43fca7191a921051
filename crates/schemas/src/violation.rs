//! A rule of the contract that a request breaks, and where.

use serde::{
    Serialize, Serializer,
    ser::{Error, SerializeStruct},
};
use serde_json::json;

use crate::Rule;

/// The section of a request.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, schemars::JsonSchema,
)]
#[serde(rename_all = "lowercase")]
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

/// A rule of the contract that a request breaks.
///
/// Written as JSON it has the members `location`, `pointer` (RFC 6901), `code`
/// (stable, for programs) and `message` (for people).
///
/// ```
/// use purlin_schemas::{Location, Rule, Violation};
///
/// let violation = Violation {
///     location: Location::Body,
///     pointer: "/name".to_owned(),
///     rule: Rule::Required,
/// };
/// assert_eq!(
///     serde_json::to_string(&violation)?,
///     r#"{"location":"body","pointer":"/name","code":"required","message":"is required"}"#
/// );
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Violation {
    /// The section of the request.
    pub location: Location,
    /// Where in the section: a JSON Pointer; for parameters and headers `/` and the name.
    pub pointer: String,
    /// The rule.
    pub rule: Rule,
}

impl Violation {
    /// The body is empty where JSON is required.
    #[must_use]
    pub fn empty_body() -> Self {
        Self {
            location: Location::Body,
            pointer: String::new(),
            rule: Rule::EmptyBody,
        }
    }

    /// The body is not JSON; line and column (in bytes) are counted from 1.
    #[must_use]
    pub fn malformed_body(line: usize, column: usize, message: &str) -> Self {
        Self {
            location: Location::Body,
            pointer: String::new(),
            rule: Rule::MalformedJson {
                line,
                column,
                message: message.to_owned().into(),
            },
        }
    }

    /// A parameter's bytes are not text in UTF-8.
    #[must_use]
    pub fn not_utf8(location: Location, pointer: &str) -> Self {
        Self {
            location,
            pointer: pointer.to_owned(),
            rule: Rule::Encoding,
        }
    }

    /// The rule's stable code, in snake case.
    #[must_use]
    pub fn code(&self) -> &str {
        self.rule.code()
    }

    /// What is wrong, for people.
    #[must_use]
    pub fn message(&self) -> String {
        self.rule.message()
    }
}

impl Serialize for Violation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.code().is_empty() {
            return Err(S::Error::custom("a violation has to have a code"));
        }
        let mut members = serializer.serialize_struct("Violation", 4)?;
        members.serialize_field("location", &self.location)?;
        members.serialize_field("pointer", &self.pointer)?;
        members.serialize_field("code", self.code())?;
        members.serialize_field("message", &self.message())?;
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
