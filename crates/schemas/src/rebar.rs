//! Flask-Rebar 3.4.1's error envelope, to the letter.

use std::borrow::Cow;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::{Location, Violation};

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
            errors.add(&violation.pointer, violation.rule.rebar_message());
        }
        let mut error = Self::new(message, Some(code));
        error.errors = Some(errors.into_value(true));
        error
    }
}

impl crate::Schema for RebarError {}

fn order(location: Location) -> u8 {
    match location {
        Location::Path => 0,
        Location::Query => 1,
        Location::Body => 2,
        Location::Header => 3,
        Location::Cookie => 4,
    }
}

/// Messages by place.
#[derive(Default)]
struct Node {
    messages: Vec<String>,
    members: std::collections::BTreeMap<String, Node>,
}

impl Node {
    fn add(&mut self, pointer: &str, message: String) {
        let mut node = self;
        for token in pointer.split('/').skip(1) {
            let name = token.replace("~1", "/").replace("~0", "~");
            node = node.members.entry(name).or_default();
        }
        if !node.messages.contains(&message) {
            node.messages.push(message);
        }
    }

    /// One message is its text, several are a list; beside nested members, and
    /// at the root, they stand under `_general`.
    fn into_value(self, is_root: bool) -> Value {
        let mut messages = self.messages;
        let own = match messages.len() {
            0 => None,
            1 => messages.pop().map(Value::String),
            _ => Some(Value::from(messages)),
        };
        match own {
            Some(own) if self.members.is_empty() && !is_root => own,
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
