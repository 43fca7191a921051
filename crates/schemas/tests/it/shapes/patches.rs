//! Types for changes, what may be left out and what may be null, and fields that go one way.

use std::collections::BTreeMap;

use purlin_schemas::{Patch, ReadOnly, WriteOnly, schema};
use serde_json::{Value, json};

use super::Colour;

/// Fields that are absent, null or a value.
#[schema(request)]
pub(crate) struct Patches {
    #[garde(length(chars, min = 1, max = 3))]
    pub(crate) name: Patch<String>,
    #[garde(range(min = 3, max = 9))]
    pub(crate) count: Patch<i16>,
    #[garde(length(max = 2), inner(pattern("^[a-z]$")))]
    pub(crate) letters: Patch<Vec<String>>,
    pub(crate) colour: Patch<Colour>,
    pub(crate) keys: Patch<BTreeMap<u8, Option<bool>>>,
}

pub(crate) fn patches() -> Vec<Value> {
    vec![
        json!({}),
        json!({"name": null, "count": null, "letters": null, "colour": null, "keys": null}),
        json!({"name": "é", "count": 5, "letters": ["a", "b"], "colour": "red", "keys": {"7": null}}),
    ]
}

/// A struct whose twin is asked for.
#[schema(request, partial(Twin, fields = [name, kind, tags, colour]))]
pub(crate) struct Whole {
    #[garde(length(chars, min = 1, max = 3))]
    pub(crate) name: String,
    #[serde(default)]
    #[garde(range(max = 7))]
    pub(crate) kind: u8,
    #[garde(required, length(max = 2), inner(pattern("^[a-z]$")))]
    pub(crate) tags: Option<Vec<String>>,
    pub(crate) colour: Option<Colour>,
    #[garde(range(min = 3))]
    pub(crate) id: i64,
}

pub(crate) fn twins() -> Vec<Value> {
    vec![
        json!({"id": 3}),
        json!({"name": "abc", "kind": 7, "tags": ["a"], "colour": null, "id": 5}),
        json!({"name": "é", "tags": [], "colour": "red", "id": 4}),
    ]
}

/// Fields that go one way, in a type that goes both.
#[schema]
pub(crate) struct OneWay {
    pub(crate) id: ReadOnly<u64>,
    #[garde(length(chars, max = 3))]
    pub(crate) word: WriteOnly<String>,
    #[garde(range(max = 9))]
    pub(crate) pin: WriteOnly<Option<u8>>,
    pub(crate) name: String,
}

pub(crate) fn one_way() -> Vec<Value> {
    vec![
        json!({"word": "é", "name": "a"}),
        json!({"word": "", "pin": 3, "name": ""}),
        json!({"word": "abc", "pin": null, "name": "id"}),
    ]
}
