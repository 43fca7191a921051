//! Finds duplicate items of a list in time proportional to its size: items are compared by fingerprints, and the
//! fingerprint of each part of a value is computed once, however many lists contain it.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hash, Hasher, RandomState};

use super::{equality::equal, numbers};
use crate::instance::Instance;

/// The fingerprints of the arrays and objects of a value, by their addresses. They are computed with random keys, so that
/// clients cannot craft collisions.
#[derive(Default)]
pub(super) struct Fingerprints {
    keys: RandomState,
    known: HashMap<usize, u64>,
}

impl Fingerprints {
    /// Returns whether two items are equal, as JSON Schema compares them.
    pub(super) fn has_equal_items(&mut self, items: &[Instance<'_>]) -> bool {
        if items.len() < 2 {
            return false;
        }
        let mut items: Vec<(u64, &Instance<'_>)> =
            items.iter().map(|item| (self.of(item), item)).collect();
        items.sort_unstable_by_key(|(fingerprint, _)| *fingerprint);
        let mut pairs = items.windows(2);
        pairs.any(|pair| match pair {
            [one, other] => one.0 == other.0 && equal(one.1, other.1),
            _ => false,
        })
    }

    fn of(&mut self, value: &Instance<'_>) -> u64 {
        let address = value.address();
        let is_container = value.is_container();
        if is_container && let Some(known) = self.known.get(&address) {
            return *known;
        }
        let mut hasher = self.keys.build_hasher();
        std::mem::discriminant(value).hash(&mut hasher);
        match value {
            Instance::Null => {}
            Instance::Bool(value) => value.hash(&mut hasher),
            // Equal numbers have the same canonical form.
            Instance::Number(number) => numbers::canonical(number).to_string().hash(&mut hasher),
            Instance::String(text) => text.hash(&mut hasher),
            Instance::Array(items) => {
                for item in items {
                    self.of(item).hash(&mut hasher);
                }
            }
            // Sorted by name: the order in which members were written is irrelevant.
            Instance::Object(members) => {
                for (name, value) in members.iter() {
                    name.hash(&mut hasher);
                    self.of(value).hash(&mut hasher);
                }
            }
        }
        let fingerprint = hasher.finish();
        if is_container {
            self.known.insert(address, fingerprint);
        }
        fingerprint
    }
}
