//! Less common types, and combinations of several shapes.

use std::collections::{BTreeMap, BTreeSet};

use purlin_schemas::schema;
use serde_json::{Value, json};

use super::{Adjacent, Colour, External, Internal, Untagged};

/// Enums that may be null, and enums in lists, maps and tuples.
#[schema(request)]
pub(crate) struct EnumsInside {
    pub(crate) external: Option<External>,
    pub(crate) internal: Option<Internal>,
    pub(crate) adjacent: Vec<Adjacent>,
    pub(crate) untagged: BTreeMap<String, Untagged>,
    pub(crate) colours: Option<(Colour, Option<Colour>)>,
    pub(crate) set: Option<BTreeSet<Colour>>,
}

pub(crate) fn enums_inside() -> Vec<Value> {
    vec![
        json!({"adjacent": [], "untagged": {}}),
        json!({"external": {"Fields": {"a": 1}}, "internal": {"type": "Cash"}, "adjacent": [{"t": "Unit"}, {"t": "One", "c": 2}],
               "untagged": {"a": 5, "b": [1]}, "colours": ["red", null], "set": ["red", "Green"]}),
        json!({"external": "Nothing", "internal": null, "adjacent": [{"t": "Two", "c": [1, "a"]}],
               "untagged": {"a": "x", "b": {"a": 1, "b": 1}}, "colours": null, "set": []}),
    ]
}

/// A tagged enum flattened into a struct, beside a struct that may be absent.
#[schema(request)]
pub(crate) struct FlatEnum {
    pub(crate) name: String,
    #[serde(flatten)]
    pub(crate) kind: Internal,
    #[serde(flatten)]
    pub(crate) more: Extra,
}

/// An untagged enum and a struct, both flattened and the latter absent or not, beside a tagged enum around another such type.
#[schema(request)]
pub(crate) struct FlatUnions {
    #[serde(flatten)]
    pub(crate) who: Who,
    #[serde(flatten)]
    pub(crate) line: Option<super::Line>,
    pub(crate) event: Event,
}

#[schema(request)]
#[serde(untagged)]
pub(crate) enum Who {
    Name { name: String },
    Mail { mail: String, nick: Option<String> },
}

#[schema(request)]
#[serde(tag = "type")]
pub(crate) enum Event {
    Flat(FlatEnumOf),
    Map(BTreeMap<String, u8>),
    Nothing,
}

#[schema(request)]
pub(crate) struct FlatEnumOf {
    #[serde(flatten)]
    pub(crate) who: Option<Who>,
    #[serde(flatten)]
    pub(crate) colour: Tint,
}

#[schema(request)]
#[serde(tag = "tint")]
pub(crate) enum Tint {
    Of { r: u8 },
    Black,
}

pub(crate) fn flat_unions() -> Vec<Value> {
    vec![
        json!({"name": "a", "event": {"type": "Nothing"}}),
        json!({"mail": "a", "nick": "b", "quantity": 1, "price": 0.5, "event": {"type": "Map", "a": 1}}),
        json!({"name": "a", "event": {"type": "Flat", "tint": "Of", "r": 1, "name": "b"}}),
        json!({"mail": "a", "event": {"type": "Flat", "tint": "Black"}}),
    ]
}

#[schema(request)]
pub(crate) struct Extra {
    pub(crate) x: Option<u8>,
    #[serde(default)]
    pub(crate) c: i8,
}

pub(crate) fn flat_enums() -> Vec<Value> {
    vec![
        json!({"name": "a", "type": "Cash"}),
        json!({"name": "a", "type": "Card", "number": "1234", "amount": 1, "x": 1, "c": -1}),
        json!({"name": "a", "type": "Goods", "quantity": 1, "price": 1, "x": null}),
    ]
}

/// Names given by rules.
#[schema(request)]
#[serde(rename_all = "camelCase", default)]
#[derive(Default)]
pub(crate) struct Renamed {
    pub(crate) first_name: String,
    pub(crate) last_name: Option<String>,
    #[serde(rename = "type")]
    pub(crate) kind: u8,
    #[serde(skip)]
    pub(crate) skipped: u8,
    pub(crate) a: NewName,
}

#[schema(request)]
#[derive(Default)]
#[serde(rename_all = "SCREAMING-KEBAB-CASE", rename_all_fields = "kebab-case")]
pub(crate) enum NewName {
    #[default]
    FirstOne,
    SecondOne {
        some_field: u8,
    },
}

pub(crate) fn renamed() -> Vec<Value> {
    vec![
        json!({}),
        json!({"firstName": "a", "lastName": null, "type": 3, "a": "FIRST-ONE"}),
        json!({"a": {"SECOND-ONE": {"some-field": 3}}}),
    ]
}

/// Newtypes, transparent types, and numbers that are not zero.
#[schema(request)]
pub(crate) struct Wrappers {
    pub(crate) name: Name,
    pub(crate) names: Vec<Name>,
    pub(crate) id: Option<Id>,
    pub(crate) positive: std::num::NonZeroU8,
    pub(crate) nonzero: Option<std::num::NonZeroI16>,
    pub(crate) boxed: Box<str>,
    pub(crate) nested: Option<Option<u8>>,
    pub(crate) one: (u8,),
}

