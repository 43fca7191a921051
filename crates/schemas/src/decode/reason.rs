//! Why serde rejects a value in which neither the validator nor the checks have found a violation.
//!
//! serde's messages are about Rust types and change between versions; they are parsed for the reason and never shown to
//! clients. Messages of the type's own deserializer (`TryFrom`, a handwritten `Deserialize`) are shown unchanged.

use serde_json::Value;

use crate::instance::ReadError;
use crate::{InstanceLocation, JsonType, Location, Rule, Violation};

/// Returns the violation of an instance that serde rejects though it satisfies the schema.
pub(super) fn of(location: Location, error: ReadError) -> Violation {
    let ReadError {
        mut pointer,
        message,
    } = error;
    let (rule, member) = rule_of(&message);
    if let Some(member) = member {
        let member = InstanceLocation::ROOT.field(member).pointer();
        // An unknown member is recorded where its name is read.
        if rule != Rule::UnknownField || !pointer.ends_with(&member) {
            pointer.push_str(&member);
        }
    }
    Violation {
        location,
        pointer,
        rule,
    }
}

/// Returns the rule for a message of serde, and the member it is about, where that is another one.
fn rule_of(message: &str) -> (Rule, Option<&str>) {
    let message = without_position(message);
    let member = |start: &str| message.strip_prefix(start).and_then(first_quoted);
    if let Some(name) = member("missing field ") {
        return (Rule::Required, Some(name));
    }
    if let Some(name) = member("unknown field ") {
        return (Rule::UnknownField, Some(name));
    }
    if let Some(name) = member("duplicate field ") {
        return (Rule::DuplicateField, Some(name));
    }
    let rule = if message.starts_with("unknown variant ") {
        known_variants(message)
    } else if message.starts_with("data did not match any variant of untagged enum ")
        || message.starts_with("no variant of enum ")
    {
        Rule::OneOf
    } else if message == "duplicate key" {
        Rule::DuplicateField
    } else if message.starts_with("invalid value: expected key to be a number") {
        Rule::wrong_type(JsonType::Number)
    } else if let Some((found, expected)) = found_and_expected(message) {
        wrong_value(found, expected)
    } else if message.is_empty() {
        Rule::Invalid
    } else {
        Rule::Custom {
            code: "invalid".into(),
            message: message.to_owned().into(),
        }
    };
    (rule, None)
}

/// Parses `invalid type: string "x", expected a boolean` and similar messages.
fn found_and_expected(message: &str) -> Option<(&str, &str)> {
    ["invalid type: ", "invalid value: ", "invalid length "]
        .iter()
        .find_map(|start| message.strip_prefix(start))
        // The value found is quoted and may contain the same text.
        .and_then(|rest| rest.rsplit_once(", expected "))
}

/// Returns the rule for what serde expected.
fn wrong_value(found: &str, expected: &str) -> Rule {
    let bounds: (i128, i128) = match expected {
        "i8" => (i8::MIN.into(), i8::MAX.into()),
        "i16" => (i16::MIN.into(), i16::MAX.into()),
        "i32" => (i32::MIN.into(), i32::MAX.into()),
        "i64" | "isize" => (i64::MIN.into(), i64::MAX.into()),
        "u8" => (0, u8::MAX.into()),
        "u16" => (0, u16::MAX.into()),
        "u32" => (0, u32::MAX.into()),
        "u64" | "usize" => (0, u64::MAX.into()),
        "a boolean" => return Rule::wrong_type(JsonType::Boolean),
        "f32" | "f64" => return Rule::wrong_type(JsonType::Number),
        _ => return Rule::Invalid,
    };
    let integer = found
        .strip_prefix("integer ")
        .and_then(first_quoted)
        .and_then(|digits| digits.parse::<i128>().ok());
    let limit = |bound| serde_json::Number::from_i128(bound).map(crate::rule::Limit::new);
    let broken = match integer {
        Some(integer) if integer < bounds.0 => limit(bounds.0).map(|limit| Rule::Minimum {
            limit,
            maximum: None,
        }),
        Some(integer) if integer > bounds.1 => limit(bounds.1).map(|limit| Rule::Maximum {
            limit,
            minimum: None,
        }),
        _ => None,
    };
    broken.unwrap_or_else(|| Rule::wrong_type(JsonType::Integer))
}

/// Returns the variants of "unknown variant `x`, expected one of `a`, `b`".
fn known_variants(message: &str) -> Rule {
    let expected = message.rsplit_once(", expected ").map(|(_, names)| names);
    let names = expected.unwrap_or_default().split('`').skip(1).step_by(2);
    let allowed: Vec<String> = names.map(|name| Value::from(name).to_string()).collect();
    if allowed.is_empty() {
        Rule::Invalid
    } else {
        Rule::Enum { allowed }
    }
}

fn first_quoted(text: &str) -> Option<&str> {
    text.strip_prefix('`')?.split('`').next()
}

/// Removes the position from a message: keys are parsed as separate texts, which the client did not send.
fn without_position(message: &str) -> &str {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let Some((before, position)) = message.rsplit_once(" at line ") else {
        return message;
    };
    match position.split_once(" column ") {
        Some((line, column)) if is_number(line) && is_number(column) => before,
        _ => message,
    }
}
