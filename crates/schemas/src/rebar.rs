//! Flask-Rebar 3.4.1's error envelope, to the letter.

use std::borrow::Cow;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::{JsonType, Location, Rule, Violation};

/// `{"errors": …, "message": …, "rebar_error_code": …}`; members that have
/// nothing to say are left out.
#[derive(Clone, Debug, PartialEq, Serialize, schemars::JsonSchema)]
#[schemars(rename = "Error", description = "What went wrong.")]
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
    /// An error without fields.
    pub fn new(message: impl Into<String>, code: Option<&'static str>) -> Self {
        Self {
            errors: None,
            message: message.into(),
            rebar_error_code: code.map(Cow::Borrowed),
        }
    }

    /// The envelope of the first section that has violations, in Flask-Rebar's
    /// order: query, body, headers.
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
            Location::Header | Location::Cookie => {
                ("Header parameters are invalid", "header_validation_failed")
            }
        };
        let mut errors = Node::default();
        for violation in violations.iter().filter(|v| v.location == section) {
            let is_general = is_about_the_whole(&violation.rule);
            let pointer = &violation.pointer;
            errors.add(pointer, words(violation), is_general);
        }
        let mut error = Self::new(message, Some(code));
        error.errors = Some(errors.into_value(true));
        error
    }
}

impl crate::Schema for RebarError {}

/// A list that is the whole body is a schema of `many` there, and not a field: it has the words of an object.
fn words(violation: &Violation) -> String {
    match &violation.rule {
        Rule::Type { expected }
            if violation.pointer.is_empty()
                && matches!(
                    expected.first(),
                    Some(JsonType::Array | JsonType::Tuple | JsonType::ObjectArray)
                ) =>
        {
            Rule::kind(JsonType::Object).rebar_message()
        }
        rule => rule.rebar_message(),
    }
}

fn order(location: Location) -> u8 {
    match location {
        Location::Path => 0,
        Location::Query => 1,
        Location::Body => 2,
        Location::Header => 3,
        Location::Cookie => 4,
    }
}

/// What is no object at all is told by the schema that stands there, not by the field that holds it.
fn is_about_the_whole(rule: &Rule) -> bool {
    matches!(rule, Rule::Type { expected } if expected.first() == Some(&JsonType::Object))
}

/// Messages by place.
#[derive(Default)]
struct Node {
    messages: Vec<String>,
    /// Stands under `_general` even where nothing is beside it.
    is_general: bool,
    members: std::collections::BTreeMap<String, Node>,
}

impl Node {
    fn add(&mut self, pointer: &str, message: String, is_general: bool) {
        let mut node = self;
        for token in pointer.split('/').skip(1) {
            let mut name = token.replace("~1", "/").replace("~0", "~");
            // marshmallow's own name for it, which the original renames wherever it stands.
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

    /// One message is its text, several are a list; beside nested members, and
    /// at the root, they stand under `_general`.
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
    use super::*;

    fn errors(pointers: &[(&str, Rule)]) -> Value {
        let violations: Vec<_> = pointers
            .iter()
            .map(|(pointer, rule)| Violation {
                location: Location::Body,
                pointer: (*pointer).to_owned(),
                rule: rule.clone(),
            })
            .collect();
        let error = RebarError::from_violations(&violations);
        error.errors.unwrap_or_default()
    }

    #[test]
    fn marshmallows_own_key_is_renamed_wherever_it_stands() {
        let found = errors(&[
            ("/_schema", Rule::UnknownField),
            ("/a/_schema", Rule::UnknownField),
        ]);
        let expected = serde_json::json!({
            "_general": "Unknown field.", "a": {"_general": "Unknown field."},
        });
        assert_eq!(found, expected);
    }

    #[test]
    fn what_is_no_object_is_told_below_its_field() {
        let kind = |kind| Rule::kind(kind);
        let found = errors(&[
            ("/guest", kind(JsonType::Object)),
            ("/guests/1", kind(JsonType::Object)),
            ("/name", kind(JsonType::String)),
        ]);
        let general = serde_json::json!({"_general": "Invalid input type."});
        let expected = serde_json::json!({
            "guest": general, "guests": {"1": general}, "name": "Not a valid string.",
        });
        assert_eq!(found, expected);
    }
}
