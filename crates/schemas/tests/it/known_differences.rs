//! The remaining differences between the document and the server: one test for each, which checks both verdicts, so
//! that no difference disappears or changes unnoticed. The reasons are in `docs/document-and-server.md`.

use std::collections::BTreeMap;

use purlin_schemas::{DecodeError, Direction, Schema, Validator, schema};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::support::{
    BOTH_ACCEPT, BOTH_REJECT, ONLY_THE_SERVER_REJECTS, Verdicts, document_validator, server,
    verdicts,
};

/// Asserts that the server rejects bodies that the document accepts.
fn rejected_by_the_server_only<T: Schema + DeserializeOwned>(bodies: &[&str]) {
    for body in bodies {
        let kind = std::any::type_name::<T>();
        assert_eq!(
            verdicts::<T>(body),
            ONLY_THE_SERVER_REJECTS,
            "{body} for {kind}"
        );
    }
}

/// Several integers share a float of that size.
#[test]
fn integral_floats_beyond_2_to_the_53_are_not_integers() {
    rejected_by_the_server_only::<i64>(&["9007199254740994.0", "-9007199254740994.0", "1e16"]);
    rejected_by_the_server_only::<u64>(&["9007199254740994.0", "1e19"]);
    assert_eq!(verdicts::<i64>("9007199254740994"), BOTH_ACCEPT);
}

/// The validator of the document reads integers beyond 64 bits as floats, as many parsers do, and takes this one for
/// `i64::MIN`.
#[test]
fn integer_just_below_64_bits_is_rejected_by_the_server_only() {
    rejected_by_the_server_only::<i64>(&["-9223372036854775809"]);
}

