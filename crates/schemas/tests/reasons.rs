//! Why a value is refused whose schema is kept: in our words, with a stable code, at the right place; never in
//! serde's.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on should fail"
)]

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, LinkedList};
use std::num::{NonZeroI8, NonZeroU8};

use purlin_schemas::{DecodeError, RebarError, Schema, Validator, Violation, schema};
use serde::de::DeserializeOwned;

fn violations<T: Schema + DeserializeOwned>(body: &str) -> Vec<Violation> {
    match Validator::of::<T>().unwrap().decode::<T>(body.as_bytes()) {
        Err(DecodeError::Invalid(violations)) => violations,
        other => panic!("{body}: {:?}", other.map(drop)),
    }
}

/// The one violation of a body: pointer, code, our words and marshmallow's.
#[track_caller]
fn says<T: Schema + DeserializeOwned>(body: &str, expected: [&str; 4]) {
    let violations = violations::<T>(body);
    let found: Vec<[String; 4]> = violations
        .iter()
        .map(|violation| {
            let pointer = violation.pointer.clone();
            let rule = &violation.rule;
            [
                pointer,
                rule.code().to_owned(),
                rule.message(),
                rule.rebar_message(),
            ]
        })
        .collect();
    assert_eq!(found, [expected.map(ToOwned::to_owned)], "{body}");
}

const NO_INTEGER: [&str; 4] = ["", "type", "has to be an integer", "Not a valid integer."];

#[test]
fn floats_that_stand_for_several_integers_are_none() {
    for body in ["1e18", "-9223372036854775809", "9007199254740994.0"] {
        says::<i64>(body, NO_INTEGER);
        says::<Option<i64>>(body, NO_INTEGER);
    }
    says::<u64>("1e19", NO_INTEGER);
}

#[test]
fn floats_beyond_every_integer_break_its_bounds() {
    let words = "has to be at most 9223372036854775807";
    let rebar = "Must be less than or equal to 9223372036854775807.";
    says::<i64>("1e19", ["", "maximum", words, rebar]);
    let rebar = "Must be greater than or equal to 0.";
    says::<u64>("-1e18", ["", "minimum", "has to be at least 0", rebar]);
}

#[test]
fn keys_are_named_themselves() {
    says::<BTreeMap<i8, u8>>(
        r#"{"1": 1, "128": 1}"#,
        [
            "/128",
            "unknown_field",
            "is not known here",
            "Unknown field.",
        ],
    );
    says::<Vec<BTreeMap<i8, u8>>>(
        r#"[{}, {"-129": 1}]"#,
        [
            "/1/-129",
            "unknown_field",
            "is not known here",
            "Unknown field.",
        ],
    );
    says::<BTreeMap<u64, u8>>(
        r#"{"18446744073709551616": 1}"#,
        [
            "/18446744073709551616",
            "unknown_field",
            "is not known here",
            "Unknown field.",
        ],
    );
    says::<BTreeMap<bool, u8>>(
        r#"{"true": 1, "yes": 1}"#,
        [
            "/yes",
            "enum",
            "has to be one of \"true\", \"false\"",
            "Must be one of: true, false.",
        ],
    );
    let words = "has to have at most 1 character";
    says::<BTreeMap<char, u8>>(
        r#"{"a/b": 1}"#,
        ["/a~1b", "max_length", words, "Length must be 1."],
    );
    says::<BTreeMap<NonZeroU8, u8>>(
        r#"{"0": 1}"#,
        ["/0", "unknown_field", "is not known here", "Unknown field."],
    );

    #[schema(request)]
    #[derive(PartialEq, Eq, PartialOrd, Ord)]
    enum Colour {
        /// As roses are.
        Red,
        /// As the sky is.
        Blue,
    }
    #[schema(request)]
    struct ByColour {
        by: BTreeMap<Colour, u8>,
    }
    says::<ByColour>(
        r#"{"by": {"Green": 1}}"#,
        [
            "/by/Green",
            "enum",
            "has to be one of \"Red\", \"Blue\"",
            "Must be one of: Red, Blue.",
        ],
    );
}

/// What a type says of itself is kept, without the place in a text nobody sent.
#[test]
fn the_words_of_a_type_itself_are_kept() {
    #[derive(PartialEq, Eq, PartialOrd, Ord, serde::Deserialize, purlin_schemas::JsonSchema)]
    #[serde(try_from = "u8")]
    #[schemars(with = "u8")]
    struct Even(u8);
    impl TryFrom<u8> for Even {
        type Error = &'static str;
        fn try_from(number: u8) -> Result<Self, &'static str> {
            match number % 2 {
                0 => Ok(Self(number)),
                _ => Err("has to be even, invalid type: or not"),
            }
        }
    }
    impl Schema for Even {}
    let words = "has to be even, invalid type: or not";
    says::<Vec<Even>>("[2, 3]", ["/1", "invalid", words, words]);
    says::<BTreeMap<Even, u8>>(r#"{"3": 1}"#, ["/3", "invalid", words, words]);
}

#[test]
fn what_no_shape_fits_is_said_as_closely_as_it_can_be() {
    says::<NonZeroI8>("0", ["", "not", "may not be 0", "Invalid input."]);
    let rebar = "Must be greater than or equal to 1.";
    says::<NonZeroU8>("0", ["", "minimum", "has to be at least 1", rebar]);
    let words = "has to be of the format ipv4 or ipv6";
    says::<std::net::IpAddr>("\"x\"", ["", "format", words, "Not a valid IP address."]);
}

#[test]
fn a_name_that_comes_twice_has_words_and_an_unknown_one_is_unknown_once() {
    #[schema(request)]
    struct Guest {
        name: String,
    }
    let violations = violations::<Guest>(r#"{"name": "a", "name": "b", "x": 1, "x": 2}"#);
    let envelope = serde_json::to_value(RebarError::from_violations(&violations)).unwrap();
    assert_eq!(
        envelope["errors"],
        serde_json::json!({"name": "Field may only be given once.", "x": "Unknown field."})
    );
}

/// Rules hold in whatever a type is put into, also where it has no check of its own to call.
#[test]
fn rules_hold_in_every_container() {
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
        let rebar = "Must be less than or equal to 5.";
        let body = format!("{{{member}}}");
        says::<All>(&body, [pointer, "maximum", "has to be at most 5", rebar]);
        let allowed = body.replace('9', "4");
        let validator = Validator::of::<All>().unwrap();
        assert!(
            validator.decode::<All>(allowed.as_bytes()).is_ok(),
            "{allowed}"
        );
    }
}

#[test]
fn a_number_beyond_all_floats_is_named_where_it_stands() {
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
