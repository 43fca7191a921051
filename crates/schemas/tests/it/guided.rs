//! Rules that neither serde nor the checks of a type know, wherever a value has them: formats, and the rules of parts that serde
//! would buffer.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};
use purlin_schemas::{DecodeError, Validator, schema};
use uuid::Uuid;

#[test]
fn formats_are_checked_wherever_a_value_has_them() {
    #[schema(request)]
    #[derive(Debug, PartialEq)]
    enum Step {
        At(Uuid),
        Between {
            from: DateTime<Utc>,
            to: Option<DateTime<Utc>>,
        },
        Pair(u8, NaiveDate),
    }

    #[schema(request)]
    struct Trip {
        id: Wrapped,
        steps: Vec<Step>,
        by_name: BTreeMap<String, Option<Uuid>>,
        by_number: BTreeMap<u8, (NaiveDate, bool)>,
        inner: Option<Box<Trip>>,
    }

    #[schema(request)]
    struct Wrapped(Uuid);

    let uuid = r#""67e55044-10b1-426f-9247-bb680e5fe0c8""#;
    let trip = |id: &str, steps: &str, by_name: &str, by_number: &str, inner: &str| {
        format!(
            r#"{{"id":{id},"steps":{steps},"by_name":{by_name},"by_number":{by_number},"inner":{inner}}}"#
        )
    };
    let validator = Validator::of::<Trip>().unwrap();
    assert!(!validator.is_strict(), "no part is validated as a whole");
    let least = trip(uuid, "[]", "{}", "{}", "null");
    let whole = trip(
        uuid,
        &format!(
            r#"[{{"At":{uuid}}},{{"Between":{{"from":"2026-11-30T12:30:00Z","to":null}}}},{{"Pair":[1,"2026-11-30"]}}]"#
        ),
        &format!(r#"{{"a":null,"b":{uuid}}}"#),
        r#"{"7":["2026-11-30",true]}"#,
        &least,
    );
    validator.decode::<Trip>(whole.as_bytes()).unwrap();

    // Texts that uuid and chrono read and the formats do not allow.
    let urn = r#""urn:uuid:67e55044-10b1-426f-9247-bb680e5fe0c8""#;
    let space = r#""2026-11-30 12:30:00Z""#;
    let refused = [
        (trip(urn, "[]", "{}", "{}", "null"), "/id"),
        (
            trip(uuid, &format!(r#"[{{"At":{urn}}}]"#), "{}", "{}", "null"),
            "/steps/0/At",
        ),
        (
            trip(
                uuid,
                &format!(r#"[{{"Between":{{"from":{space}}}}}]"#),
                "{}",
                "{}",
                "null",
            ),
            "/steps/0/Between/from",
        ),
        (
            trip(uuid, r#"[{"Pair":[1,"2026-1-30"]}]"#, "{}", "{}", "null"),
            "/steps/0/Pair/1",
        ),
        (
            trip(uuid, "[]", &format!(r#"{{"a":{urn}}}"#), "{}", "null"),
            "/by_name/a",
        ),
        (
            trip(uuid, "[]", "{}", r#"{"7":["2026-1-30",true]}"#, "null"),
            "/by_number/7/0",
        ),
        (
            trip(uuid, "[]", "{}", "{}", &trip(urn, "[]", "{}", "{}", "null")),
            "/inner/id",
        ),
    ];
    for (body, pointer) in refused {
        let Err(DecodeError::Invalid(violations)) = validator.decode::<Trip>(body.as_bytes())
        else {
            panic!("{body} is accepted")
        };
        let found: Vec<_> = violations
            .iter()
            .map(|it| (it.pointer.as_str(), it.code()))
            .collect();
        assert_eq!(found, [(pointer, "format")], "{body}");
    }
}

#[test]
fn formats_are_checked_in_queries() {
    #[schema(request)]
    struct Search {
        since: Option<DateTime<Utc>>,
        #[serde(default)]
        id: Vec<Uuid>,
        price: Option<rust_decimal::Decimal>,
    }

    let validator = Validator::of::<Search>().unwrap();
    assert!(!validator.is_strict(), "no part is validated as a whole");
    let id = "67e55044-10b1-426f-9247-bb680e5fe0c8";
    let valid = format!("since=2026-11-30T12:30:00Z&id={id}&id={id}&price=1.50");
    let search: Search = validator.read_query(&valid).unwrap();
    assert_eq!((search.id.len(), search.since.is_some()), (2, true));
    assert_eq!(
        search.price.map(|price| price.to_string()).as_deref(),
        Some("1.50")
    );
    for (query, pointer) in [
        ("since=2026-11-30+12:30:00Z".to_owned(), "/since"),
        (format!("id={id}&id=urn:uuid:{id}"), "/id/1"),
        ("price=1e3".to_owned(), "/price"),
    ] {
        let violations = validator.read_query::<Search>(&query).err().unwrap();
        let found: Vec<_> = violations.iter().map(|it| it.pointer.as_str()).collect();
        assert_eq!(found, [pointer], "{query}");
    }
}

#[test]
fn parts_that_serde_would_buffer_are_validated_where_they_are() {
    #[schema(request)]
    #[serde(tag = "type")]
    enum Event {
        Opened { at: DateTime<Utc>, by: Option<Uuid> },
        Closed,
    }

    #[schema(request)]
    struct Log {
        name: String,
        events: Vec<Event>,
        tags: BTreeSet<String>,
    }

    let validator = Validator::of::<Log>().unwrap();
    let log = |events: &str, tags: &str| {
        format!(r#"{{"name":"\u0061","events":{events},"tags":{tags}}}"#)
    };
    let valid = log(
        r#"[{"at":"2026-11-30T12:30:00Z","type":"Opened"},{"type":"Closed"}]"#,
        r#"["a","\u0062"]"#,
    );
    let read: Log = validator.decode(valid.as_bytes()).unwrap();
    assert_eq!(
        (read.name.as_str(), read.events.len(), read.tags.len()),
        ("a", 2, 2)
    );
    for (body, pointer, code) in [
        (
            log(r#"[{"type":"Opened","at":"2026-11-30 12:30:00Z"}]"#, "[]"),
            "/events/0/at",
            "format",
        ),
        (
            log(r#"[{"type":"Closed","at":1}]"#, "[]"),
            "/events/0/at",
            "unknown_field",
        ),
        (
            log(r#"[{"type":"Closed","type":"Closed"}]"#, "[]"),
            "/events/0/type",
            "duplicate_field",
        ),
        (log("[]", r#"["a","\u0061"]"#), "/tags", "unique_items"),
    ] {
        let Err(DecodeError::Invalid(violations)) = validator.decode::<Log>(body.as_bytes()) else {
            panic!("{body} is accepted")
        };
        let found: Vec<_> = violations
            .iter()
            .map(|it| (it.pointer.as_str(), it.code()))
            .collect();
        assert_eq!(found, [(pointer, code)], "{body}");
    }
}

/// Returns the pointers and codes of the violations of a body.
fn found<T: serde::de::DeserializeOwned + purlin_schemas::Schema>(
    body: &str,
) -> Vec<(String, String)> {
    let validator = Validator::of::<T>().unwrap();
    match validator.decode::<T>(body.as_bytes()) {
        Ok(_) => Vec::new(),
        Err(DecodeError::Invalid(violations)) => violations
            .iter()
            .map(|it| (it.pointer.clone(), it.code().to_owned()))
            .collect(),
        Err(other) => panic!("{body}: {other}"),
    }
}

/// A type whose schema states more than its deserializer checks.
#[schema(request)]
struct Marked {
    #[schemars(with = "u8")]
    mark: u32,
}

#[schema(request)]
struct Audit {
    at: DateTime<Utc>,
    by: Option<Uuid>,
    versions: BTreeMap<u8, NaiveDate>,
}

#[test]
fn members_around_a_tag_are_read_as_those_of_their_variant() {
    #[schema(request)]
    #[serde(tag = "type")]
    enum Event {
        Audited(Audit),
        Marked(Marked),
        Moved { x: f32, to: Vec<u8> },
        Closed,
    }

    for valid in [
        r#"{"type": "Audited", "at": "2026-11-30T12:30:00Z", "versions": {"1": "2026-11-30"}}"#,
        r#"{"versions": {"1": "2026-11-30"}, "at": "2026-11-30T12:30:00Z", "type": "Audited"}"#,
        r#"{"versions": {}, "\u0074ype": "\u0041udited", "at": "2026-11-30T12:30:00Z", "by": null}"#,
        r#"{"to": [1, 2.0], "type": "Moved", "x": 1}"#,
        r#"{"type": "Marked", "mark": 255}"#,
        r#"{"type": "Closed"}"#,
    ] {
        assert_eq!(found::<Event>(valid), [], "{valid}");
    }
    for (invalid, pointer, code) in [
        (
            r#"{"type": "Audited", "at": "2026-11-30 12:30:00Z", "versions": {}}"#,
            "/at",
            "format",
        ),
        (
            r#"{"at": "2026-11-30 12:30:00Z", "type": "Audited", "versions": {}}"#,
            "/at",
            "format",
        ),
        (
            r#"{"versions": {"1": "2026-1-30"}, "at": "2026-11-30T12:30:00Z", "type": "Audited"}"#,
            "/versions/1",
            "format",
        ),
        (r#"{"type": "Marked", "mark": 256}"#, "/mark", "maximum"),
        (
            r#"{"type": "Moved", "x": 1, "x": 1, "to": []}"#,
            "/x",
            "duplicate_field",
        ),
        (
            r#"{"x": 1, "type": "Moved", "x": 1, "to": []}"#,
            "/x",
            "duplicate_field",
        ),
        (
            r#"{"type": "Closed", "type": "Closed"}"#,
            "/type",
            "duplicate_field",
        ),
        (r#"{"type": "Closed", "x": 1}"#, "/x", "unknown_field"),
        (r#"{"x": 1, "type": "Closed"}"#, "/x", "unknown_field"),
        (r#"{"x": 1, "to": []}"#, "/type", "required"),
        (r#"{"type": "Moved", "x": 1}"#, "/to", "required"),
    ] {
        assert_eq!(
            found::<Event>(invalid),
            [(pointer.to_owned(), code.to_owned())],
            "{invalid}"
        );
    }
}

#[test]
fn members_of_flattened_structs_are_read_as_those_of_their_struct() {
    #[schema(request)]
    struct Article {
        title: String,
        published: NaiveDate,
        #[serde(flatten)]
        audit: Audit,
    }

    #[schema(request)]
    struct MarkedArticle {
        title: String,
        #[serde(flatten)]
        marked: Marked,
    }

    let valid = r#"{"versions": {"1": "2026-11-30"}, "title": "a", "at": "2026-11-30T12:30:00Z", "published": "2026-11-30"}"#;
    assert_eq!(found::<Article>(valid), []);
    assert_eq!(found::<MarkedArticle>(r#"{"title": "a", "mark": 255}"#), []);
    for (valid_part, invalid_part, pointer, code) in [
        ("12:30:00Z", "12:30:00", "/at", "format"),
        ("T12:30", " 12:30", "/at", "format"),
        (
            r#""1": "2026-11"#,
            r#""1": "2026-1"#,
            "/versions/1",
            "format",
        ),
        (r#""1": "#, r#""256": "#, "/versions/256", "unknown_field"),
        (
            r#""published": "2026-11-30""#,
            r#""published": "2026-1-30""#,
            "/published",
            "format",
        ),
        (
            r#""title": "a""#,
            r#""title": "a", "title": "a""#,
            "/title",
            "duplicate_field",
        ),
        (
            r#""title": "a""#,
            r#""title": "a", "versions": {}"#,
            "/versions",
            "duplicate_field",
        ),
        (
            r#""title": "a""#,
            r#""title": "a", "x": {}"#,
            "/x",
            "unknown_field",
        ),
        (r#""title": "a", "#, "", "/title", "required"),
    ] {
        let invalid = valid.replace(valid_part, invalid_part);
        let found = found::<Article>(&invalid);
        assert_eq!(found, [(pointer.to_owned(), code.to_owned())], "{invalid}");
    }
    assert_eq!(
        found::<MarkedArticle>(r#"{"title": "a", "mark": 256}"#),
        [("/mark".to_owned(), "maximum".to_owned())]
    );
}
