//! Keys of maps: schemars describes few of their rules; the document and the server agree on all of them nonetheless.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    fmt,
    num::{NonZeroI8, NonZeroU8},
};

use purlin_schemas::{CommaSeparated, Direction, Schema, Validator, describe, schema};
use serde::de::DeserializeOwned;
use serde_json::json;

use crate::support::{BOTH_ACCEPT, BOTH_REJECT, verdicts};

/// Decodes and validates keys in a map, alone and wherever else a map can be.
#[track_caller]
fn keys<K>(good: &[&str], bad: &[&str])
where
    K: DeserializeOwned + purlin_schemas::JsonSchema + fmt::Display + Ord + 'static,
    BTreeMap<K, u8>: Schema + DeserializeOwned,
{
    for (keys, expected) in [(good, BOTH_ACCEPT), (bad, BOTH_REJECT)] {
        for key in keys {
            let map = json!({ *key: 1 });
            let of = |body: serde_json::Value| body.to_string();
            let found = [
                verdicts::<BTreeMap<K, u8>>(&of(map.clone())),
                verdicts::<Option<Vec<BTreeMap<K, u8>>>>(&of(json!([map]))),
                verdicts::<(u8, Box<BTreeMap<K, u8>>)>(&of(json!([1, map]))),
                verdicts::<Box<[BTreeMap<K, u8>]>>(&of(json!([map]))),
                verdicts::<CommaSeparated<BTreeMap<K, u8>>>(&of(json!([map]))),
                verdicts::<Option<Box<VecDeque<BTreeMap<K, u8>>>>>(&of(json!([map]))),
                verdicts::<HashMap<String, Option<BTreeMap<K, u8>>>>(&of(json!({"a": map}))),
                verdicts::<Field<BTreeMap<K, u8>>>(&of(json!({"value": map}))),
                verdicts::<New<Vec<BTreeMap<K, u8>>>>(&of(json!([map]))),
                verdicts::<Choice<BTreeMap<K, u8>>>(&of(json!({"In": map}))),
                verdicts::<Choice<BTreeMap<K, u8>>>(&of(json!({"Named": {"value": map}}))),
            ];
            for (place, found) in found.iter().enumerate() {
                assert_eq!(*found, expected, "{key:?} at place {place}");
            }
        }
    }
}

#[schema(request)]
struct Field<T> {
    value: Option<T>,
}

#[schema(request)]
struct New<T>(T);

#[schema(request)]
enum Choice<T> {
    In(T),
    Named { value: T },
}

#[test]
fn integer_keys_are_within_the_bounds_of_their_type() {
    keys::<u8>(&["0", "9", "255"], &["256", "1000", "-1", "00", ""]);
    keys::<u16>(&["65535", "9999"], &["65536", "99999", "065"]);
    keys::<i8>(&["-128", "0", "127"], &["128", "-129", "-0"]);
    keys::<u64>(
        &["18446744073709551615", "9999999999999999999"],
        &["18446744073709551616", "99999999999999999999"],
    );
    keys::<i64>(
        &["9223372036854775807", "-9223372036854775808"],
        &["9223372036854775808", "-9223372036854775809"],
    );
    keys::<NonZeroU8>(&["1", "255"], &["0", "256"]);
    keys::<NonZeroI8>(&["1", "-1", "-128"], &["0", "128"]);
}

