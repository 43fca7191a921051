//! Types of every shape a body can have, each with values that are valid for it.

#![allow(
    dead_code,
    reason = "fields are read by serde alone, and not every test uses every shape"
)]

pub(crate) mod more;
pub(crate) mod patches;
pub(crate) mod subvalues;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use purlin_schemas::schema;
use serde_json::{Value, json};

/// Nested structs, with limits.
#[schema(request)]
pub(crate) struct Order {
    #[garde(length(chars, min = 1, max = 8))]
    pub(crate) id: String,
    pub(crate) address: Address,
    #[garde(length(max = 2))]
    pub(crate) lines: Vec<Line>,
    pub(crate) note: Option<String>,
}

#[schema(request)]
pub(crate) struct Address {
    #[garde(pattern("^[0-9]{5}$"))]
    pub(crate) zip: String,
    #[garde(length(chars, min = 1))]
    pub(crate) city: String,
}

#[schema(request)]
pub(crate) struct Line {
    #[garde(range(min = 1, max = 100))]
    pub(crate) quantity: u32,
    #[garde(range(min = 0.0, max = 1000.5))]
    pub(crate) price: f64,
}

pub(crate) fn orders() -> Vec<Value> {
    vec![
        json!({"id": "a", "address": {"zip": "12345", "city": "x"}, "lines": []}),
        json!({"id": "éééééééé", "address": {"zip": "00000", "city": "Ort"}, "note": null,
               "lines": [{"quantity": 1, "price": 0.5}, {"quantity": 100, "price": 1000.5}]}),
    ]
}

/// An externally tagged enum with every kind of variant.
#[schema(request)]
pub(crate) enum External {
    Nothing,
    #[serde(rename = "none")]
    AlsoNothing,
    Number(u8),
    Pair(i16, String),
    Fields {
        a: u8,
        b: Option<String>,
    },
    Inner(Line),
    Maybe(Option<u8>),
}

pub(crate) fn externals() -> Vec<Value> {
    vec![
        json!("Nothing"),
        json!("none"),
        json!({"Number": 5}),
        json!({"Pair": [-300, "x"]}),
        json!({"Fields": {"a": 1}}),
        json!({"Fields": {"a": 1, "b": null}}),
        json!({"Inner": {"quantity": 2, "price": 3}}),
        json!({"Maybe": null}),
        json!({"Maybe": 3}),
    ]
}

/// An internally tagged enum.
#[schema(request)]
#[serde(tag = "type")]
pub(crate) enum Internal {
    Card {
        #[garde(pattern("^[0-9]{4}$"))]
        number: String,
        amount: u16,
    },
    Cash,
    Goods(Line),
}

pub(crate) fn internals() -> Vec<Value> {
    vec![
        json!({"type": "Card", "number": "1234", "amount": 65535}),
        json!({"type": "Cash"}),
        json!({"type": "Goods", "quantity": 5, "price": 1.25}),
    ]
}

/// An adjacently tagged enum.
#[schema(request)]
#[serde(tag = "t", content = "c")]
pub(crate) enum Adjacent {
    Unit,
    One(u8),
    Two(u8, String),
    Fields { a: i8, b: Option<bool> },
}

pub(crate) fn adjacents() -> Vec<Value> {
    vec![
        json!({"t": "Unit"}),
        json!({"t": "One", "c": 1}),
        json!({"t": "Two", "c": [1, "x"]}),
        json!({"t": "Fields", "c": {"a": -128, "b": true}}),
    ]
}

