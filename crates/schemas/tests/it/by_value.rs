//! `#[schema(by_value)]`: enums that are integers on the wire.

use std::collections::BTreeMap;

use purlin_schemas::{DecodeError, Direction, decode, describe, schema};
use serde_json::json;

/// The urgency.
#[schema(by_value)]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(i8)]
enum Priority {
    Never = -1,
    Low = 1,
    High = 1 << 4,
    Higher,
}

#[schema]
#[derive(Debug, PartialEq)]
struct Task {
    priority: Priority,
    others: Option<Vec<Priority>>,
}

#[test]
fn values_are_integers_on_the_wire() {
    let text = r#"{"priority":17,"others":[-1,1]}"#;
    let task: Task = decode(text.as_bytes()).unwrap();
    let expected = Task {
        priority: Priority::Higher,
        others: Some(vec![Priority::Never, Priority::Low]),
    };
    assert_eq!(task, expected);
    assert_eq!(serde_json::to_string(&task).unwrap(), text);
    // An integer is one however it is written (JSON Schema 2020-12, core, section 4.2.3).
    let task: Task = decode(br#"{"priority":16.0}"#).unwrap();
    assert_eq!(task.priority, Priority::High);
}

#[test]
fn other_values_are_rejected() {
    for (value, code) in [
        ("2", "enum"),
        ("300", "enum"),
        ("\"1\"", "type"),
        ("\"Low\"", "type"),
        ("1.5", "type"),
        ("null", "null"),
    ] {
        let body = format!(r#"{{"priority":{value}}}"#);
        let Err(DecodeError::Invalid(violations)) = decode::<Task>(body.as_bytes()) else {
            panic!("{body} breaks a rule")
        };
        let found: Vec<_> = violations
            .iter()
            .map(|violation| (violation.pointer.as_str(), violation.code()))
            .collect();
        assert_eq!(found, [("/priority", code)], "{body}");
    }
    let Err(DecodeError::Invalid(violations)) = decode::<Task>(br#"{"priority":2}"#) else {
        panic!("2 is no priority")
    };
    assert_eq!(violations[0].message(), "must be one of -1, 1, 16, 17");
}

#[test]
fn the_document_lists_the_values_and_their_names() {
    for direction in [Direction::Input, Direction::Output] {
        let described = describe::<Priority>(direction).unwrap();
        let expected = json!({
            "description": "The urgency.",
            "type": "integer",
            "enum": [-1, 1, 16, 17],
            "x-enum-varnames": ["Never", "Low", "High", "Higher"],
        });
        assert_eq!(described.definitions["Priority"].schema, expected);
    }
}

#[test]
fn enum_by_value_is_a_key_of_maps() {
    #[schema]
    #[derive(Debug)]
    struct Counts {
        by_priority: BTreeMap<Priority, u32>,
    }

    let text = r#"{"by_priority":{"-1":3,"16":4}}"#;
    let counts: Counts = decode(text.as_bytes()).unwrap();
    assert_eq!(counts.by_priority[&Priority::High], 4);
    assert_eq!(serde_json::to_string(&counts).unwrap(), text);
    assert!(decode::<Counts>(br#"{"by_priority":{"2":3}}"#).is_err());
    let described = describe::<Counts>(Direction::Input).unwrap();
    let map = &described.definitions["Counts"].schema["properties"]["by_priority"];
    let patterns: Vec<_> = map["patternProperties"]
        .as_object()
        .unwrap()
        .keys()
        .collect();
    assert_eq!(patterns, ["^(-1|1|16|17)$"]);
}

#[test]
fn enum_by_value_can_have_one_direction_and_a_name() {
    #[schema(by_value, response, rename = "HttpVersion")]
    #[repr(u64)]
    enum Version {
        One = 1,
        Largest = u64::MAX,
        #[cfg(any())]
        Never = 3,
    }

    let both = serde_json::to_string(&[Version::One, Version::Largest]).unwrap();
    assert_eq!(both, "[1,18446744073709551615]");
    let described = describe::<Version>(Direction::Output).unwrap();
    let expected = json!({"type": "integer", "enum": [1, u64::MAX]});
    assert_eq!(described.definitions["HttpVersion"].schema, expected);
}
