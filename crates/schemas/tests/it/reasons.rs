//! Violations of values that satisfy the schema but that serde rejects: each has a stable code, a pointer and a message
//! of Purlin, never one of serde.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, LinkedList};
use std::num::{NonZeroI8, NonZeroU8};

use purlin_schemas::{Schema, Validator, schema};

use crate::support::violations;
use serde::de::DeserializeOwned;

/// Asserts the pointer, code and message of the only violation of a body.
#[track_caller]
fn says<T: Schema + DeserializeOwned>(body: &str, expected: [&str; 3]) {
    let violations = violations::<T>(body);
    let found: Vec<[String; 3]> = violations
        .iter()
        .map(|violation| {
            let pointer = violation.pointer.clone();
            let rule = &violation.rule;
            [pointer, rule.code().to_owned(), rule.message()]
        })
        .collect();
    assert_eq!(found, [expected.map(ToOwned::to_owned)], "{body}");
}

const NO_INTEGER: [&str; 3] = ["", "type", "must be an integer"];

#[test]
fn floats_beyond_2_to_the_53_are_not_integers() {
    for body in ["1e18", "-9223372036854775809", "9007199254740994.0"] {
        says::<i64>(body, NO_INTEGER);
        says::<Option<i64>>(body, NO_INTEGER);
    }
    says::<u64>("1e19", NO_INTEGER);
}

#[test]
fn floats_out_of_range_violate_the_bounds_of_the_integer() {
    let message = "must be at most 9223372036854775807";
    says::<i64>("1e19", ["", "maximum", message]);
    says::<u64>("-1e18", ["", "minimum", "must be at least 0"]);
}

#[test]
fn pointer_of_an_invalid_key_is_that_of_its_member() {
    says::<BTreeMap<i8, u8>>(
        r#"{"1": 1, "128": 1}"#,
        ["/128", "unknown_field", "unknown field"],
    );
    says::<Vec<BTreeMap<i8, u8>>>(
        r#"[{}, {"-129": 1}]"#,
        ["/1/-129", "unknown_field", "unknown field"],
    );
    says::<BTreeMap<u64, u8>>(
        r#"{"18446744073709551616": 1}"#,
        ["/18446744073709551616", "unknown_field", "unknown field"],
    );
    says::<BTreeMap<bool, u8>>(
        r#"{"true": 1, "yes": 1}"#,
        ["/yes", "enum", "must be one of \"true\", \"false\""],
    );
    let message = "must have at most 1 character";
    says::<BTreeMap<char, u8>>(r#"{"a/b": 1}"#, ["/a~1b", "max_length", message]);
    says::<BTreeMap<NonZeroU8, u8>>(r#"{"0": 1}"#, ["/0", "unknown_field", "unknown field"]);

    #[schema(request)]
    #[derive(PartialEq, Eq, PartialOrd, Ord)]
    enum Colour {
        /// Red.
        Red,
        /// Blue.
        Blue,
    }
    #[schema(request)]
    struct ByColour {
        by: BTreeMap<Colour, u8>,
    }
    says::<ByColour>(
        r#"{"by": {"Green": 1}}"#,
        ["/by/Green", "enum", "must be one of \"Red\", \"Blue\""],
    );
}

/// The message of a type's own deserializer is kept, without the line and column that serde_json adds.
#[test]
fn message_of_the_type_itself_is_kept() {
    #[derive(PartialEq, Eq, PartialOrd, Ord, serde::Deserialize, purlin_schemas::JsonSchema)]
    #[serde(try_from = "u8")]
    #[schemars(with = "u8")]
    struct Even(u8);
    impl TryFrom<u8> for Even {
        type Error = &'static str;
        fn try_from(number: u8) -> Result<Self, &'static str> {
            match number % 2 {
                0 => Ok(Self(number)),
                _ => Err("must be even, invalid type: or not"),
            }
        }
    }
    impl Schema for Even {}
    let message = "must be even, invalid type: or not";
    says::<Vec<Even>>("[2, 3]", ["/1", "invalid", message]);
    says::<BTreeMap<Even, u8>>(r#"{"3": 1}"#, ["/3", "invalid", message]);
}

#[test]
fn mismatch_of_all_variants_is_reported_as_precisely_as_possible() {
    says::<NonZeroI8>("0", ["", "not", "must not be 0"]);
    says::<NonZeroU8>("0", ["", "minimum", "must be at least 1"]);
    let message = "must match the format ipv4 or ipv6";
    says::<std::net::IpAddr>("\"x\"", ["", "format", message]);
}

#[test]
fn duplicate_key_is_reported_unless_the_field_is_unknown() {
    #[schema(request)]
    struct Guest {
        name: String,
    }
    let violations = violations::<Guest>(r#"{"name": "a", "name": "b", "x": 1, "x": 2}"#);
    let mut found: Vec<_> = violations
        .iter()
        .map(|violation| (violation.pointer.as_str(), violation.code()))
        .collect();
    found.sort_unstable();
    assert_eq!(
        found,
        [("/name", "duplicate_field"), ("/x", "unknown_field")]
    );
}

/// Rules apply in every container of a type, even one without a `Schema::check` of its own.
#[test]
fn rules_apply_in_every_container() {
    #[schema(request)]
    #[derive(PartialEq, Eq, PartialOrd, Ord)]
    struct Small(#[garde(range(max = 5))] u8);
    type Long = (Small, u8, u8, u8, u8, u8, u8, u8, u8);
    #[schema(request)]
    #[derive(PartialEq, Eq, PartialOrd, Ord)]
    enum Key {
        A,
    }
    #[schema(request)]
    struct All {
        by_key: Option<BTreeMap<Key, Small>>,
        slice: Option<Box<[Small]>>,
        linked: Option<LinkedList<BTreeSet<Small>>>,
        reverse: Option<std::cmp::Reverse<Small>>,
        range: Option<std::ops::Range<Small>>,
        long: Option<Long>,
    }
    for (member, pointer) in [
        (r#""by_key": {"A": 9}"#, "/by_key/A"),
        (r#""slice": [1, 9]"#, "/slice/1"),
        (r#""linked": [[9]]"#, "/linked/0/0"),
        (r#""reverse": 9"#, "/reverse"),
        (r#""range": {"start": 1, "end": 9}"#, "/range/end"),
        (r#""long": [9, 1, 1, 1, 1, 1, 1, 1, 1]"#, "/long/0"),
    ] {
        let body = format!("{{{member}}}");
        says::<All>(&body, [pointer, "maximum", "must be at most 5"]);
        let allowed = body.replace('9', "4");
        let validator = Validator::of::<All>().unwrap();
        assert!(
            validator.decode::<All>(allowed.as_bytes()).is_ok(),
            "{allowed}"
        );
    }
}

#[test]
fn number_beyond_the_range_of_floats_is_located() {
    let read = |params: &[(&str, Cow<'_, str>)]| match params {
        [_] => Validator::of::<f64>()
            .unwrap()
            .read_path::<f64>(params)
            .map(drop),
        _ => Validator::of::<(u8, f64)>()
            .unwrap()
            .read_path::<(u8, f64)>(params)
            .map(drop),
    };
    for (text, code) in [("1e999", "maximum"), ("-1e999", "minimum")] {
        let one = read(&[("a", text.into())]).unwrap_err();
        let two = read(&[("a", "1".into()), ("b", text.into())]).unwrap_err();
        let found: Vec<_> = one
            .iter()
            .chain(&two)
            .map(|v| (v.pointer.as_str(), v.code()))
            .collect();
        assert_eq!(found, [("/a", code), ("/b", code)]);
    }
}