/// An untagged enum.
#[schema(request)]
#[serde(untagged)]
pub(crate) enum Untagged {
    Number(i32),
    Text(#[garde(length(chars, max = 5))] String),
    Fields { a: u8, b: u8 },
    List(Vec<u16>),
}

pub(crate) fn untagged() -> Vec<Value> {
    vec![
        json!(-5),
        json!("abcde"),
        json!({"a": 1, "b": 2}),
        json!([1, 2, 65535]),
    ]
}

/// Maps with string and integer keys.
#[schema(request)]
pub(crate) struct Maps {
    pub(crate) names: BTreeMap<String, u8>,
    pub(crate) by_u16: BTreeMap<u16, String>,
    pub(crate) by_i8: BTreeMap<i8, bool>,
    #[serde(default)]
    pub(crate) nested: HashMap<String, BTreeMap<String, Vec<i8>>>,
}

pub(crate) fn maps() -> Vec<Value> {
    vec![
        json!({"names": {}, "by_u16": {}, "by_i8": {}}),
        json!({"names": {"a": 1, "": 255}, "by_u16": {"0": "x", "65535": "y"}, "by_i8": {"-128": true, "127": false},
               "nested": {"a": {"b": [1, -1]}, "c": {}}}),
    ]
}

/// Lists, sets and arrays.
#[schema(request)]
pub(crate) struct Lists {
    #[garde(length(min = 1, max = 3))]
    pub(crate) list: Vec<i16>,
    pub(crate) set: BTreeSet<u8>,
    pub(crate) names: HashSet<String>,
    pub(crate) three: [u8; 3],
    pub(crate) nested: Vec<Vec<Option<bool>>>,
}

pub(crate) fn lists() -> Vec<Value> {
    vec![
        json!({"list": [1], "set": [], "names": [], "three": [1, 2, 3], "nested": []}),
        json!({"list": [1, -2, 3], "set": [1, 2, 255], "names": ["a", "b"], "three": [0, 0, 0], "nested": [[null, true], []]}),
    ]
}

/// Fields that may be absent or null.
#[schema(request)]
pub(crate) struct Options {
    pub(crate) number: Option<u8>,
    #[garde(length(chars, min = 2))]
    pub(crate) text: Option<String>,
    #[serde(default)]
    pub(crate) defaulted: u16,
    pub(crate) list: Option<Vec<Option<u8>>>,
    pub(crate) line: Option<Line>,
    #[serde(rename = "re-named")]
    pub(crate) renamed: Option<bool>,
}

pub(crate) fn options() -> Vec<Value> {
    vec![
        json!({}),
        json!({"number": null, "text": null, "defaulted": 3, "list": null, "line": null, "re-named": null}),
        json!({"number": 1, "text": "éé", "list": [null, 2], "line": {"quantity": 1, "price": 1}, "re-named": true}),
    ]
}

/// Integers of every width.
#[schema(request)]
pub(crate) struct Integers {
    pub(crate) i8: i8,
    pub(crate) i16: i16,
    pub(crate) i32: i32,
    pub(crate) i64: i64,
    pub(crate) isize: isize,
    pub(crate) u8: u8,
    pub(crate) u16: u16,
    pub(crate) u32: u32,
    pub(crate) u64: u64,
    pub(crate) usize: usize,
    #[garde(range(min = -5, max = 5))]
    pub(crate) limited: i64,
}

pub(crate) fn integers() -> Vec<Value> {
    vec![
        json!({"i8": -128, "i16": -32768, "i32": i32::MIN, "i64": i64::MIN, "isize": i64::MIN, "u8": 0, "u16": 0,
               "u32": 0, "u64": 0, "usize": 0, "limited": -5}),
        json!({"i8": 127, "i16": 32767, "i32": i32::MAX, "i64": i64::MAX, "isize": i64::MAX, "u8": 255, "u16": 65535,
               "u32": u32::MAX, "u64": u64::MAX, "usize": u64::MAX, "limited": 5}),
    ]
}

/// Floating-point numbers.
#[schema(request)]
pub(crate) struct Floats {
    pub(crate) single: f32,
    pub(crate) double: f64,
    #[garde(range(min = -1.5, max = 1.5))]
    pub(crate) limited: f64,
    #[garde(range(min = 0.1))]
    pub(crate) single_limited: f32,
}

pub(crate) fn floats() -> Vec<Value> {
    vec![
        json!({"single": 0, "double": 0, "limited": 0, "single_limited": 1}),
        json!({"single": -1.5, "double": 1e300, "limited": 1.5, "single_limited": 3e38}),
    ]
}

/// Dates and times of chrono.
#[schema(request)]
pub(crate) struct ChronoTimes {
    pub(crate) utc: chrono::DateTime<chrono::Utc>,
    pub(crate) offset: Option<chrono::DateTime<chrono::FixedOffset>>,
    pub(crate) date: Option<chrono::NaiveDate>,
    pub(crate) time: Option<chrono::NaiveTime>,
}

pub(crate) fn chrono_times() -> Vec<Value> {
    vec![
        json!({"utc": "2024-02-29T23:59:59Z"}),
        json!({"utc": "2024-02-29T23:59:59.123456Z", "offset": "2024-01-01T00:00:00+02:00", "date": "2024-02-29",
               "time": "23:59:59"}),
    ]
}

/// Dates and times of jiff.
#[schema(request)]
pub(crate) struct JiffTimes {
    pub(crate) timestamp: jiff::Timestamp,
    pub(crate) date: Option<jiff::civil::Date>,
    pub(crate) time: Option<jiff::civil::Time>,
    pub(crate) duration: Option<jiff::SignedDuration>,
}

pub(crate) fn jiff_times() -> Vec<Value> {
    vec![
        json!({"timestamp": "2024-02-29T23:59:59Z"}),
        json!({"timestamp": "2024-02-29T23:59:59.5+01:00", "date": "2024-02-29", "time": "23:59:59", "duration": "PT1H"}),
    ]
}

/// Strings with formats and patterns.
#[schema(request)]
pub(crate) struct Texts {
    pub(crate) id: uuid::Uuid,
    #[garde(email)]
    pub(crate) email: String,
    #[garde(url)]
    pub(crate) url: Option<String>,
    #[garde(pattern("^[0-9]+[a-z]?$"))]
    pub(crate) pattern: Option<String>,
    #[garde(length(chars, equal = 3))]
    pub(crate) three: Option<String>,
    pub(crate) letter: Option<char>,
    pub(crate) v4: Option<std::net::Ipv4Addr>,
    pub(crate) ip: Option<std::net::IpAddr>,
}

pub(crate) fn texts() -> Vec<Value> {
    vec![
        json!({"id": "67e55044-10b1-426f-9247-bb680e5fe0c8", "email": "ada@example.com"}),
        json!({"id": "67E55044-10B1-426F-9247-BB680E5FE0C8", "email": "a.b+c@x.example.org", "url": "https://example.org/a?b=c",
               "pattern": "12a", "three": "añb", "letter": "ß", "v4": "127.0.0.1", "ip": "::1"}),
    ]
}

/// Tuples and tuple structs.
#[schema(request)]
pub(crate) struct Tuples {
    pub(crate) pair: (u8, String),
    pub(crate) nested: Option<(i8, (bool, f32))>,
    pub(crate) point: Point,
    pub(crate) wrapped: Wrapped,
}

#[schema(request)]
pub(crate) struct Point(f64, f64);

#[schema(request)]
pub(crate) struct Wrapped(#[garde(range(max = 10))] u8);

pub(crate) fn tuples() -> Vec<Value> {
    vec![
        json!({"pair": [1, "a"], "point": [1.5, 2], "wrapped": 10}),
        json!({"pair": [255, ""], "nested": [-128, [true, 1.5]], "point": [0, -1], "wrapped": 0}),
    ]
}

/// A struct with another flattened into it.
#[schema(request)]
pub(crate) struct Flat {
    pub(crate) own: u8,
    #[serde(flatten)]
    pub(crate) line: Line,
}

pub(crate) fn flats() -> Vec<Value> {
    vec![json!({"own": 1, "quantity": 5, "price": 0})]
}

/// A struct that accepts any other members.
#[schema(request)]
pub(crate) struct FlatMap {
    pub(crate) own: u8,
    #[serde(flatten)]
    pub(crate) rest: BTreeMap<String, i16>,
}

pub(crate) fn flat_maps() -> Vec<Value> {
    vec![json!({"own": 1}), json!({"own": 1, "a": -5, "b": 300})]
}

/// A recursive type.
#[schema(request)]
pub(crate) struct Tree {
    #[garde(range(min = 0, max = 9))]
    pub(crate) value: i8,
    #[serde(default)]
    pub(crate) children: Vec<Tree>,
    pub(crate) next: Option<Box<Tree>>,
}

pub(crate) fn trees() -> Vec<Value> {
    vec![
        json!({"value": 1}),
        json!({"value": 0, "children": [{"value": 9, "children": []}], "next": {"value": 3, "next": {"value": 4}}}),
    ]
}

/// Free-form JSON, units and unit variants.
#[schema(request)]
pub(crate) struct Odds {
    pub(crate) free: Value,
    pub(crate) nothing: (),
    pub(crate) unit: Unit,
    pub(crate) colour: Colour,
    pub(crate) bool: bool,
}

#[schema(request)]
pub(crate) struct Unit;

#[schema(request)]
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Colour {
    #[serde(rename = "red")]
    Red,
    Green,
}

pub(crate) fn odds() -> Vec<Value> {
    vec![
        json!({"free": {"a": [1, {}]}, "nothing": null, "unit": null, "colour": "red", "bool": true}),
        json!({"free": null, "nothing": null, "unit": null, "colour": "Green", "bool": false}),
    ]
}
