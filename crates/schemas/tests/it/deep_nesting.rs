//! Bodies nested so that a naive validator reads parts of them repeatedly: the work grows with their size, not
//! exponentially with their depth. The tests measure no time; with exponential work they would not end.

#![allow(dead_code, reason = "types that are read by serde alone")]

use std::collections::{BTreeMap, BTreeSet};

use purlin_schemas::{DecodeError, Schema, Validator, schema};
use serde::de::DeserializeOwned;

/// JSON is read down to 127 levels.
const DEPTHS: [usize; 4] = [1, 5, 40, 100];

/// An untagged enum of which two variants have the field `x`.
#[schema(request)]
#[serde(untagged)]
enum Alike {
    Leaf(u8),
    And { x: Box<Alike> },
    Or { x: Box<Alike>, not: Option<bool> },
}

/// An untagged enum whose first variant fails last; lists and maps are alternatives too.
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
    /// serde rejects strings that the document allows.
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

/// A limit at the bottom of nested maps.
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

/// Returns the pointers and codes of the violations of a body; none when it is decoded.
fn violations<T: Schema + DeserializeOwned>(body: &str) -> Vec<(String, String)> {
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
fn invalid_leaf_is_located_at_every_depth() {
    for depth in DEPTHS {
        let body = nested("{\"x\":", "\"bad\"", "}", depth);
        assert_eq!(
            violations::<Alike>(&body),
            [("/x".repeat(depth), "type".to_owned())]
        );
        let body = nested("{\"t\":\"A\",\"x\":", "{\"t\":\"C\"}", "}", depth);
        let pointer = format!("{}/t", "/x".repeat(depth));
        assert_eq!(violations::<Tagged>(&body), [(pointer, "enum".to_owned())]);
        let body = nested("{\"x\":{\"a\":", "{\"n\":9}", "}}", depth / 2);
        let pointer = format!("{}/n", "/x/a".repeat(depth / 2));
        assert_eq!(
            violations::<Mapped>(&body),
            [(pointer, "maximum".to_owned())]
        );
    }
}

#[test]
fn overlapping_variants_are_ambiguous_below_a_depth() {
    let alike = |depth| violations::<Alike>(&nested("{\"x\":", "3", "}", depth));
    assert_eq!(alike(1), []);
    assert_eq!(alike(12), []);
    let rejected = [(String::new(), "ambiguous".to_owned())];
    assert_eq!(alike(40), rejected);
    assert_eq!(alike(100), rejected);
    // Variants that a tag distinguishes are decoded at any depth.
    let tagged = nested("{\"t\":\"A\",\"x\":", "{\"t\":\"L\"}", "}", 100);
    assert_eq!(violations::<Tagged>(&tagged), []);
}

#[test]
fn work_is_bounded_by_the_size_of_the_body() {
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
            // The result does not matter, only that there is one.
            violations::<Alike>(&body);
            violations::<Mixed>(&body);
            violations::<Tagged>(&body);
            violations::<Flat>(&body);
            violations::<Mapped>(&body);
            violations::<Option<Vec<Mixed>>>(&body);
        }
    }
}

/// A buffer at each level would copy everything below it.
#[test]
fn long_list_at_the_bottom_is_not_copied_at_every_level() {
    let list = format!("[{}]", vec!["[]"; 50_000].join(","));
    let body = nested("{\"x\":", &list, "}", 100);
    assert_eq!(
        violations::<Mixed>(&body),
        [(String::new(), "ambiguous".to_owned())]
    );
    assert_eq!(violations::<Mixed>(&nested("{\"x\":", &list, "}", 1)), []);
}

/// Nested sets, each of which has to be compared with its siblings.
#[test]
fn nested_sets_are_compared_once() {
    #[schema(request)]
    #[derive(PartialEq, Eq, PartialOrd, Ord)]
    #[serde(untagged)]
    enum Set {
        Leaf(u8),
        Inner(BTreeSet<Set>),
    }
    let body = |leaf: &str| nested("[1,", leaf, "]", 100);
    assert_eq!(violations::<Set>(&body("2")), []);
    assert_eq!(violations::<Set>(&body("[[], [2], [3, 1.0]]")), []);
    let pointer = "/1".repeat(100);
    assert_eq!(
        violations::<Set>(&body("[[2, 3], [2.0, 3]]")),
        [(pointer, "unique_items".to_owned())]
    );
}

/// Deserializing such a type never ends.
#[test]
fn type_that_directly_contains_itself_has_no_validator() {
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
