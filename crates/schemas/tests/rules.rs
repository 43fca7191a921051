//! Codes and words of rules, the two error bodies, and pointers.

use purlin_schemas::{InstanceLocation, JsonType, Location, Problem, RebarError, Rule, Violation};
use serde_json::{Value, json};

fn violation(location: Location, pointer: &str, rule: Rule) -> Violation {
    Violation {
        location,
        pointer: pointer.to_owned(),
        rule,
    }
}

#[test]
fn flask_rebars_complex_errors_are_represented() {
    let integer = || Rule::kind(JsonType::Integer);
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
    let error = RebarError::from_violations(&[
        violation(Location::Body, "/a", Rule::kind(JsonType::String)),
        violation(
            Location::Body,
            "/a",
            Rule::Pattern {
                pattern: "^a$".into(),
            },
        ),
        violation(Location::Body, "", Rule::kind(JsonType::Object)),
    ]);
    assert_eq!(
        error.errors,
        Some(json!({
            "_general": "Invalid input type.",
            "a": ["Not a valid string.", "String does not match expected pattern."],
        }))
    );
}

#[test]
fn the_first_failing_section_speaks() {
    let error = RebarError::from_violations(&[
        violation(Location::Header, "/h", Rule::Required),
        violation(Location::Body, "/b", Rule::Required),
        violation(Location::Query, "/q", Rule::Required),
    ]);
    assert_eq!(error.message, "Query string parameters are invalid.");
    assert_eq!(
        error.errors,
        Some(json!({"q": "Missing data for required field."}))
    );
}

#[test]
fn bounds_are_worded_as_marshmallow_words_them() {
    for (rule, words) in [
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
        (Rule::Null, "Field may not be null."),
    ] {
        assert_eq!(rule.rebar_message(), words);
    }
}

#[test]
fn our_words_count_correctly() {
    let words = |limit| {
        Rule::MinItems {
            limit,
            maximum: None,
        }
        .message()
    };
    assert_eq!(words(1), "has to have at least 1 item");
    assert_eq!(words(2), "has to have at least 2 items");
    let kinds = Rule::Type {
        expected: vec![JsonType::Integer, JsonType::String],
    };
    assert_eq!(kinds.message(), "has to be an integer or a string");
}

#[test]
fn pointers_escape_what_rfc_6901_escapes() {
    let list = InstanceLocation::ROOT.field("a/b");
    let item = list.index(3);
    assert_eq!(item.field("~").pointer(), "/a~1b/3/~0");
    assert_eq!(InstanceLocation::ROOT.pointer(), "");
}

#[test]
fn a_problem_says_only_what_it_has_to_say() {
    let mut problem = Problem::new(404, "Not Found");
    assert_eq!(
        serde_json::to_value(&problem).unwrap(),
        json!({"type": "about:blank", "title": "Not Found", "status": 404})
    );
    problem
        .violations
        .push(violation(Location::Path, "/id", Rule::Encoding));
    let json: Value = serde_json::to_value(&problem).unwrap();
    assert_eq!(
        json["violations"][0],
        json!({
            "location": "path",
            "pointer": "/id",
            "code": "encoding",
            "message": "is not text in UTF-8, properly encoded",
        })
    );
}
