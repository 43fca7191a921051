//! Bodies made to be read again and again: what it takes to answer them grows with their size, not with a power of
//! their depth. No clock is looked at; were one of these wrong, it would not end.

#![allow(dead_code, reason = "types that are read by serde alone")]

use std::collections::{BTreeMap, BTreeSet};

use purlin_schemas::{DecodeError, Schema, Validator, schema};
use serde::de::DeserializeOwned;

/// JSON is read down to 127 levels.
const DEPTHS: [usize; 4] = [1, 5, 40, 100];

/// Two shapes that both know `x`.
#[schema(request)]
#[serde(untagged)]
enum Alike {
    Leaf(u8),
    And { x: Box<Alike> },
    Or { x: Box<Alike>, not: Option<bool> },
}

/// The shape that fails last comes first, and maps and lists are read by trial as well.
#[schema(request)]
#[serde(untagged)]
enum Mixed {
    Or {
        x: Box<Mixed>,
        y: bool,
    },
    And {
        x: Box<Mixed>,
    },
    /// serde refuses texts that the document allows.
    When(jiff::Zoned),
    List(Vec<Mixed>),
    Map(BTreeMap<String, Mixed>),
}

#[schema(request)]
#[serde(tag = "t")]
enum Tagged {
    L,
    A { x: Box<Tagged> },
    B { x: Box<Tagged>, not: Option<bool> },
}

#[schema(request)]
struct Flat {
    #[serde(flatten)]
    shape: FlatShape,
    z: Option<u8>,
}

#[schema(request)]
#[serde(untagged)]
enum FlatShape {
    A { x: Box<Flat>, q: u8 },
    B { x: Box<Flat>, r: u8 },
    C { x: Option<Box<Flat>> },
}

/// A limit below maps within maps.
#[schema(request)]
struct Mapped {
    #[serde(default)]
    x: BTreeMap<String, Mapped>,
    #[garde(range(max = 5))]
    n: Option<u8>,
}

fn nested(start: &str, leaf: &str, end: &str, depth: usize) -> String {
    format!("{}{leaf}{}", start.repeat(depth), end.repeat(depth))
}

/// The pointers and codes of what is wrong with a body; none when it is read.
fn answer<T: Schema + DeserializeOwned>(body: &str) -> Vec<(String, String)> {
    match Validator::of::<T>().unwrap().decode::<T>(body.as_bytes()) {
        Ok(_) => Vec::new(),
        Err(DecodeError::Invalid(violations)) => violations
            .iter()
            .map(|violation| (violation.pointer.clone(), violation.code().to_owned()))
            .collect(),
        Err(other) => panic!("{body}: {other}"),
    }
}

#[test]
fn a_wrong_leaf_is_named_however_deep_it_is() {
    for depth in DEPTHS {
        let body = nested("{\"x\":", "\"bad\"", "}", depth);
        assert_eq!(
            answer::<Alike>(&body),
            [("/x".repeat(depth), "type".to_owned())]
        );
        let body = nested("{\"t\":\"A\",\"x\":", "{\"t\":\"C\"}", "}", depth);
        let place = format!("{}/t", "/x".repeat(depth));
        assert_eq!(answer::<Tagged>(&body), [(place, "enum".to_owned())]);
        let body = nested("{\"x\":{\"a\":", "{\"n\":9}", "}}", depth / 2);
        let place = format!("{}/n", "/x/a".repeat(depth / 2));
        assert_eq!(answer::<Mapped>(&body), [(place, "maximum".to_owned())]);
    }
}

#[test]
fn shapes_that_look_alike_are_read_as_deep_as_they_can_be_told_apart() {
    let alike = |depth| answer::<Alike>(&nested("{\"x\":", "3", "}", depth));
    assert_eq!(alike(1), []);
    assert_eq!(alike(12), []);
    let refused = [(String::new(), "ambiguous".to_owned())];
    assert_eq!(alike(40), refused);
    assert_eq!(alike(100), refused);
    // Those a member tells apart are read to the bottom.
    let tagged = nested("{\"t\":\"A\",\"x\":", "{\"t\":\"L\"}", "}", 100);
    assert_eq!(answer::<Tagged>(&tagged), []);
}

#[test]
fn no_body_takes_more_work_than_its_size_accounts_for() {
    let wraps = [
        ("{\"x\":", "}"),
        ("[", "]"),
        ("{\"x\":", ",\"y\":1}"),
        ("{\"y\":1,\"x\":", "}"),
        ("{\"x\":", ",\"not\":true}"),
        ("{\"t\":\"A\",\"x\":", "}"),
        ("{\"x\":", ",\"t\":\"B\"}"),
        ("{\"any\":", "}"),
        ("{\"x\":", ",\"q\":1}"),
        ("{\"x\":", ",\"r\":1,\"z\":4}"),
        ("{\"x\":[", "]}"),
    ];
    let leaves = [
        "3",
        "3.0",
        "300",
        "\"bad\"",
        "null",
        "{}",
        "[]",
        "{\"t\":\"L\"}",
        "{\"n\":9}",
    ];
    for (start, end) in wraps {
        for leaf in leaves {
            let body = nested(start, leaf, end, 60);
            // Any answer will do.
            answer::<Alike>(&body);
            answer::<Mixed>(&body);
            answer::<Tagged>(&body);
            answer::<Flat>(&body);
            answer::<Mapped>(&body);
            answer::<Option<Vec<Mixed>>>(&body);
        }
    }
}

/// Each level would be copied with all that is below it.
#[test]
fn a_long_list_far_below_is_not_copied_at_every_level() {
    let list = format!("[{}]", vec!["[]"; 50_000].join(","));
    let body = nested("{\"x\":", &list, "}", 100);
    assert_eq!(
        answer::<Mixed>(&body),
        [(String::new(), "ambiguous".to_owned())]
    );
    assert_eq!(answer::<Mixed>(&nested("{\"x\":", &list, "}", 1)), []);
}

/// Sets within sets, each of which has to be compared with what stands beside it.
#[test]
fn sets_within_sets_are_compared_once() {
    #[schema(request)]
    #[derive(PartialEq, Eq, PartialOrd, Ord)]
    #[serde(untagged)]
    enum Set {
        Leaf(u8),
        Inner(BTreeSet<Set>),
    }
    let body = |leaf: &str| nested("[1,", leaf, "]", 100);
    assert_eq!(answer::<Set>(&body("2")), []);
    assert_eq!(answer::<Set>(&body("[[], [2], [3, 1.0]]")), []);
    let place = "/1".repeat(100);
    assert_eq!(
        answer::<Set>(&body("[[2, 3], [2.0, 3]]")),
        [(place, "unique_items".to_owned())]
    );
}

/// Nothing ends the reading of what directly contains itself.
#[test]
fn a_type_that_directly_contains_itself_has_no_validator() {
    #[schema(request)]
    #[serde(untagged)]
    enum Endless {
        Leaf(u8),
        Again(Box<Endless>),
    }
    let errors = Validator::of::<Endless>().unwrap_err().to_string();
    assert!(
        errors.contains("`Endless`: it directly contains itself"),
        "{errors}"
    );
}
