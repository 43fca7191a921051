//! Bodies decoded with `Validator::decode` and `decode`, and the violations of those that are rejected.

use std::collections::BTreeMap;

use purlin_schemas::{DecodeError, Rule, Validator, decode, schema};

use crate::support::{self, code_pairs, codes};
use serde_json::Value;

#[schema(request)]
struct Guest {
    #[garde(length(chars, min = 1, max = 5))]
    name: String,
    age: u8,
    height: Option<u16>,
    #[serde(default)]
    friends: Vec<Friend>,
    #[serde(default)]
    notes: BTreeMap<String, u8>,
}

#[schema(request)]
struct Friend {
    #[serde(rename = "first/name")]
    name: String,
    kind: Option<FriendKind>,
}

#[schema(request)]
enum FriendKind {
    Old,
    New,
}

fn violations(body: &str) -> Vec<(String, String)> {
    codes(&support::violations::<Guest>(body))
}

fn malformed(body: &[u8]) -> (usize, usize, String) {
    match decode::<Guest>(body) {
        Err(DecodeError::Malformed {
            line,
            column,
            message,
        }) => (line, column, message),
        other => panic!("{:?}", other.map(|_| ())),
    }
}

#[test]
fn valid_body_is_decoded() {
    let guest: Guest = decode(
        br#" {"name": "Ada", "age": 36, "friends": [{"first/name": "x", "kind": "Old"}], "notes": {"a": 1}} "#,
    )
    .unwrap();
    assert_eq!(
        (guest.name.as_str(), guest.age, guest.height),
        ("Ada", 36, None)
    );
    assert_eq!(guest.friends[0].name, "x");
    assert!(matches!(guest.friends[0].kind, Some(FriendKind::Old)));
    assert_eq!(guest.notes["a"], 1);
    let guest: Guest =
        decode(br#"{"name":"A","age":0,"friends":[{"first/name":"","kind":"New"}]}"#).unwrap();
    assert!(matches!(guest.friends[0].kind, Some(FriendKind::New)));
}

#[test]
fn every_violation_is_reported_with_its_pointer() {
    let body = r#"{"name": "", "age": 300, "height": "tall", "extra": 1,
                   "friends": [{}, {"first/name": 5, "kind": "Odd"}, 7], "notes": {"a~b": -1}}"#;
    assert_eq!(
        violations(body),
        code_pairs(&[
            ("/age", "maximum"),
            ("/extra", "unknown_field"),
            ("/friends/0/first~1name", "required"),
            ("/friends/1/first~1name", "type"),
            ("/friends/1/kind", "enum"),
            ("/friends/2", "type"),
            ("/height", "type"),
            ("/name", "min_length"),
            ("/notes/a~0b", "minimum"),
        ])
    );
}

#[test]
fn body_of_another_type_is_one_violation() {
    for body in ["[]", "1", "\"x\"", r#"["Ada", 36, null, [], {}]"#] {
        assert_eq!(violations(body), code_pairs(&[("", "type")]), "{body}");
    }
    assert_eq!(violations("null"), code_pairs(&[("", "null")]));
    assert_eq!(
        violations("{}"),
        code_pairs(&[("/age", "required"), ("/name", "required")])
    );
}

