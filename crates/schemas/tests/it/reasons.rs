//! Why a value is refused whose schema is kept: in our words, with a stable code, at the right place; never in
//! serde's.

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
fn floats_that_stand_for_several_integers_are_none() {
    for body in ["1e18", "-9223372036854775809", "9007199254740994.0"] {
        says::<i64>(body, NO_INTEGER);
        says::<Option<i64>>(body, NO_INTEGER);
    }
    says::<u64>("1e19", NO_INTEGER);
}

#[test]
fn floats_beyond_every_integer_break_its_bounds() {
    let words = "must be at most 9223372036854775807";
    says::<i64>("1e19", ["", "maximum", words]);
    says::<u64>("-1e18", ["", "minimum", "must be at least 0"]);
}

#[test]
fn keys_are_named_themselves() {
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
    let words = "must have at most 1 character";
    says::<BTreeMap<char, u8>>(r#"{"a/b": 1}"#, ["/a~1b", "max_length", words]);
    says::<BTreeMap<NonZeroU8, u8>>(r#"{"0": 1}"#, ["/0", "unknown_field", "unknown field"]);

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
        ["/by/Green", "enum", "must be one of \"Red\", \"Blue\""],
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
                _ => Err("must be even, invalid type: or not"),
            }
        }
    }
    impl Schema for Even {}
    let words = "must be even, invalid type: or not";
    says::<Vec<Even>>("[2, 3]", ["/1", "invalid", words]);
    says::<BTreeMap<Even, u8>>(r#"{"3": 1}"#, ["/3", "invalid", words]);
}

#[test]
fn what_no_shape_fits_is_said_as_closely_as_it_can_be() {
    says::<NonZeroI8>("0", ["", "not", "must not be 0"]);
    says::<NonZeroU8>("0", ["", "minimum", "must be at least 1"]);
    let words = "must match the format ipv4 or ipv6";
    says::<std::net::IpAddr>("\"x\"", ["", "format", words]);
}

#[test]
fn a_duplicate_key_is_reported_unless_the_field_is_unknown() {
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