#[schema(request)]
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Name(#[garde(length(chars, min = 1, max = 3))] String);

#[schema(request)]
#[serde(transparent)]
pub(crate) struct Id {
    #[garde(range(min = 3))]
    pub(crate) inner: u64,
}

pub(crate) fn wrappers() -> Vec<Value> {
    vec![
        json!({"name": "abc", "names": [], "positive": 1, "boxed": "", "one": [1]}),
        json!({"name": "é", "names": ["a", "b"], "id": 3, "positive": 255, "nonzero": -5, "boxed": "x", "nested": null, "one": [0]}),
    ]
}

/// Every rule for a string, number or list.
#[schema(request)]
pub(crate) struct Rules {
    pub(crate) names: Vec<String>,
    #[garde(contains("a"))]
    pub(crate) contains: Option<String>,
    #[garde(range(min = 10, max = 20))]
    pub(crate) number: Option<u64>,
    #[garde(length(min = 1))]
    pub(crate) map: Option<BTreeMap<String, bool>>,
    #[garde(length(chars, max = 4), pattern("^[a-zé]*$"))]
    pub(crate) both: Option<String>,
    #[garde(range(min = -0.5, max = 0.25))]
    pub(crate) float: Option<f32>,
}

pub(crate) fn rules() -> Vec<Value> {
    vec![
        json!({"names": []}),
        json!({"names": ["abc", "ééé"], "contains": "xax", "number": 10, "map": {"a": true}, "both": "éabc", "float": 0.25}),
    ]
}

/// Maps whose keys are not plain strings.
#[schema(request)]
pub(crate) struct Keys {
    pub(crate) by_colour: BTreeMap<Colour, u8>,
    pub(crate) by_name: BTreeMap<Name, u8>,
    pub(crate) by_u64: BTreeMap<u64, u8>,
    pub(crate) by_u16: Option<Vec<BTreeMap<u16, u8>>>,
    pub(crate) by_bool: Option<BTreeMap<bool, u8>>,
    pub(crate) by_char: Option<BTreeMap<char, u8>>,
    pub(crate) by_uuid: Option<BTreeMap<uuid::Uuid, u8>>,
    pub(crate) by_day: Option<BTreeMap<chrono::NaiveDate, u8>>,
}

impl std::fmt::Display for Name {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

pub(crate) fn keys() -> Vec<Value> {
    vec![
        json!({"by_colour": {}, "by_name": {}, "by_u64": {}}),
        json!({"by_colour": {"red": 1, "Green": 2}, "by_name": {"abc": 1}, "by_u64": {"0": 1, "18446744073709551615": 1},
               "by_u16": [{"65535": 1}], "by_bool": {"true": 1}, "by_char": {"a": 1},
               "by_uuid": {"67e55044-10b1-426f-9247-bb680e5fe0c8": 1}, "by_day": {"2024-02-29": 1}}),
    ]
}

/// Untagged shapes that overlap.
#[schema(request)]
#[serde(untagged)]
pub(crate) enum Overlapping {
    Small(u8),
    Float(f64),
    Both { a: u8, b: Option<u8> },
    OnlyA { a: i64 },
    Word(Colour),
    Text(String),
    Nothing,
    Tree(Vec<Overlapping>),
}

pub(crate) fn overlapping() -> Vec<Value> {
    vec![
        json!(1),
        json!(1.5),
        json!({"a": 1, "b": 2}),
        json!({"a": -1}),
        json!("red"),
        json!(null),
        json!([1, ["x", {"a": 1}]]),
    ]
}

/// Steps, dots, patterns of keys, and types of std, chrono and jiff that are less common.
#[schema(request)]
pub(crate) struct Exact {
    #[schemars(extend("multipleOf" = 0.01))]
    pub(crate) price: Option<f64>,
    #[schemars(extend("multipleOf" = 3))]
    pub(crate) dozen: Option<i64>,
    #[garde(pattern("^a?.[.]?$"))]
    pub(crate) dot: Option<String>,
    pub(crate) by_code: Option<BTreeMap<Code, u8>>,
    pub(crate) span: Option<std::time::Duration>,
    pub(crate) chrono: Option<chrono::NaiveDateTime>,
    pub(crate) jiff: Option<jiff::civil::DateTime>,
    pub(crate) v6: Option<std::net::Ipv6Addr>,
}

#[schema(request)]
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Code(#[garde(pattern("^[a-z]$"))] String);

pub(crate) fn exact() -> Vec<Value> {
    vec![
        json!({}),
        json!({"price": 0.07, "dozen": -9, "dot": "a.", "by_code": {"a": 1, "x": 2}, "span": {"secs": 1, "nanos": 999_999_999},
               "chrono": "2024-02-29T23:59:59.5", "jiff": "2024-02-29T23:59:59", "v6": "::1"}),
    ]
}
