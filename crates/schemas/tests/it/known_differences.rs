//! Where the document and the server still disagree: one test a difference, holding both verdicts, so that none
//! goes away or comes about unnoticed. Why each is let be is told in `docs/document-and-server.md`.

use std::collections::BTreeMap;

use purlin_schemas::{DecodeError, Direction, Schema, Validator, schema};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::support::{
    BOTH_ACCEPT, BOTH_REFUSE, ONLY_THE_SERVER_REFUSES, Verdicts, judge, server, verdicts,
};

/// The server refuses what the document accepts.
fn refused_by_the_server_alone<T: Schema + DeserializeOwned>(bodies: &[&str]) {
    for body in bodies {
        let kind = std::any::type_name::<T>();
        assert_eq!(
            verdicts::<T>(body),
            ONLY_THE_SERVER_REFUSES,
            "{body} for {kind}"
        );
    }
}

/// A float of that size stands for more than one integer.
#[test]
fn whole_floats_beyond_2_to_the_53_are_no_integers() {
    refused_by_the_server_alone::<i64>(&["9007199254740994.0", "-9007199254740994.0", "1e16"]);
    refused_by_the_server_alone::<u64>(&["9007199254740994.0", "1e19"]);
    assert_eq!(verdicts::<i64>("9007199254740994"), BOTH_ACCEPT);
}

/// The judge reads integers beyond 64 bits as floats, as many readers do, and takes this one for the least there is.
#[test]
fn an_integer_just_below_64_bits_is_recognised_by_the_server_alone() {
    refused_by_the_server_alone::<i64>(&["-9223372036854775809"]);
}

/// The document speaks of values, and no value has a key twice.
#[test]
fn a_duplicate_key_is_rejected() {
    #[schema(request)]
    struct Guest {
        name: String,
    }
    refused_by_the_server_alone::<Guest>(&[
        r#"{"name": "a", "name": "a"}"#,
        r#"{"name": "a", "n\u0061me": "b"}"#,
    ]);
    refused_by_the_server_alone::<BTreeMap<String, u8>>(&[r#"{"a": 1, "a": 2}"#]);
    refused_by_the_server_alone::<Value>(&[r#"[{"a": {"b": 1, "b": 1}}]"#]);
}

/// A type that ignores unknown fields, which `#[schema]` never makes, does not look at their names.
#[test]
fn a_duplicate_of_an_ignored_key_is_accepted() {
    #[derive(serde::Deserialize, purlin_schemas::JsonSchema)]
    #[allow(dead_code, reason = "read by serde alone")]
    struct Open {
        a: u8,
    }
    impl Schema for Open {}
    assert_eq!(verdicts::<Open>(r#"{"a": 1, "b": 1, "b": 2}"#), BOTH_ACCEPT);
    refused_by_the_server_alone::<Open>(&[r#"{"a": 1, "a": 1}"#]);
}

/// JSON may be longer, deeper and larger than any reader takes it.
#[test]
fn json_beyond_the_limits_of_the_parser_is_malformed() {
    let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
    for body in ["1e400", r#""\ud800""#, deep.as_str()] {
        let malformed = server::<Value>(body).unwrap_err();
        assert!(matches!(malformed, DecodeError::Malformed { .. }), "{body}");
        assert!(serde_json::from_str::<Value>(body).is_err(), "{body}");
    }
}

/// A field that is a float is read as the nearest one, and that one is held against the limit.
#[test]
fn an_integer_beyond_2_to_the_53_may_be_rounded_to_the_limit_of_a_float() {
    #[schema(request)]
    struct Limited(#[garde(range(max = 9_007_199_254_740_992.0))] f64);
    let only_the_document_refuses = Verdicts {
        server: true,
        document: false,
    };
    assert_eq!(
        verdicts::<Limited>("9007199254740993"),
        only_the_document_refuses
    );
    assert_eq!(verdicts::<Limited>("9007199254740994"), BOTH_REFUSE);
}

/// What a key's type says is stated of a map that has its object to itself, in a type declared with `#[schema]`.
#[test]
fn keys_that_share_an_object_have_rules_the_document_does_not_state() {
    #[schema(request)]
    struct Flat {
        name: String,
        #[serde(flatten)]
        more: BTreeMap<uuid::Uuid, u8>,
    }
    refused_by_the_server_alone::<Flat>(&[r#"{"name": "a", "x": 1}"#]);

    #[derive(serde::Deserialize, purlin_schemas::JsonSchema)]
    #[allow(dead_code, reason = "read by serde alone")]
    struct ByHand {
        map: BTreeMap<u16, u8>,
    }
    impl Schema for ByHand {}
    refused_by_the_server_alone::<ByHand>(&[r#"{"map": {"65536": 1}}"#]);
}

/// serde would read the innermost part twice as often with every level.
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
    refused_by_the_server_alone::<Alike>(&[&body(40)]);
}

/// A `custom` rule of a key's type is not asked.
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

/// A jiff instant ends on 9999-12-30 and has nine digits of a second's fraction.
#[test]
fn instants_of_jiff_have_an_end_and_nine_digits() {
    refused_by_the_server_alone::<jiff::Timestamp>(&[
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

/// A jiff duration is hours, minutes and seconds; a span has an end.
#[test]
fn durations_of_jiff_have_no_days_and_an_end() {
    refused_by_the_server_alone::<jiff::SignedDuration>(&[
        r#""P1D""#,
        r#""P1Y2M3DT4H5M6S""#,
        r#""PT9223372036854775808S""#,
    ]);
    refused_by_the_server_alone::<jiff::Span>(&[r#""P99999Y""#, r#""PT9223372036854775808S""#]);
    assert_eq!(verdicts::<jiff::Span>(r#""P1Y2M3DT4H5M6S""#), BOTH_ACCEPT);
    // What these types read beyond the format is refused by both.
    for body in [r#""PT1.5S""#, r#""-PT1H""#, r#""1h""#, r#""pt1h""#] {
        assert_eq!(verdicts::<jiff::Span>(body), BOTH_REFUSE, "{body}");
        assert_eq!(
            verdicts::<jiff::SignedDuration>(body),
            BOTH_REFUSE,
            "{body}"
        );
    }
}

/// JSON Schema has no format for an instant with the name of its time zone.
#[test]
fn a_zoned_instant_is_any_text_to_the_document() {
    refused_by_the_server_alone::<jiff::Zoned>(&[r#""x""#, r#""2024-02-29T23:59:59Z""#]);
    let paris = r#""2024-02-29T23:59:59+01:00[Europe/Paris]""#;
    assert_eq!(verdicts::<jiff::Zoned>(paris), BOTH_ACCEPT);
}

/// Whether `xn--…` stands for a name in another script is not looked into.
#[test]
fn labels_of_domains_are_not_decoded() {
    #[schema(request)]
    struct Email(#[garde(email)] String);
    let found = verdicts::<Email>(r#""a@xn--b.co""#);
    assert!(found.server && !found.document, "{found:?}");
}

/// What a program alone knows, the document cannot say.
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
    refused_by_the_server_alone::<Even>(&["3"]);

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
    refused_by_the_server_alone::<Odd>(&["2"]);
}

/// Parameters are text: how a number is written there, and that no other names are taken, no schema says.
#[test]
fn text_has_rules_of_its_own() {
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

/// What a handler answers is not held against its rules.
#[test]
fn responses_are_written_as_the_handler_made_them() {
    #[schema(response)]
    struct Reply {
        #[garde(length(min = 1))]
        name: String,
        ratio: f64,
    }
    let document = judge::<Reply>(Direction::Output);
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