#[test]
fn keys_of_an_optional_map_are_validated() {
    #[schema(request)]
    struct Never {
        #[serde(skip_serializing_if = "Option::is_none")]
        null: Option<BTreeMap<u8, BTreeMap<char, u8>>>,
    }
    assert_eq!(
        verdicts::<Never>(r#"{"null": {"255": {"a": 1}}}"#),
        BOTH_ACCEPT
    );
    assert_eq!(verdicts::<Never>(r#"{"null": {"256": {}}}"#), BOTH_REJECT);
    assert_eq!(
        verdicts::<Never>(r#"{"null": {"255": {"ab": 1}}}"#),
        BOTH_REJECT
    );
}

/// serde alone decides about integer keys when their bounds are those of their type.
#[test]
fn integer_keys_need_no_validation_before_decoding() {
    assert!(!Validator::of::<BTreeMap<u16, u8>>().unwrap().is_strict());
    assert!(
        !Validator::of::<BTreeMap<String, i64>>()
            .unwrap()
            .is_strict()
    );
    assert!(Validator::of::<BTreeMap<Small, u8>>().unwrap().is_strict());
}

#[test]
fn string_keys_match_the_format_of_their_type() {
    keys::<bool>(&["true", "false"], &["x", "True", "1"]);
    keys::<char>(&["a", "é", "🦀"], &["ab", ""]);
    keys::<uuid::Uuid>(
        &["67e55044-10b1-426f-9247-bb680e5fe0c8"],
        &["x", "67e5504410b1426f9247bb680e5fe0c8"],
    );
    keys::<std::net::IpAddr>(&["127.0.0.1", "::1"], &["x", "127.0.0.256"]);
    keys::<chrono::NaiveDate>(&["2024-02-29"], &["x", "2023-02-29"]);
    keys::<jiff::civil::Time>(&["23:59:00"], &["23:59", "24:00:00"]);
    keys::<String>(&["", "anything"], &[]);
}

macro_rules! display {
    ($($type:ty),+) => {$(
        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{self:?}")
            }
        }
    )+};
}

display!(Colour, Only, Short, Small, Address, Code);

#[schema]
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all(deserialize = "lowercase", serialize = "UPPERCASE"))]
enum Colour {
    /// Red.
    Red,
    /// Violet.
    Blue,
    Green,
}

#[schema]
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Only {
    /// Neither of them.
    This,
}

#[schema(request)]
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Short(#[garde(length(min = 1, max = 2))] String);

#[schema(request)]
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Small(#[garde(range(min = 5, max = 120))] u16);

#[schema(request)]
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Address(#[garde(email)] String);

#[schema(request)]
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Code(#[garde(pattern("^[a-z]+$"), length(max = 2))] String);

#[test]
fn rules_of_a_type_apply_to_keys_of_that_type() {
    keys::<Short>(&["a", "éé"], &["", "abc"]);
    keys::<Small>(
        &["5", "9", "10", "99", "100", "120"],
        &["4", "121", "0", "65536", "05"],
    );
    keys::<Address>(&["a@b.co"], &["a", ""]);
    keys::<Code>(&["a", "ab"], &["abc", "A", ""]);
}

#[test]
fn enum_keys_are_the_documented_names_in_both_directions() {
    keys::<Colour>(&["red", "blue", "green"], &["Red", "RED", "pink", ""]);
    keys::<Only>(&["This"], &["That"]);
    let root = |direction| describe::<BTreeMap<Colour, u8>>(direction).unwrap().root;
    assert_eq!(
        root(Direction::Input)["propertyNames"],
        json!({"enum": ["green", "red", "blue"]})
    );
    assert_eq!(
        root(Direction::Output)["propertyNames"],
        json!({"enum": ["GREEN", "RED", "BLUE"]})
    );
}

#[test]
fn rules_of_keys_do_not_apply_to_fields_of_the_same_object() {
    #[schema(request)]
    struct Flat {
        name: String,
        #[serde(flatten)]
        inner: New<BTreeMap<char, u8>>,
    }
    #[schema(request)]
    #[serde(tag = "type")]
    enum Tagged {
        Map(BTreeMap<char, u8>),
    }
    assert_eq!(verdicts::<Flat>(r#"{"name": "a", "b": 1}"#), BOTH_ACCEPT);
    assert_eq!(
        verdicts::<Tagged>(r#"{"type": "Map", "b": 1}"#),
        BOTH_ACCEPT
    );
}
