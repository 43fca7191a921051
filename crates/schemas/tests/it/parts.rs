//! Parts of an object: flattened fields, and the content of variants that have their tag beside it. For each shape there are
//! values that document and server accept, and what a type writes it reads back equal.

#![allow(dead_code, reason = "fields are read by serde alone")]

use std::{collections::BTreeMap, fmt::Debug};

use purlin_schemas::{Direction, Schema, Validator, describe, example, schema};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::support::{
    BOTH_ACCEPT, BOTH_REJECT, code_pairs, codes, document_validator, server, verdicts, violations,
};

/// Asserts that document and server accept values, and that the type reads back what it writes.
#[track_caller]
fn accepted<T: Schema + DeserializeOwned + Serialize + PartialEq + Debug>(bodies: &[&str]) {
    let made = example(&describe::<T>(Direction::Input).unwrap()).unwrap();
    let made = made.to_string();
    for body in bodies.iter().chain([&made.as_str()]) {
        let read = match server::<T>(body) {
            Ok(read) => read,
            Err(error) => panic!(
                "{body}: {error}, {:#?}",
                describe::<T>(Direction::Input).unwrap()
            ),
        };
        assert_eq!(verdicts::<T>(body), BOTH_ACCEPT, "{body}");
        let written = serde_json::to_string(&read).unwrap();
        let value: Value = serde_json::from_str(&written).unwrap();
        assert!(
            document_validator::<T>(Direction::Output).is_valid(&value),
            "written: {written}"
        );
        assert_eq!(server::<T>(&written).unwrap(), read, "{written}");
        assert_eq!(verdicts::<T>(&written), BOTH_ACCEPT, "{written}");
    }
}

#[track_caller]
fn rejected<T: Schema + DeserializeOwned>(bodies: &[&str]) {
    for body in bodies {
        assert_eq!(verdicts::<T>(body), BOTH_REJECT, "{body}");
    }
}

#[schema]
#[derive(Debug, PartialEq)]
struct Base {
    id: u8,
}

#[schema]
#[derive(Debug, PartialEq)]
struct Card {
    #[serde(flatten)]
    base: Base,
    number: String,
}

#[schema]
#[derive(Debug, PartialEq)]
struct New(Card);

#[schema]
#[derive(Debug, PartialEq)]
#[serde(transparent)]
struct Transparent {
    inner: Base,
}

#[schema]
#[derive(Debug, PartialEq)]
struct Tags {
    id: u8,
    #[serde(flatten)]
    more: BTreeMap<String, i16>,
}

#[schema]
#[derive(Debug, PartialEq)]
struct Wrapped<T> {
    #[serde(flatten)]
    inner: T,
    count: u8,
}

#[schema]
#[derive(Debug, PartialEq)]
struct Unit;

#[schema]
#[derive(Debug, PartialEq)]
struct Maybe {
    a: u8,
    #[serde(flatten)]
    base: Option<Base>,
}

#[schema]
#[derive(Debug, PartialEq)]
#[serde(tag = "type")]
enum Payment {
    Card(Card),
    New(New),
    Transparent(Transparent),
    Tags(Tags),
    Boxed(Box<Card>),
    Generic(Wrapped<Base>),
    Maybe(Maybe),
    Unit(Unit),
    Choice(Outer),
    Kind(Kind),
    Map(BTreeMap<String, u8>),
    Cash,
    Fields {
        x: u8,
        #[serde(flatten)]
        base: Base,
    },
    Plain {
        y: u8,
    },
}

#[schema]
#[derive(Debug, PartialEq)]
enum Outer {
    Nothing,
    Text(String),
    Base(Base),
}

#[schema]
#[derive(Debug, PartialEq)]
#[serde(tag = "kind")]
enum Kind {
    A { a: u8 },
    Base(Base),
    B,
}

