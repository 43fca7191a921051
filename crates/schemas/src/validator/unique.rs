//! Whether a list has an item twice, in time that grows with its size: items are compared by fingerprints, and each
//! part of a value has its fingerprint taken once, however many lists it is in.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hash, Hasher, RandomState};

use serde_json::Value;

use super::{equality::equal, numbers};

/// Fingerprints of the arrays and objects of a value, by their addresses. They are made with random keys, so that
/// nobody can send items that have one in common.
#[derive(Default)]
pub(super) struct Fingerprints {
    keys: RandomState,
    known: HashMap<usize, u64>,
}

impl Fingerprints {
    /// Whether two items are equal, as JSON Schema compares them.
    pub(super) fn has_equal_items(&mut self, items: &[Value]) -> bool {
        if items.len() < 2 {
            return false;
        }
        let mut items: Vec<(u64, &Value)> =
            items.iter().map(|item| (self.of(item), item)).collect();
        items.sort_unstable_by_key(|(fingerprint, _)| *fingerprint);
        let mut pairs = items.windows(2);
        pairs.any(|pair| match pair {
            [one, other] => one.0 == other.0 && equal(one.1, other.1),
            _ => false,
        })
    }

    fn of(&mut self, value: &Value) -> u64 {
        let address = std::ptr::from_ref(value).addr();
        let is_container = matches!(value, Value::Array(_) | Value::Object(_));
        if is_container && let Some(known) = self.known.get(&address) {
            return *known;
        }
        let mut hasher = self.keys.build_hasher();
        std::mem::discriminant(value).hash(&mut hasher);
        match value {
            Value::Null => {}
            Value::Bool(value) => value.hash(&mut hasher),
            // Equal numbers are written alike.
            Value::Number(number) => numbers::canonical(number).to_string().hash(&mut hasher),
            Value::String(text) => text.hash(&mut hasher),
            Value::Array(items) => {
                for item in items {
                    self.of(item).hash(&mut hasher);
                }
            }
            Value::Object(members) => {
                // Their order does not matter.
                let mut all: Vec<(&String, u64)> = members
                    .iter()
                    .map(|(key, value)| (key, self.of(value)))
                    .collect();
                all.sort_unstable();
                all.hash(&mut hasher);
            }
        }
        let fingerprint = hasher.finish();
        if is_container {
            self.known.insert(address, fingerprint);
        }
        fingerprint
    }
}
