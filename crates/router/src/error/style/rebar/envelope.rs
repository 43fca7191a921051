//! The body: Flask-Rebar 3.4.1's error envelope.

use std::{borrow::Cow, collections::BTreeMap};

use purlin_schemas::{Location, Schema, Violation, schemars};
use serde::Serialize;
use serde_json::{Map, Value};

use super::messages;

/// Flask-Rebar's error body: `{"errors": …, "message": …, "rebar_error_code": …}`.
///
/// Empty members are omitted.
#[derive(Clone, Debug, PartialEq, Serialize, schemars::JsonSchema)]
#[schemars(crate = "schemars", rename = "Error", description = "What went wrong.")]
#[non_exhaustive]
pub struct RebarError {
    /// What is wrong with each field: a text, a list of texts, or, for nested
    /// fields, such an object again.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Map<String, Value>")]
    pub errors: Option<Value>,
    /// What is wrong, for people.
    pub message: String,
    /// What is wrong, for programs.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    pub rebar_error_code: Option<Cow<'static, str>>,
}

impl RebarError {
    /// Creates an error without messages of fields.
    #[must_use]
    pub fn new(message: impl Into<String>, code: Option<&'static str>) -> Self {
        Self {
            errors: None,
            message: message.into(),
            rebar_error_code: code.map(Cow::Borrowed),
        }
    }

    /// Creates the envelope of the first section that has violations, in Flask-Rebar's order: path, query, body,
    /// headers.
    #[must_use]
    pub fn from_violations(violations: &[Violation]) -> Self {
        let section = violations
            .iter()
            .map(|violation| violation.location)
            .min_by_key(|location| order(*location))
            .unwrap_or(Location::Body);
        let (message, code) = match section {
            Location::Path => (
                "Path parameters are invalid.",
                "path_parameters_validation_failed",
            ),
            Location::Query => (
                "Query string parameters are invalid.",
                "query_string_validation_failed",
            ),
            Location::Body => (
                "JSON body parameters are invalid.",
                "body_validation_failed",
            ),
            Location::Cookie => ("Cookies are invalid", "cookie_validation_failed"),
            _ => ("Header parameters are invalid", "header_validation_failed"),
        };
        let mut errors = Node::default();
        for violation in violations.iter().filter(|v| v.location == section) {
            errors.add(
                &violation.pointer,
                messages::message(violation),
                messages::is_of_schema(&violation.rule),
            );
        }
        let mut error = Self::new(message, Some(code));
        error.errors = Some(errors.into_value(true));
        error
    }
}

impl Schema for RebarError {}

fn order(location: Location) -> u8 {
    match location {
        Location::Path => 0,
        Location::Query => 1,
        Location::Body => 2,
        Location::Header => 3,
        _ => 4,
    }
}

/// Messages, arranged as the value is.
#[derive(Default)]
struct Node {
    messages: Vec<String>,
    /// Whether the messages are written under `_general` even without members.
    is_general: bool,
    members: BTreeMap<String, Node>,
}

impl Node {
    fn add(&mut self, pointer: &str, message: String, is_general: bool) {
        let mut node = self;
        for token in pointer.split('/').skip(1) {
            let mut name = token.replace("~1", "/").replace("~0", "~");
            // Flask-Rebar renames marshmallow's key everywhere.
            if name == "_schema" {
                name = "_general".to_owned();
            }
            node = node.members.entry(name).or_default();
        }
        node.is_general |= is_general;
        if !node.messages.contains(&message) {
            node.messages.push(message);
        }
    }

    /// Converts one message to its text and several to a list; beside nested members and at the root, they are the
    /// member `_general`.
    fn into_value(self, is_root: bool) -> Value {
        let is_general = is_root || self.is_general;
        let mut messages = self.messages;
        let own = match messages.len() {
            0 => None,
            1 => messages.pop().map(Value::String),
            _ => Some(Value::from(messages)),
        };
        match own {
            Some(own) if self.members.is_empty() && !is_general => own,
            own => {
                let mut members = Map::new();
                members.extend(own.map(|own| ("_general".to_owned(), own)));
                for (name, node) in self.members {
                    members.insert(name, node.into_value(false));
                }
                Value::Object(members)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use purlin_schemas::{JsonType, Rule};
    use serde_json::json;

    use super::*;

    fn violation(location: Location, pointer: &str, rule: Rule) -> Violation {
        Violation::new(location, pointer, rule)
    }

    fn errors(violations: &[(&str, Rule)]) -> Value {
        let violations: Vec<_> = violations
            .iter()
            .map(|(pointer, rule)| violation(Location::Body, pointer, rule.clone()))
            .collect();
        let error = RebarError::from_violations(&violations);
        error.errors.unwrap_or_default()
    }

    #[test]
    fn marshmallows_schema_key_is_renamed_everywhere() {
        let found = errors(&[
            ("/_schema", Rule::UnknownField),
            ("/a/_schema", Rule::UnknownField),
        ]);
        let expected = json!({
            "_general": "Unknown field.", "a": {"_general": "Unknown field."},
        });
        assert_eq!(found, expected);
    }

    #[test]
    fn a_value_that_is_no_object_is_reported_by_the_nested_schema() {
        let found = errors(&[
            ("/guest", Rule::wrong_type(JsonType::Object)),
            ("/guests/1", Rule::wrong_type(JsonType::Object)),
            ("/name", Rule::wrong_type(JsonType::String)),
        ]);
        let general = json!({"_general": "Invalid input type."});
        let expected = json!({
            "guest": general, "guests": {"1": general}, "name": "Not a valid string.",
        });
        assert_eq!(found, expected);
    }

    #[test]
    fn nested_errors_are_written_as_flask_rebar_writes_them() {
        let integer = || Rule::wrong_type(JsonType::Integer);
        let error = RebarError::from_violations(&[
            violation(Location::Body, "/bam", Rule::UnknownField),
            violation(Location::Body, "/foo", Rule::Required),
            violation(Location::Body, "/nested/unexpected", Rule::UnknownField),
            violation(Location::Body, "/nested/baz/0", integer()),
            violation(Location::Body, "/nested/baz/1", integer()),
        ]);
        assert_eq!(
            serde_json::to_string(&error).unwrap(),
            concat!(
                r#"{"errors":{"bam":"Unknown field.","foo":"Missing data for required field.","#,
                r#""nested":{"baz":{"0":"Not a valid integer.","1":"Not a valid integer."},"#,
                r#""unexpected":"Unknown field."}},"message":"JSON body parameters are invalid.","#,
                r#""rebar_error_code":"body_validation_failed"}"#
            )
        );
    }

    #[test]
    fn several_messages_of_one_field_are_a_list() {
        let pattern = "^a$".into();
        let found = errors(&[
            ("/a", Rule::wrong_type(JsonType::String)),
            ("/a", Rule::Pattern { pattern }),
            ("", Rule::wrong_type(JsonType::Object)),
        ]);
        let expected = json!({
            "_general": "Invalid input type.",
            "a": ["Not a valid string.", "String does not match expected pattern."],
        });
        assert_eq!(found, expected);
    }

    #[test]
    fn the_first_invalid_section_is_reported() {
        let error = RebarError::from_violations(&[
            violation(Location::Header, "/h", Rule::Required),
            violation(Location::Body, "/b", Rule::Required),
            violation(Location::Query, "/q", Rule::Required),
        ]);
        assert_eq!(error.message, "Query string parameters are invalid.");
        let expected = json!({"q": "Missing data for required field."});
        assert_eq!(error.errors, Some(expected));
    }
}
