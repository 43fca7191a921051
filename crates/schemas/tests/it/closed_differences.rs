//! Inputs on which serde and schemars disagree by themselves and on which Purlin makes them agree: one test for each
//! difference. The list is in `docs/document-and-server.md`.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use purlin_schemas::{Schema, Validator, schema};
use serde::de::DeserializeOwned;

use crate::support::{BOTH_ACCEPT, BOTH_REJECT, Verdicts, verdicts};

fn all<T: Schema + DeserializeOwned>(expected: &Verdicts, bodies: &[&str]) {
    for body in bodies {
        let kind = std::any::type_name::<T>();
        assert_eq!(verdicts::<T>(body), *expected, "{body} for {kind}");
    }
}

fn accepted<T: Schema + DeserializeOwned>(bodies: &[&str]) {
    all::<T>(&BOTH_ACCEPT, bodies);
}

fn rejected<T: Schema + DeserializeOwned>(bodies: &[&str]) {
    all::<T>(&BOTH_REJECT, bodies);
}

fn quoted(texts: &[&str]) -> Vec<String> {
    texts
        .iter()
        .map(|text| serde_json::to_string(text).unwrap())
        .collect()
}

fn accepted_texts<T: Schema + DeserializeOwned>(texts: &[&str]) {
    for body in quoted(texts) {
        accepted::<T>(&[&body]);
    }
}

fn rejected_texts<T: Schema + DeserializeOwned>(texts: &[&str]) {
    for body in quoted(texts) {
        rejected::<T>(&[&body]);
    }
}

#[test]
fn integral_floats_are_integers() {
    accepted::<u8>(&["1.0", "1e2", "-0", "-0.0", "2.5e1"]);
    accepted::<i64>(&["-1.0", "9007199254740992.0", "-9007199254740992.0"]);
    rejected::<u8>(&["1.5", "-1.0", "256.0", "1e3"]);
}

#[test]
fn every_width_of_integer_has_its_bounds() {
    accepted::<i8>(&["-128", "127"]);
    rejected::<i8>(&["-129", "128"]);
    accepted::<u8>(&["0", "255"]);
    rejected::<u8>(&["-1", "256"]);
    accepted::<i16>(&["-32768", "32767"]);
    rejected::<i16>(&["-32769", "32768"]);
    accepted::<u16>(&["0", "65535"]);
    rejected::<u16>(&["-1", "65536"]);
    accepted::<i32>(&["-2147483648", "2147483647"]);
    rejected::<i32>(&["-2147483649", "2147483648"]);
    accepted::<u32>(&["0", "4294967295"]);
    rejected::<u32>(&["-1", "4294967296"]);
    accepted::<i64>(&["-9223372036854775808", "9223372036854775807"]);
    rejected::<i64>(&["9223372036854775808", "-1e19"]);
    accepted::<u64>(&["0", "18446744073709551615"]);
    rejected::<u64>(&["-1", "18446744073709551616", "1e20"]);
    rejected::<usize>(&["-1", "18446744073709551616"]);
    rejected::<isize>(&["9223372036854775808"]);
    rejected::<std::num::NonZeroI16>(&["0", "0.0", "-0", "32768"]);
}

#[test]
fn integers_of_128_bits_have_no_validator() {
    assert!(Validator::of::<u128>().is_err());
    assert!(Validator::of::<Vec<i128>>().is_err());
}

#[test]
fn f32_has_bounds_and_does_not_become_infinite() {
    // The last is what serde_json writes for `f32::MAX`.
    accepted::<f32>(&["0.1", "-3.4e38", "3.4028235e38"]);
    rejected::<f32>(&["3.4028236e38", "-3.5e38", "1e39", "1e300"]);
}

