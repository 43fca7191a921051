//! Types for changes: what may be left out, and what may be null.

use std::collections::BTreeMap;

use purlin_schemas::{Patch, schema};
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
