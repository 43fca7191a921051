//! Types for updates: optional and nullable fields, partial structs, read-only and write-only fields.

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

/// A struct with a partial struct.
#[schema(request, partial(WholeUpdate, fields = [name, kind, tags, colour]))]
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

pub(crate) fn whole_updates() -> Vec<Value> {
    vec![
        json!({"id": 3}),
        json!({"name": "abc", "kind": 7, "tags": ["a"], "colour": null, "id": 5}),
        json!({"name": "é", "tags": [], "colour": "red", "id": 4}),
    ]
}

/// Read-only and write-only fields in a type of both directions.
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
