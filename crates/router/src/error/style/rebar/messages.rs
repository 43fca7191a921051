//! marshmallow's messages for broken rules.

use purlin_schemas::{Composition, JsonType, Rule, Violation};

/// Returns the message marshmallow gives for a violation.
pub(super) fn message(violation: &Violation) -> String {
    match &violation.rule {
        // An array that is the whole body is a schema with `many=True` to marshmallow, not a list field.
        Rule::Type { expected, .. }
            if violation.pointer.is_empty() && expected.first() == Some(&JsonType::Array) =>
        {
            message_of(&Rule::wrong_type(JsonType::Object))
        }
        rule => message_of(rule),
    }
}

/// Returns whether a violation is reported by the nested schema rather than by the field that holds it.
pub(super) fn is_of_schema(rule: &Rule) -> bool {
    matches!(
        rule,
        Rule::Type { expected, composition: None } if expected.first() == Some(&JsonType::Object)
    )
}

/// The message for a rule that marshmallow does not have.
const INVALID: &str = "Invalid value.";

fn message_of(rule: &Rule) -> String {
    match rule {
        Rule::Required => "Missing data for required field.".to_owned(),
        Rule::UnknownField => "Unknown field.".to_owned(),
        Rule::Null => "Field may not be null.".to_owned(),
        Rule::Type {
            expected,
            composition,
        } => wrong_type(expected.first().copied(), *composition).to_owned(),
        Rule::Minimum {
            limit,
            maximum: None,
        } => format!("Must be greater than or equal to {limit}."),
        Rule::Maximum {
            limit,
            minimum: None,
        } => format!("Must be less than or equal to {limit}."),
        Rule::Minimum {
            limit: minimum,
            maximum: Some(maximum),
        }
        | Rule::Maximum {
            limit: maximum,
            minimum: Some(minimum),
        } => format!(
            "Must be greater than or equal to {minimum} and less than or equal to {maximum}."
        ),
        Rule::ExclusiveMinimum { limit } => format!("Must be greater than {limit}."),
        Rule::ExclusiveMaximum { limit } => format!("Must be less than {limit}."),
        Rule::MinLength { limit, maximum } | Rule::MinItems { limit, maximum } => {
            length(Some(*limit), *maximum)
        }
        Rule::MaxLength { limit, minimum } | Rule::MaxItems { limit, minimum } => {
            length(*minimum, Some(*limit))
        }
        Rule::MinProperties { limit } => length(Some(*limit), None),
        Rule::MaxProperties { limit } => length(None, Some(*limit)),
        Rule::Pattern { .. } => "String does not match expected pattern.".to_owned(),
        Rule::Format { format } => wrong_format(format).to_owned(),
        Rule::Enum { allowed } => {
            let allowed: Vec<_> = allowed
                .iter()
                .map(|value| value.trim_matches('"'))
                .collect();
            format!("Must be one of: {}.", allowed.join(", "))
        }
        Rule::Not { .. } => "Invalid input.".to_owned(),
        Rule::Encoding | Rule::Charset { .. } => "Not a valid utf-8 string.".to_owned(),
        // marshmallow has no message for these: it never sees duplicate names.
        Rule::DuplicateField | Rule::DuplicateParameter => {
            "Field may only be given once.".to_owned()
        }
        Rule::Custom { message, .. } => message.to_string(),
        _ => INVALID.to_owned(),
    }
}

fn wrong_type(expected: Option<JsonType>, composition: Option<Composition>) -> &'static str {
    match (expected, composition) {
        (_, Some(Composition::Tuple)) => "Not a valid tuple.",
        (_, Some(Composition::ObjectArray)) => "Invalid type.",
        (_, Some(Composition::Map)) => "Not a valid mapping type.",
        (Some(JsonType::Boolean), _) => "Not a valid boolean.",
        (Some(JsonType::Integer), _) => "Not a valid integer.",
        (Some(JsonType::Number), _) => "Not a valid number.",
        (Some(JsonType::String), _) => "Not a valid string.",
        (Some(JsonType::Array), _) => "Not a valid list.",
        (Some(JsonType::Object), _) => "Invalid input type.",
        _ => INVALID,
    }
}

fn wrong_format(format: &str) -> &'static str {
    match format {
        "email" => "Not a valid email address.",
        "uri" => "Not a valid URL.",
        "uuid" => "Not a valid UUID.",
        "date-time" => "Not a valid datetime.",
        "date" => "Not a valid date.",
        "time" => "Not a valid time.",
        "duration" => "Not a valid period of time.",
        "ipv4" => "Not a valid IPv4 address.",
        "ipv6" => "Not a valid IPv6 address.",
        "ip" | "ipv4 or ipv6" => "Not a valid IP address.",
        _ => INVALID,
    }
}

fn length(minimum: Option<u64>, maximum: Option<u64>) -> String {
    match (minimum, maximum) {
        (Some(minimum), Some(maximum)) if minimum == maximum => {
            format!("Length must be {minimum}.")
        }
        (Some(minimum), Some(maximum)) => {
            format!("Length must be between {minimum} and {maximum}.")
        }
        (Some(minimum), None) => format!("Shorter than minimum length {minimum}."),
        (None, Some(maximum)) => format!("Longer than maximum length {maximum}."),
        (None, None) => INVALID.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_those_of_marshmallow() {
        for (rule, message) in [
            (
                Rule::Minimum {
                    limit: 1.into(),
                    maximum: Some(9.into()),
                },
                "Must be greater than or equal to 1 and less than or equal to 9.",
            ),
            (
                Rule::Maximum {
                    limit: 9.into(),
                    minimum: None,
                },
                "Must be less than or equal to 9.",
            ),
            (
                Rule::ExclusiveMinimum { limit: 1.5.into() },
                "Must be greater than 1.5.",
            ),
            (
                Rule::MinLength {
                    limit: 1,
                    maximum: Some(9),
                },
                "Length must be between 1 and 9.",
            ),
            (
                Rule::MaxItems {
                    limit: 3,
                    minimum: Some(3),
                },
                "Length must be 3.",
            ),
            (
                Rule::MinLength {
                    limit: 1,
                    maximum: None,
                },
                "Shorter than minimum length 1.",
            ),
            (
                Rule::MaxLength {
                    limit: 9,
                    minimum: None,
                },
                "Longer than maximum length 9.",
            ),
            (
                Rule::Enum {
                    allowed: vec!["\"a\"".to_owned(), "2".to_owned()],
                },
                "Must be one of: a, 2.",
            ),
            (
                Rule::Format {
                    format: "email".into(),
                },
                "Not a valid email address.",
            ),
            (
                Rule::Format {
                    format: "ipv4 or ipv6".into(),
                },
                "Not a valid IP address.",
            ),
            (
                Rule::Not {
                    forbidden: vec!["0".to_owned()],
                },
                "Invalid input.",
            ),
            (
                Rule::Custom {
                    code: "even".into(),
                    message: "must be even".into(),
                },
                "must be even",
            ),
            (Rule::Null, "Field may not be null."),
            (Rule::DuplicateField, "Field may only be given once."),
            (Rule::Ambiguous, INVALID),
        ] {
            assert_eq!(message_of(&rule), message);
        }
    }
}