#[test]
fn integral_floats_are_accepted_as_integers() {
    for (text, age) in [
        ("36.0", 36),
        ("1e2", 100),
        ("-0", 0),
        ("-0.0", 0),
        ("2.50e2", 250),
    ] {
        let guest: Guest = decode(format!(r#"{{"name": "A", "age": {text}}}"#).as_bytes()).unwrap();
        assert_eq!(guest.age, age, "{text}");
    }
    for text in ["36.5", "\"36\"", "true", "[36]"] {
        assert_eq!(
            violations(&format!(r#"{{"name": "A", "age": {text}}}"#)),
            code_pairs(&[("/age", "type")]),
            "{text}"
        );
    }
    assert_eq!(
        violations(r#"{"name": "A", "age": 256.0}"#),
        code_pairs(&[("/age", "maximum")])
    );
    assert_eq!(
        violations(r#"{"name": "A", "age": -1}"#),
        code_pairs(&[("/age", "minimum")])
    );
}

#[test]
fn duplicate_keys_are_reported_at_every_level() {
    let body = r#"{"name": "A", "age": 1, "age": 2, "notes": {"a": 1, "a": 2, "b/c": 1, "b/c": 1},
                   "friends": [{"first/name": "x", "first/name": "y"}]}"#;
    assert_eq!(
        violations(body),
        code_pairs(&[
            ("/age", "duplicate_field"),
            ("/friends/0/first~1name", "duplicate_field"),
            ("/notes/a", "duplicate_field"),
            ("/notes/b~1c", "duplicate_field"),
        ])
    );
}

#[test]
fn duplicate_keys_in_free_form_json_are_rejected() {
    let error = decode::<Value>(br#"{"a": [{"b": 1, "b": 1}]}"#).unwrap_err();
    let DecodeError::Invalid(violations) = error else {
        panic!("{error}")
    };
    assert_eq!(
        codes(&violations),
        code_pairs(&[("/a/0/b", "duplicate_field")])
    );
}

#[test]
fn zero_bytes_are_an_empty_body() {
    assert!(matches!(decode::<Guest>(b""), Err(DecodeError::Empty)));
    assert!(matches!(
        decode::<Guest>(b" "),
        Err(DecodeError::Malformed { .. })
    ));
}

#[test]
fn malformed_json_is_reported_with_line_and_column() {
    assert_eq!(
        malformed(b"{"),
        (1, 1, "EOF while parsing an object".to_owned())
    );
    assert_eq!(
        malformed(b"{\"name\":\n  Ada}"),
        (2, 3, "expected value".to_owned())
    );
    assert_eq!(
        malformed(b"{} {}"),
        (1, 4, "trailing characters".to_owned())
    );
    assert_eq!(
        malformed(b"{\n\"name\": \"\xff\"}"),
        (2, 10, "invalid UTF-8".to_owned())
    );
    assert_eq!(
        malformed(br#"{"name": "\ud800"}"#).2,
        "unexpected end of hex escape"
    );
    assert_eq!(
        malformed(br#"{"name": "\ud800\ud800"}"#).2,
        "lone leading surrogate in hex escape"
    );
    assert_eq!(
        malformed(br#"{"name": "A", "age": 1e400}"#).2,
        "number out of range"
    );
    assert_eq!(
        malformed(b"\xef\xbb\xbf\xef\xbb\xbf{}"),
        (1, 1, "expected value".to_owned())
    );
    assert_eq!(
        malformed(b"{\"name\": \"a\nb\"}").2,
        "control character (\\u0000-\\u001F) found while parsing a string"
    );
    assert_eq!(
        malformed("[".repeat(100_000).as_bytes()),
        (1, 128, "recursion limit exceeded".to_owned())
    );
}

/// Ignored fields must be valid JSON too.
#[test]
fn ignored_fields_must_be_well_formed_json() {
    #[derive(serde::Deserialize, purlin_schemas::JsonSchema)]
    struct Open {
        a: u8,
    }
    impl purlin_schemas::Schema for Open {}
    assert_eq!(
        decode::<Open>(br#"{"a": 1, "b": [{"c": null}]}"#)
            .unwrap()
            .a,
        1
    );
    for body in [
        r#"{"a": 1, "b": "\ud800"}"#,
        r#"{"a": 1, "b": 1e999}"#,
        &format!(r#"{{"a": 1, "b": {}"#, "[".repeat(200)),
    ] {
        assert!(
            matches!(
                decode::<Open>(body.as_bytes()),
                Err(DecodeError::Malformed { .. })
            ),
            "{body}"
        );
    }
    assert!(matches!(
        decode::<Open>(br#"{"a": 1, "b": {"c": 1, "c": 2}}"#),
        Err(DecodeError::Invalid(_))
    ));
}

#[test]
fn at_most_one_hundred_violations_are_reported() {
    let body = format!(
        r#"{{"name": "A", "age": 1, "friends": [{}1]}}"#,
        "1,".repeat(10_000)
    );
    let Err(DecodeError::Invalid(violations)) = decode::<Guest>(body.as_bytes()) else {
        panic!()
    };
    assert_eq!(violations.len(), purlin_schemas::MAX_VIOLATIONS);
    let body = format!(
        r#"{{"name": "A", "age": 1{}}}"#,
        r#", "age": 1"#.repeat(10_000)
    );
    let Err(DecodeError::Invalid(violations)) = decode::<Guest>(body.as_bytes()) else {
        panic!()
    };
    assert_eq!(
        codes(&violations),
        code_pairs(&[("/age", "duplicate_field")])
    );
}

/// A type whose deserializer has a rule that its document does not state.
#[derive(Debug, PartialEq)]
struct Even(u8);

impl<'de> serde::Deserialize<'de> for Even {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match u8::deserialize(deserializer)? {
            number if number % 2 == 0 => Ok(Even(number)),
            _ => Err(serde::de::Error::custom("must be even")),
        }
    }
}

impl purlin_schemas::JsonSchema for Even {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Even".into()
    }

    fn json_schema(
        generator: &mut purlin_schemas::schemars::SchemaGenerator,
    ) -> purlin_schemas::schemars::Schema {
        u8::json_schema(generator)
    }
}

impl purlin_schemas::Schema for Even {}

#[test]
fn error_of_a_custom_deserializer_is_reported_with_its_pointer() {
    let validator = Validator::of::<Vec<Even>>().unwrap();
    assert_eq!(
        validator.decode::<Vec<Even>>(b"[2, 4.0]").unwrap(),
        [Even(2), Even(4)]
    );
    let Err(DecodeError::Invalid(violations)) = validator.decode::<Vec<Even>>(b"[2, 3]") else {
        panic!()
    };
    assert_eq!(codes(&violations), code_pairs(&[("/1", "invalid")]));
    assert!(
        matches!(&violations[0].rule, Rule::Custom { message, .. } if message == "must be even")
    );
}

#[test]
fn wide_integers_keep_their_digits() {
    assert_eq!(decode::<u64>(b"18446744073709551615").unwrap(), u64::MAX);
    assert_eq!(decode::<i64>(b"-9223372036854775808").unwrap(), i64::MIN);
}

/// Each level of a recursive enum is read a bounded number of times; if it were read twice, this test would not end.
#[test]
fn deeply_nested_enums_are_decoded_in_bounded_time() {
    #[schema(request)]
    enum Term {
        Number(i32),
        Not(Box<Term>),
        Both(Box<Term>, Box<Term>),
    }
    #[schema(request)]
    #[serde(untagged)]
    enum Nested {
        Number(i32),
        List(Vec<Nested>),
        Named { name: Box<Nested> },
    }
    let body = format!("{}\"x\"{}", r#"{"Not":"#.repeat(100), "}".repeat(100));
    assert!(matches!(
        decode::<Term>(body.as_bytes()),
        Err(DecodeError::Invalid(_))
    ));
    let body = format!(
        "{}\"x\"{}",
        r#"{"Both":[{"Number":1},"#.repeat(60),
        "]}".repeat(60)
    );
    assert!(matches!(
        decode::<Term>(body.as_bytes()),
        Err(DecodeError::Invalid(_))
    ));
    let body = format!("{}\"x\"{}", "[".repeat(100), "]".repeat(100));
    assert!(matches!(
        decode::<Nested>(body.as_bytes()),
        Err(DecodeError::Invalid(_))
    ));
    let body = format!("{}\"x\"{}", r#"{"name":["#.repeat(60), "]}".repeat(60));
    assert!(matches!(
        decode::<Nested>(body.as_bytes()),
        Err(DecodeError::Invalid(_))
    ));
}