/// JSON Schema validates parsed values, which have each key once.
#[test]
fn duplicate_key_is_rejected() {
    #[schema(request)]
    struct Guest {
        name: String,
    }
    rejected_by_the_server_only::<Guest>(&[
        r#"{"name": "a", "name": "a"}"#,
        r#"{"name": "a", "n\u0061me": "b"}"#,
    ]);
    rejected_by_the_server_only::<BTreeMap<String, u8>>(&[r#"{"a": 1, "a": 2}"#]);
    rejected_by_the_server_only::<Value>(&[r#"[{"a": {"b": 1, "b": 1}}]"#]);
}

/// A type that ignores unknown fields, which `#[schema]` never generates, ignores their names too.
#[test]
fn duplicate_of_an_ignored_key_is_accepted() {
    #[derive(serde::Deserialize, purlin_schemas::JsonSchema)]
    #[allow(dead_code, reason = "read by serde alone")]
    struct Open {
        a: u8,
    }
    impl Schema for Open {}
    assert_eq!(verdicts::<Open>(r#"{"a": 1, "b": 1, "b": 2}"#), BOTH_ACCEPT);
    rejected_by_the_server_only::<Open>(&[r#"{"a": 1, "a": 1}"#]);
}

/// JSON allows deeper nesting and larger numbers than parsers accept.
#[test]
fn json_beyond_the_limits_of_the_parser_is_malformed() {
    let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
    for body in ["1e400", r#""\ud800""#, deep.as_str()] {
        let malformed = server::<Value>(body).unwrap_err();
        assert!(matches!(malformed, DecodeError::Malformed { .. }), "{body}");
        assert!(serde_json::from_str::<Value>(body).is_err(), "{body}");
    }
}

/// An `f64` field becomes the nearest float, which is compared with the limit.
#[test]
fn integer_beyond_2_to_the_53_is_rounded_to_the_limit_of_a_float() {
    #[schema(request)]
    struct Limited(#[garde(range(max = 9_007_199_254_740_992.0))] f64);
    let only_the_document_rejects = Verdicts {
        server: true,
        document: false,
    };
    assert_eq!(
        verdicts::<Limited>("9007199254740993"),
        only_the_document_rejects
    );
    assert_eq!(verdicts::<Limited>("9007199254740994"), BOTH_REJECT);
}

/// The rules of a key's type are stated for a map that shares its object with no other fields, in a type declared with
/// `#[schema]`.
#[test]
fn keys_that_share_an_object_have_rules_the_document_does_not_state() {
    #[schema(request)]
    struct Flat {
        name: String,
        #[serde(flatten)]
        more: BTreeMap<uuid::Uuid, u8>,
    }
    rejected_by_the_server_only::<Flat>(&[r#"{"name": "a", "x": 1}"#]);

    #[derive(serde::Deserialize, purlin_schemas::JsonSchema)]
    #[allow(dead_code, reason = "read by serde alone")]
    struct ByHand {
        map: BTreeMap<u16, u8>,
    }
    impl Schema for ByHand {}
    rejected_by_the_server_only::<ByHand>(&[r#"{"map": {"65536": 1}}"#]);
}

/// serde would read the innermost part twice as often for each further level.
#[test]
fn deeply_nested_ambiguous_alternatives_are_rejected() {
    #[schema(request)]
    #[serde(untagged)]
    #[allow(dead_code, reason = "read by serde alone")]
    enum Alike {
        Leaf(u8),
        And { x: Box<Alike> },
        Or { x: Box<Alike>, not: Option<bool> },
    }
    let body = |depth| format!("{}1{}", "{\"x\":".repeat(depth), "}".repeat(depth));
    assert_eq!(verdicts::<Alike>(&body(10)), BOTH_ACCEPT);
    rejected_by_the_server_only::<Alike>(&[&body(40)]);
}

/// A `custom` rule of a key's type is not called.
#[test]
fn custom_rules_of_keys_are_not_checked() {
    fn never(_: &str, _: &()) -> Result<(), &'static str> {
        Err("never")
    }
    #[schema(request)]
    #[derive(PartialEq, Eq, PartialOrd, Ord)]
    struct Key(#[garde(custom(never))] String);
    #[schema(request)]
    struct ByKey {
        by: BTreeMap<Key, u8>,
    }
    assert_eq!(verdicts::<ByKey>(r#"{"by": {"abc": 1}}"#), BOTH_ACCEPT);
}

/// A `jiff::Timestamp` ends on 9999-12-30 and has at most nine fractional digits.
#[test]
fn timestamps_of_jiff_have_a_maximum_and_nine_digits() {
    rejected_by_the_server_only::<jiff::Timestamp>(&[
        r#""9999-12-30T22:00:01Z""#,
        r#""9999-12-31T23:59:59Z""#,
        r#""2024-02-29T23:59:59.1234567890Z""#,
    ]);
    for body in [
        r#""9999-12-31T23:59:59Z""#,
        r#""2024-02-29T23:59:59.1234567890Z""#,
    ] {
        assert_eq!(verdicts::<chrono::DateTime<chrono::Utc>>(body), BOTH_ACCEPT);
    }
}

/// A `jiff::SignedDuration` has hours, minutes and seconds; a `Span` has a maximum.
#[test]
fn durations_of_jiff_have_no_days_and_a_maximum() {
    rejected_by_the_server_only::<jiff::SignedDuration>(&[
        r#""P1D""#,
        r#""P1Y2M3DT4H5M6S""#,
        r#""PT9223372036854775808S""#,
    ]);
    rejected_by_the_server_only::<jiff::Span>(&[r#""P99999Y""#, r#""PT9223372036854775808S""#]);
    assert_eq!(verdicts::<jiff::Span>(r#""P1Y2M3DT4H5M6S""#), BOTH_ACCEPT);
    // Both reject what these types accept beyond the format.
    for body in [r#""PT1.5S""#, r#""-PT1H""#, r#""1h""#, r#""pt1h""#] {
        assert_eq!(verdicts::<jiff::Span>(body), BOTH_REJECT, "{body}");
        assert_eq!(
            verdicts::<jiff::SignedDuration>(body),
            BOTH_REJECT,
            "{body}"
        );
    }
}

/// JSON Schema has no format for a timestamp with the name of its time zone.
#[test]
fn zoned_timestamp_is_any_string_in_the_document() {
    rejected_by_the_server_only::<jiff::Zoned>(&[r#""x""#, r#""2024-02-29T23:59:59Z""#]);
    let paris = r#""2024-02-29T23:59:59+01:00[Europe/Paris]""#;
    assert_eq!(verdicts::<jiff::Zoned>(paris), BOTH_ACCEPT);
}

#[test]
fn time_zones_are_in_the_program_for_images_without_them() {
    let zones = jiff::tz::TimeZoneDatabase::bundled();
    assert!(zones.get("Europe/Paris").is_ok());
}

/// Whether `xn--…` encodes a valid internationalized label is not checked.
#[test]
fn labels_of_domains_are_not_decoded() {
    #[schema(request)]
    struct Email(#[garde(email)] String);
    let found = verdicts::<Email>(r#""a@xn--b.co""#);
    assert!(found.server && !found.document, "{found:?}");
}

/// The document cannot state rules that are code.
#[test]
fn rules_of_the_program_are_not_in_the_document() {
    fn even(number: &u8, _: &()) -> Result<(), &'static str> {
        match number % 2 {
            0 => Ok(()),
            _ => Err("must be even"),
        }
    }
    #[schema(request)]
    struct Even(#[garde(custom(even))] u8);
    rejected_by_the_server_only::<Even>(&["3"]);

    #[schema(request)]
    #[serde(try_from = "u8")]
    #[allow(dead_code, reason = "read by serde alone")]
    struct Odd(u8);
    impl TryFrom<u8> for Odd {
        type Error = &'static str;

        fn try_from(number: u8) -> Result<Self, Self::Error> {
            match number % 2 {
                1 => Ok(Self(number)),
                _ => Err("must be odd"),
            }
        }
    }
    rejected_by_the_server_only::<Odd>(&["2"]);
}

/// Parameters are text: no schema states how a number is written there, or that other names are rejected.
#[test]
fn parameters_have_rules_that_schemas_do_not_state() {
    #[schema(request)]
    struct Page {
        number: u8,
    }
    let validator = Validator::of::<Page>().unwrap();
    let accepts = |query: &str| validator.read_query::<Page>(query).is_ok();
    assert!(accepts("number=5"));
    for query in [
        "number=5.0",
        "number=5e0",
        "number=+5",
        "number=05",
        "number=5&more=1",
    ] {
        assert!(!accepts(query), "{query}");
    }
    assert_eq!(verdicts::<Page>(r#"{"number": 5.0}"#), BOTH_ACCEPT);
}

/// The rules of a type are not checked when a response is serialized.
#[test]
fn responses_are_serialized_without_validation() {
    #[schema(response)]
    struct Reply {
        #[garde(length(min = 1))]
        name: String,
        ratio: f64,
    }
    let document = document_validator::<Reply>(Direction::Output);
    let written = |name: &str, ratio: f64| {
        let reply = Reply {
            name: name.to_owned(),
            ratio,
        };
        serde_json::to_value(&reply).unwrap()
    };
    assert!(document.is_valid(&written("a", 0.5)));
    assert!(!document.is_valid(&written("", 0.5)));
    assert_eq!(written("a", f64::NAN), json!({"name": "a", "ratio": null}));
    assert!(!document.is_valid(&written("a", f64::NAN)));
}
