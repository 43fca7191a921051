//! Matching items of the old and the new document by key.

use std::collections::BTreeMap;

/// Returns the items of both sides by their keys.
pub(crate) fn paired<'v, K: Ord, T>(
    old: impl IntoIterator<Item = (K, &'v T)>,
    new: impl IntoIterator<Item = (K, &'v T)>,
) -> BTreeMap<K, (Option<&'v T>, Option<&'v T>)> {
    let mut all: BTreeMap<K, (Option<&'v T>, Option<&'v T>)> = BTreeMap::new();
    for (key, value) in old {
        all.entry(key).or_default().0 = Some(value);
    }
    for (key, value) in new {
        all.entry(key).or_default().1 = Some(value);
    }
    all
}