#[test]
fn unknown_fields_are_rejected_at_every_level() {
    #[schema(request)]
    struct Inner {
        a: u8,
    }
    #[schema(request)]
    struct Outer {
        inner: Inner,
        #[serde(flatten)]
        flat: Inner,
    }
    #[schema(request)]
    struct Rest {
        a: u8,
        #[serde(flatten)]
        rest: BTreeMap<String, u8>,
    }
    accepted::<Outer>(&[r#"{"inner": {"a": 1}, "a": 2}"#]);
    rejected::<Outer>(&[
        r#"{"inner": {"a": 1, "x": 1}, "a": 2}"#,
        r#"{"inner": {"a": 1}, "a": 2, "x": 1}"#,
    ]);
    accepted::<Rest>(&[r#"{"a": 1, "b": 2}"#]);
    rejected::<Rest>(&[r#"{"a": 1, "b": 256}"#]);
}

#[test]
fn array_in_place_of_a_struct_is_rejected() {
    #[schema(request)]
    struct Pair {
        a: u8,
        #[serde(default)]
        b: u8,
    }
    accepted::<Pair>(&[r#"{"a": 1}"#]);
    rejected::<Pair>(&["[1]", "[1, 2]"]);
    rejected::<std::time::Duration>(&["[1, 2]"]);
}

#[test]
fn array_in_place_of_a_tagged_enum_is_rejected() {
    #[schema(request)]
    #[serde(tag = "type")]
    enum Internal {
        Unit,
        Fields { a: u8 },
    }
    #[schema(request)]
    #[serde(tag = "t", content = "c")]
    enum Adjacent {
        Unit,
        Fields { a: u8 },
    }
    accepted::<Internal>(&[r#"{"type": "Unit"}"#, r#"{"type": "Fields", "a": 1.0}"#]);
    rejected::<Internal>(&[r#"["Unit"]"#, r#"["Fields", 1]"#]);
    accepted::<Adjacent>(&[r#"{"t": "Unit"}"#, r#"{"t": "Fields", "c": {"a": 1}}"#]);
    rejected::<Adjacent>(&[
        r#"["Unit", null]"#,
        r#"["Fields", {"a": 1}]"#,
        r#"{"t": "Fields", "c": [1]}"#,
    ]);
    // A unit variant has no content and no further fields.
    rejected::<Internal>(&[r#"{"type": "Unit", "x": 1}"#, r#"{"type": "Unit", "a": 1}"#]);
    rejected::<Adjacent>(&[
        r#"{"t": "Unit", "c": null}"#,
        r#"{"t": "Unit", "c": 1}"#,
        r#"{"t": "Unit", "x": 1}"#,
    ]);
}

#[test]
fn unit_variant_is_only_its_name() {
    #[schema(request)]
    enum External {
        C,
        Fields { a: u8 },
    }
    accepted::<External>(&[r#""C""#, r#"{"Fields": {"a": 1}}"#]);
    rejected::<External>(&[
        r#"{"C": null}"#,
        r#"{"C": {}}"#,
        r#"{"C": null, "Fields": {"a": 1}}"#,
        r#"{"Fields": [1]}"#,
        r#""Fields""#,
    ]);
}

#[test]
fn integer_keys_have_the_grammar_of_integers() {
    accepted::<BTreeMap<u16, u8>>(&[r#"{"0": 1, "65535": 2}"#]);
    accepted::<BTreeMap<i8, u8>>(&[r#"{"-128": 1, "127": 2}"#]);
    rejected::<BTreeMap<u16, u8>>(&[
        r#"{"01": 1}"#,
        r#"{"-0": 1}"#,
        r#"{"-1": 1}"#,
        r#"{"+1": 1}"#,
        r#"{" 1": 1}"#,
        r#"{"1\n": 1}"#,
        r#"{"1.0": 1}"#,
        r#"{"1e2": 1}"#,
        r#"{"٣": 1}"#,
    ]);
    rejected::<BTreeMap<i8, u8>>(&[r#"{"-01": 1}"#, r#"{"-0": 1}"#, r#"{"00": 1}"#]);
}

#[test]
fn pattern_of_a_key_is_enforced() {
    #[schema(request)]
    #[derive(PartialEq, Eq, PartialOrd, Ord)]
    struct Code(#[garde(pattern("^[0-9]{5}$"))] String);
    #[schema(request)]
    struct ByCode {
        places: BTreeMap<Code, u8>,
    }
    accepted::<ByCode>(&[r#"{"places": {"12345": 1}}"#]);
    rejected::<ByCode>(&[r#"{"places": {"x": 1}}"#, r#"{"places": {"12345\n": 1}}"#]);
}

#[test]
fn duration_has_exactly_two_members() {
    type Duration = std::time::Duration;
    accepted::<Duration>(&[
        r#"{"secs": 1, "nanos": 999999999}"#,
        r#"{"secs": 18446744073709551615, "nanos": 0}"#,
    ]);
    rejected::<Duration>(&[
        r#"{"secs": 1, "nanos": 0, "x": 1}"#,
        r#"{"secs": 1}"#,
        r#"{"secs": 1, "nanos": 1000000000}"#,
        r#"{"secs": 18446744073709551615, "nanos": 1000000000}"#,
    ]);
}

#[test]
fn dollar_in_a_pattern_matches_only_the_end_of_the_text() {
    #[schema(request)]
    struct Zip(#[garde(pattern("^[0-9]{5}$"))] String);
    accepted_texts::<Zip>(&["12345"]);
    rejected_texts::<Zip>(&["12345\n", "\n12345", "12345\r", "٣٣٣٣٣"]);
}

#[test]
fn pattern_that_differs_between_dialects_has_no_validator() {
    #[schema(request)]
    struct Digits(#[schemars(extend("pattern" = "^\\d$"))] String);
    #[schema(request)]
    struct Flags(#[schemars(extend("pattern" = "(?i)a"))] String);
    assert!(Validator::of::<Digits>().is_err());
    assert!(Validator::of::<Flags>().is_err());
}

#[test]
fn dot_in_a_pattern_excludes_only_the_line_feed() {
    #[schema(request)]
    struct Any(#[garde(pattern("^.[.]$"))] String);
    accepted_texts::<Any>(&["a.", "\r.", "\u{2028}.", "\u{2029}.", "😀."]);
    rejected_texts::<Any>(&["\n.", "ab", "."]);
}

#[test]
fn duplicate_item_of_a_set_is_rejected() {
    accepted::<BTreeSet<u8>>(&["[]", "[1, 2]"]);
    rejected::<BTreeSet<u8>>(&["[1, 1]", "[1, 1.0]", "[0, -0]", "[0, -0.0]"]);
    rejected::<BTreeSet<u64>>(&["[9007199254740992, 9007199254740992.0]"]);
    accepted::<BTreeSet<u64>>(&["[9007199254740992, 9007199254740993]"]);
    rejected::<HashSet<String>>(&[r#"["a", "\u0061"]"#]);
    accepted::<HashSet<String>>(&[r#"["1", "1.0"]"#]);
}

#[test]
fn uuids_have_only_the_hyphenated_form() {
    accepted_texts::<uuid::Uuid>(&[
        "67e55044-10b1-426f-9247-bb680e5fe0c8",
        "67E55044-10B1-426F-9247-BB680E5FE0C8",
    ]);
    rejected_texts::<uuid::Uuid>(&[
        "67e5504410b1426f9247bb680e5fe0c8",
        "urn:uuid:67e55044-10b1-426f-9247-bb680e5fe0c8",
        "{67e55044-10b1-426f-9247-bb680e5fe0c8}",
    ]);
}

#[test]
fn emails_follow_rfc_5321() {
    #[schema(request)]
    struct Email(#[garde(email)] String);
    accepted_texts::<Email>(&[
        "ada@example.com",
        "a@x",
        "a@xn--bcher-kva.example",
        "\"a b\"@x.co",
        "a@[127.0.0.1]",
        "a@[ipv6:::1]",
    ]);
    rejected_texts::<Email>(&[
        "a..b@x.co",
        "é@x.co",
        "a@é.co",
        ".a@x.co",
        "a@-x.co",
        "a@ab--c.co",
        "@x.co",
        &format!("{}@x.co", "a".repeat(65)),
        &format!("\"{}\"@x.co", "a".repeat(63)),
    ]);
}

#[test]
fn urls_follow_rfc_3986() {
    #[schema(request)]
    struct Url(#[garde(url)] String);
    accepted_texts::<Url>(&[
        "https://x.org/a?b#c",
        "HTTP://X.ORG",
        "mailto:a@b.co",
        "http://[::1]/",
    ]);
    rejected_texts::<Url>(&[
        "http://é.org/",
        "https://x.org/é",
        "/relative",
        " https://x.org",
        "https://x.org\n",
        "http:\\\\x.org",
        "https://x.org/%zz",
    ]);
}

#[test]
fn lengths_are_counted_in_code_points() {
    #[schema(request)]
    struct Three(#[garde(length(max = 3))] String);
    // Bytes and graphemes differ: 6 and 3, 8 and 1, 12 and 3; then 6 and 2, 18 and 1.
    accepted_texts::<Three>(&["ééé", "👍🏽", "😀😀😀"]);
    rejected_texts::<Three>(&["e\u{301}e\u{301}", "👨‍👩‍👧"]);
    accepted_texts::<char>(&["é", "😀"]);
    rejected_texts::<char>(&["e\u{301}", ""]);
}

#[test]
fn timestamps_follow_rfc_3339() {
    fn check<T: Schema + DeserializeOwned>() {
        accepted_texts::<T>(&[
            "2024-02-29T23:59:59Z",
            "2024-02-29t23:59:59z",
            "2016-12-31T23:59:60Z",
            "2017-01-01T01:59:60+02:00",
            "0000-01-01T00:00:00Z",
            "2024-02-29T23:59:59-00:00",
        ]);
        rejected_texts::<T>(&[
            "2024-02-29 23:59:59Z",
            "2016-12-31T12:00:60Z",
            "2016-12-31T23:59:61Z",
            "2024-02-29T23:59:59",
            "2024-02-29T23:59:59+0200",
            "2024-02-29T23:59:59Z[UTC]",
            "20240229T235959Z",
            "2023-02-29T00:00:00Z",
        ]);
    }
    check::<chrono::DateTime<chrono::Utc>>();
    check::<chrono::DateTime<chrono::FixedOffset>>();
    check::<jiff::Timestamp>();
}

#[test]
fn ip_addresses_are_of_either_version() {
    accepted_texts::<std::net::IpAddr>(&["1.2.3.4", "::1"]);
    rejected_texts::<std::net::IpAddr>(&["1.2.3.04", "fe80::1%eth0", "x", ""]);
}

#[test]
fn dates_and_times_are_the_same_for_chrono_and_jiff() {
    fn days<T: Schema + DeserializeOwned>() {
        accepted_texts::<T>(&["2024-02-29", "0000-01-01", "9999-12-31"]);
        rejected_texts::<T>(&["2023-02-29", "20240229", "+2024-02-29", "2024-2-29"]);
    }
    fn times<T: Schema + DeserializeOwned>() {
        accepted_texts::<T>(&["23:59:59", "23:59:59.123456789"]);
        rejected_texts::<T>(&["23:59:60", "23:59", "24:00:00", "T23:59:59", "23:59:59,5"]);
    }
    fn both<T: Schema + DeserializeOwned>() {
        accepted_texts::<T>(&["2024-02-29T23:59:59", "0000-02-29T00:00:00.5"]);
        rejected_texts::<T>(&[
            "2024-02-29 23:59:59",
            "2024-02-29t23:59:59",
            "2100-02-29T00:00:00",
        ]);
    }
    days::<chrono::NaiveDate>();
    days::<jiff::civil::Date>();
    times::<chrono::NaiveTime>();
    times::<jiff::civil::Time>();
    both::<chrono::NaiveDateTime>();
    both::<jiff::civil::DateTime>();
}

#[test]
fn multiples_are_computed_in_decimal() {
    #[schema(request)]
    struct Price(#[schemars(extend("multipleOf" = 0.1))] f64);
    accepted::<Price>(&["0.3", "0.5", "1", "-2.7", "1e300"]);
    rejected::<Price>(&["0.35", "1e-300"]);
    #[schema(request)]
    struct Threes(#[schemars(extend("multipleOf" = 3))] u64);
    accepted::<Threes>(&["0", "6.0", "9007199254740993"]);
    rejected::<Threes>(&["9007199254740994", "9007199254740995"]);
}

#[test]
fn format_that_is_not_enforced_has_no_validator() {
    #[schema(request)]
    struct Host(#[schemars(extend("format" = "hostname"))] String);
    assert!(Validator::of::<Host>().is_err());
}