#[test]
fn tagged_enum_around_every_kind_of_struct() {
    accepted::<Payment>(&[
        r#"{"type": "Card", "id": 1, "number": "4242"}"#,
        r#"{"number": "4242", "id": 1, "type": "New"}"#,
        r#"{"type": "Transparent", "id": 1}"#,
        r#"{"type": "Tags", "id": 1, "a": -5}"#,
        r#"{"type": "Boxed", "id": 1, "number": "4242"}"#,
        r#"{"type": "Generic", "id": 1, "count": 2}"#,
        r#"{"type": "Maybe", "a": 1}"#,
        r#"{"type": "Maybe", "a": 1, "id": 1}"#,
        r#"{"type": "Unit"}"#,
        r#"{"type": "Choice", "Nothing": null}"#,
        r#"{"type": "Choice", "Text": "a"}"#,
        r#"{"type": "Choice", "Base": {"id": 1}}"#,
        r#"{"type": "Kind", "kind": "A", "a": 1}"#,
        r#"{"type": "Kind", "kind": "Base", "id": 1}"#,
        r#"{"type": "Kind", "kind": "B"}"#,
        r#"{"type": "Map", "a": 1}"#,
        r#"{"type": "Map"}"#,
        r#"{"type": "Cash"}"#,
        r#"{"type": "Fields", "x": 1, "id": 1}"#,
        r#"{"type": "Plain", "y": 1}"#,
    ]);
    rejected::<Payment>(&[
        r#"{"type": "Card", "id": 1, "number": "4242", "x": 1}"#,
        r#"{"type": "Card", "id": 1}"#,
        r#"{"type": "New", "id": 1, "number": "4242", "x": 1}"#,
        r#"{"type": "Tags", "id": 1, "a": "b"}"#,
        r#"{"type": "Unit", "x": 1}"#,
        r#"{"type": "Maybe", "a": 1, "x": 1}"#,
        r#"{"type": "Cash", "x": 1}"#,
        r#"{"type": "Fields", "x": 1, "id": 1, "y": 1}"#,
        r#"{"type": "Plain", "y": 1, "x": 1}"#,
        r#"{"type": "Choice", "Nothing": null, "Text": "a"}"#,
        r#"{"type": "Choice"}"#,
        r#"{"type": "Kind", "kind": "A", "a": 1, "id": 1}"#,
        r#"{"type": "Kind", "kind": "C"}"#,
    ]);
    let found = violations::<Payment>(r#"{"type": "Card", "id": 300, "x": 1}"#);
    assert_eq!(
        codes(&found),
        code_pairs(&[
            ("/id", "maximum"),
            ("/number", "required"),
            ("/x", "unknown_field")
        ])
    );
}

/// serde reads an option there, but has no form in which to write one.
#[test]
fn option_beside_a_tag_is_a_struct_that_is_only_read() {
    #[schema(request)]
    #[serde(tag = "type")]
    enum Read {
        Base(Option<Base>),
    }
    assert_eq!(
        verdicts::<Read>(r#"{"type": "Base", "id": 1}"#),
        BOTH_ACCEPT
    );
    rejected::<Read>(&[
        r#"{"type": "Base"}"#,
        r#"{"type": "Base", "id": 1, "x": 1}"#,
    ]);
}

#[test]
fn variants_beside_one_that_flattens_are_closed() {
    #[schema]
    #[derive(Debug, PartialEq)]
    enum External {
        A {
            a: u8,
        },
        B {
            b: u8,
            #[serde(flatten)]
            base: Base,
        },
    }
    #[schema]
    #[derive(Debug, PartialEq)]
    #[serde(tag = "t", content = "c")]
    enum Adjacent {
        A {
            a: u8,
        },
        B {
            b: u8,
            #[serde(flatten)]
            base: Base,
        },
        C,
    }
    accepted::<External>(&[r#"{"A": {"a": 1}}"#, r#"{"B": {"b": 1, "id": 2}}"#]);
    rejected::<External>(&[
        r#"{"A": {"a": 1, "x": 1}}"#,
        r#"{"B": {"b": 1, "id": 2, "x": 1}}"#,
    ]);
    accepted::<Adjacent>(&[
        r#"{"t": "A", "c": {"a": 1}}"#,
        r#"{"t": "B", "c": {"b": 1, "id": 2}}"#,
        r#"{"t": "C"}"#,
    ]);
    rejected::<Adjacent>(&[
        r#"{"t": "A", "c": {"a": 1, "x": 1}}"#,
        r#"{"t": "A", "c": {"a": 1}, "x": 1}"#,
        r#"{"t": "B", "c": {"b": 1, "id": 2, "x": 1}}"#,
        r#"{"t": "C", "x": 1}"#,
    ]);
}

#[schema]
#[derive(Debug, PartialEq)]
struct ByName {
    name: String,
}

#[schema]
#[derive(Debug, PartialEq)]
struct ByMail {
    mail: String,
    nick: Option<String>,
}

#[schema]
#[derive(Debug, PartialEq)]
#[serde(untagged)]
enum Who {
    Name(ByName),
    Mail(ByMail),
}

#[schema]
#[derive(Debug, PartialEq)]
struct Invite {
    room: u8,
    #[serde(flatten)]
    who: Who,
}

#[test]
fn flattened_untagged_enum_of_structs() {
    accepted::<Invite>(&[
        r#"{"room": 1, "name": "ada"}"#,
        r#"{"room": 1, "mail": "a@b.co", "nick": "a"}"#,
    ]);
    rejected::<Invite>(&[
        r#"{"room": 1}"#,
        r#"{"room": 1, "name": "ada", "mail": "a@b.co"}"#,
        r#"{"room": 1, "name": "ada", "nick": "a"}"#,
        r#"{"room": 1, "name": "ada", "x": 1}"#,
        r#"{"name": "ada"}"#,
    ]);
}

#[test]
fn flattened_untagged_enum_of_struct_variants() {
    #[schema]
    #[derive(Debug, PartialEq)]
    #[serde(untagged)]
    enum Un {
        A { x: u8 },
        B { y: u8 },
    }
    #[schema]
    #[derive(Debug, PartialEq)]
    struct Flat {
        id: u8,
        #[serde(flatten)]
        un: Un,
    }
    accepted::<Flat>(&[r#"{"id": 1, "x": 1}"#, r#"{"id": 1, "y": 1}"#]);
    rejected::<Flat>(&[r#"{"id": 1, "x": 1, "y": 1}"#, r#"{"id": 1}"#]);
}

#[test]
fn flattened_untagged_enum_within_others() {
    #[schema]
    #[derive(Debug, PartialEq)]
    struct MaybeWho {
        room: u8,
        #[serde(flatten)]
        who: Option<Who>,
    }
    #[schema]
    #[derive(Debug, PartialEq)]
    #[serde(tag = "type")]
    enum Event {
        Invite(Invite),
        Who(Who),
        Leave { room: u8 },
    }
    accepted::<MaybeWho>(&[
        r#"{"room": 1}"#,
        r#"{"room": 1, "name": "ada"}"#,
        r#"{"room": 1, "mail": "a"}"#,
    ]);
    rejected::<MaybeWho>(&[
        r#"{"room": 1, "nick": "a"}"#,
        r#"{"room": 1, "name": "ada", "mail": "a"}"#,
        r#"{"room": 1, "name": 5}"#,
    ]);
    accepted::<Event>(&[
        r#"{"type": "Invite", "room": 1, "name": "ada"}"#,
        r#"{"type": "Invite", "room": 1, "mail": "a"}"#,
        r#"{"type": "Who", "name": "ada"}"#,
        r#"{"type": "Leave", "room": 1}"#,
    ]);
    rejected::<Event>(&[
        r#"{"type": "Invite", "room": 1}"#,
        r#"{"type": "Invite", "room": 1, "name": "ada", "mail": "a"}"#,
        r#"{"type": "Who", "name": "ada", "room": 1}"#,
        r#"{"type": "Leave", "room": 1, "name": "ada"}"#,
    ]);
}

#[schema]
#[derive(Debug, PartialEq)]
#[serde(tag = "shape")]
enum Shape {
    Circle { radius: u8 },
    Base(Base),
    Point,
}

#[test]
fn several_flattened_enums_in_any_order() {
    #[schema]
    #[derive(Debug, PartialEq)]
    struct Two {
        #[serde(flatten)]
        kind: Kind,
        #[serde(flatten)]
        who: Who,
        #[serde(flatten)]
        size: Size,
        own: u8,
        #[serde(flatten)]
        colour: Colour,
    }
    #[schema]
    #[derive(Debug, PartialEq)]
    struct Size {
        w: u8,
        h: u8,
    }
    #[schema]
    #[derive(Debug, PartialEq)]
    #[serde(tag = "colour")]
    enum Colour {
        Rgb { r: u8, g: u8 },
        Black,
    }
    accepted::<Two>(&[
        r#"{"kind": "A", "a": 1, "name": "x", "w": 1, "h": 2, "own": 3, "colour": "Rgb", "r": 1, "g": 2}"#,
        r#"{"colour": "Black", "kind": "B", "mail": "x", "w": 1, "h": 2, "own": 3}"#,
        r#"{"colour": "Black", "kind": "Base", "id": 1, "mail": "x", "nick": "y", "w": 1, "h": 2, "own": 3}"#,
    ]);
    rejected::<Two>(&[
        r#"{"kind": "B", "a": 1, "name": "x", "w": 1, "h": 2, "own": 3, "colour": "Black"}"#,
        r#"{"kind": "B", "name": "x", "mail": "y", "w": 1, "h": 2, "own": 3, "colour": "Black"}"#,
        r#"{"kind": "B", "name": "x", "w": 1, "h": 2, "own": 3, "colour": "Black", "r": 1}"#,
        r#"{"kind": "B", "name": "x", "w": 1, "own": 3, "colour": "Black"}"#,
    ]);
}

#[test]
fn flattened_newtypes_externally_tagged_enums_and_units() {
    #[schema]
    #[derive(Debug, PartialEq)]
    struct Flat {
        #[serde(flatten)]
        transparent: Transparent,
        #[serde(flatten)]
        name: NewName,
        #[serde(flatten)]
        outer: Outer,
        #[serde(flatten)]
        unit: Unit,
    }
    #[schema]
    #[derive(Debug, PartialEq)]
    struct NewName(ByName);
    accepted::<Flat>(&[
        r#"{"id": 1, "name": "a", "Nothing": null}"#,
        r#"{"id": 1, "name": "a", "Text": "b"}"#,
        r#"{"id": 1, "name": "a", "Base": {"id": 1}}"#,
    ]);
    rejected::<Flat>(&[
        r#"{"id": 1, "name": "a"}"#,
        r#"{"id": 1, "name": "a", "Nothing": null, "Text": "b"}"#,
        r#"{"id": 1, "name": "a", "Nothing": 1}"#,
        r#"{"id": 1, "name": "a", "Text": "b", "x": 1}"#,
    ]);
}

#[test]
fn map_gets_the_members_that_nothing_else_declares() {
    #[schema]
    #[derive(Debug, PartialEq)]
    struct First {
        #[serde(flatten)]
        more: BTreeMap<String, i16>,
        #[serde(flatten)]
        card: Card,
        #[serde(flatten)]
        name: ByName,
    }
    #[schema]
    #[derive(Debug, PartialEq)]
    struct Values {
        #[serde(flatten)]
        tags: Tags,
        #[serde(flatten)]
        name: ByName,
    }
    accepted::<First>(&[
        r#"{"id": 1, "number": "1", "name": "n"}"#,
        r#"{"id": 1, "number": "1", "name": "n", "a": -5}"#,
    ]);
    rejected::<First>(&[r#"{"id": 1, "number": "1", "name": "n", "a": "x"}"#]);
    accepted::<Values>(&[r#"{"id": 1, "name": "n", "a": 1}"#]);
    let read = server::<First>(r#"{"id": 1, "number": "1", "name": "n", "a": -5}"#).unwrap();
    assert_eq!(read.more, BTreeMap::from([("a".to_owned(), -5)]));
}

#[schema]
#[derive(Debug, PartialEq)]
struct Geo {
    x: u8,
    y: u8,
    z: Option<u8>,
}

#[schema]
#[derive(Debug, PartialEq)]
struct Thing {
    name: String,
    #[serde(flatten)]
    geo: Option<Geo>,
}

#[test]
fn flattened_option_is_there_as_a_whole_or_not_at_all() {
    accepted::<Thing>(&[
        r#"{"name": "a"}"#,
        r#"{"name": "a", "x": 1, "y": 2}"#,
        r#"{"name": "a", "x": 1, "y": 2, "z": 3}"#,
    ]);
    rejected::<Thing>(&[
        r#"{"name": "a", "x": 1}"#,
        r#"{"name": "a", "y": 1}"#,
        r#"{"name": "a", "z": 1}"#,
        r#"{"name": "a", "z": null}"#,
        r#"{"name": "a", "x": 1, "y": 300}"#,
    ]);
    let found = violations::<Thing>(r#"{"name": "a", "z": 1}"#);
    let expected = code_pairs(&[("/x", "required"), ("/y", "required")]);
    assert_eq!(codes(&found), expected);
    let document = describe::<Thing>(Direction::Input).unwrap();
    let thing = &document.definitions["Thing"].schema;
    assert_eq!(
        thing["dependentRequired"],
        serde_json::json!({"x": ["y"], "y": ["x"], "z": ["x", "y"]})
    );
}

#[test]
fn flattened_options_of_every_kind() {
    #[schema]
    #[derive(Debug, PartialEq)]
    struct All {
        own: u8,
        #[serde(flatten, skip_serializing_if = "Option::is_none")]
        geo: Option<Geo>,
        #[serde(flatten)]
        kind: Option<Kind>,
        #[serde(flatten)]
        card: Option<Box<NewCard>>,
        #[serde(flatten)]
        shape: Option<Nested>,
    }
    #[schema]
    #[derive(Debug, PartialEq)]
    struct NewCard(#[serde(rename = "card")] CardNumber);
    #[schema]
    #[derive(Debug, PartialEq)]
    struct CardNumber {
        number: String,
        #[serde(flatten)]
        name: ByName,
    }
    #[schema]
    #[derive(Debug, PartialEq)]
    struct Nested {
        weight: u8,
        #[serde(flatten)]
        mail: Option<ByMail>,
    }
    accepted::<All>(&[
        r#"{"own": 1}"#,
        r#"{"own": 1, "x": 1, "y": 2}"#,
        r#"{"own": 1, "kind": "A", "a": 1}"#,
        r#"{"own": 1, "kind": "Base", "id": 1, "x": 1, "y": 2}"#,
        r#"{"own": 1, "number": "1", "name": "n"}"#,
        r#"{"own": 1, "weight": 1}"#,
        r#"{"own": 1, "weight": 1, "mail": "m", "nick": "n", "kind": "B"}"#,
    ]);
    rejected::<All>(&[
        r#"{"own": 1, "x": 1}"#,
        r#"{"own": 1, "kind": "A"}"#,
        r#"{"own": 1, "a": 1}"#,
        r#"{"own": 1, "kind": "C"}"#,
        r#"{"own": 1, "number": "1"}"#,
        r#"{"own": 1, "mail": "m"}"#,
        r#"{"own": 1, "weight": 1, "nick": "n"}"#,
    ]);
}

#[test]
fn required_option_is_flattened_as_a_struct() {
    #[schema(request)]
    struct Required {
        #[garde(required)]
        #[serde(flatten)]
        geo: Option<Geo>,
    }
    assert_eq!(verdicts::<Required>(r#"{"x": 1, "y": 2}"#), BOTH_ACCEPT);
    rejected::<Required>(&["{}", r#"{"x": 1}"#]);
}

/// serde alone would read `None`, and the error would be lost.
#[test]
fn flattened_option_that_cannot_be_converted_is_an_error() {
    #[schema(request)]
    #[serde(try_from = "Geo")]
    struct North {
        geo: Geo,
    }
    impl TryFrom<Geo> for North {
        type Error = &'static str;

        fn try_from(geo: Geo) -> Result<Self, Self::Error> {
            if geo.y < 90 {
                Ok(Self { geo })
            } else {
                Err("too far north")
            }
        }
    }
    #[schema(request)]
    struct Spot {
        #[serde(flatten)]
        north: Option<North>,
    }
    assert_eq!(verdicts::<Spot>(r#"{"x": 1, "y": 2}"#), BOTH_ACCEPT);
    assert_eq!(verdicts::<Spot>("{}"), BOTH_ACCEPT);
    let found = violations::<Spot>(r#"{"x": 1, "y": 90}"#);
    assert_eq!(codes(&found), code_pairs(&[("", "invalid")]));
}

#[test]
fn generic_parts() {
    #[schema]
    #[derive(Debug, PartialEq)]
    struct Both<A, B> {
        #[serde(flatten)]
        a: A,
        #[serde(flatten)]
        b: Option<B>,
    }
    accepted::<Both<Who, Geo>>(&[
        r#"{"name": "a"}"#,
        r#"{"name": "a", "x": 1, "y": 2}"#,
        r#"{"mail": "a", "x": 1, "y": 2}"#,
    ]);
    rejected::<Both<Who, Geo>>(&[r#"{"name": "a", "x": 1}"#, r#"{"x": 1, "y": 2}"#]);
    accepted::<Wrapped<Wrapped2<Kind>>>(&[r#"{"kind": "A", "a": 1, "count": 1, "inner": 2}"#]);
}

#[schema]
#[derive(Debug, PartialEq)]
struct Wrapped2<T> {
    inner: u8,
    #[serde(flatten)]
    part: T,
}

#[test]
fn recursive_types_with_parts() {
    #[schema]
    #[derive(Debug, PartialEq)]
    struct Node {
        #[serde(flatten)]
        base: Base,
        #[serde(flatten)]
        link: Option<Link>,
        children: Vec<Node>,
    }
    #[schema]
    #[derive(Debug, PartialEq)]
    struct Link {
        next: Box<Node>,
    }
    accepted::<Node>(&[
        r#"{"id": 1, "children": []}"#,
        r#"{"id": 1, "children": [{"id": 2, "children": []}], "next": {"id": 3, "children": []}}"#,
    ]);
    rejected::<Node>(&[r#"{"id": 1, "children": [{"id": 2}]}"#]);
}

#[test]
fn plain_types_keep_the_fast_path() {
    assert!(!Validator::of::<Geo>().unwrap().is_strict());
    assert!(Validator::of::<Thing>().unwrap().is_strict());
}

#[test]
fn keys_in_flattened_fields_are_integers_booleans_and_newtypes() {
    #[schema]
    #[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
    struct Seat(i16);
    #[schema]
    #[derive(Debug, PartialEq)]
    struct Rows {
        rows: BTreeMap<u32, Vec<BTreeMap<bool, Seat>>>,
        seats: Option<BTreeMap<Seat, u8>>,
    }
    #[schema]
    #[derive(Debug, PartialEq)]
    struct Alone {
        #[serde(flatten)]
        rows: Rows,
    }
    #[schema]
    #[derive(Debug, PartialEq)]
    struct Several {
        #[serde(flatten)]
        rows: Option<Rows>,
        #[serde(flatten)]
        others: BTreeMap<u8, Base>,
    }
    #[schema]
    #[derive(Debug, PartialEq)]
    enum Content {
        New(BTreeMap<u8, u8>),
        Pair(BTreeMap<i8, u8>, bool),
        Named { at: BTreeMap<u64, Rows> },
    }
    #[schema]
    #[derive(Debug, PartialEq)]
    struct ByName {
        id: u8,
        #[serde(flatten)]
        content: Content,
    }
    accepted::<Alone>(&[
        r#"{"rows": {}}"#,
        r#"{"rows": {"4294967295": [{"true": -5, "false": 7.0}]}, "seats": {"-32768": 1, "0": 2}}"#,
    ]);
    rejected::<Alone>(&[
        r#"{"rows": {"4294967296": []}}"#,
        r#"{"rows": {"+1": []}}"#,
        r#"{"rows": {"01": []}}"#,
        r#"{"rows": {"": []}}"#,
        r#"{"rows": {}, "seats": {"true": 1}}"#,
        r#"{"rows": {"1": [{"1": 1}]}}"#,
    ]);
    accepted::<Several>(&[
        r#"{}"#,
        r#"{"0": {"id": 1}, "255": {"id": 2}}"#,
        r#"{"rows": {"7": []}, "1": {"id": 2}}"#,
    ]);
    rejected::<Several>(&[r#"{"a": {"id": 1}}"#]);
    accepted::<ByName>(&[
        r#"{"id": 1, "New": {"1": 2}}"#,
        r#"{"id": 1, "Pair": [{"-128": 2}, true]}"#,
        r#"{"id": 1, "Named": {"at": {"18446744073709551615": {"rows": {"1": []}}}}}"#,
    ]);
    rejected::<ByName>(&[r#"{"id": 1, "New": {"x": 2}}"#]);
}
