//! The identifiers that references may use instead of a JSON Pointer: `$id`,
//! `$anchor` and `$dynamicAnchor` (JSON Schema 2020-12 section 8.2), and `$self` of
//! OpenAPI 3.2.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::pointer::{escaped, from_fragment};

/// The identifiers of a document.
#[derive(Debug, Default)]
pub(crate) struct Identifiers<'d> {
    /// The pointers of the schemas by `$id`, and of the document by `$self`.
    ids: BTreeMap<&'d str, String>,
    /// The pointers of the schemas by `$anchor` or `$dynamicAnchor`.
    anchors: BTreeMap<&'d str, Vec<String>>,
    /// The pointers of the schemas by `$dynamicAnchor`.
    dynamic: BTreeMap<&'d str, Vec<String>>,
}

impl<'d> Identifiers<'d> {
    /// Collects the identifiers of a document.
    pub(crate) fn read(root: &'d Value) -> Self {
        let mut all = Self::default();
        // Most documents have none, and a pointer to every value is costly.
        if has_identifier(root) {
            all.collect(root);
        }
        if let Some(Value::String(own)) = root.get("$self") {
            all.ids.insert(own, String::new());
        }
        all
    }

    fn collect(&mut self, root: &'d Value) {
        let mut open = vec![(root, String::new())];
        while let Some((value, pointer)) = open.pop() {
            match value {
                Value::Object(members) => {
                    let text = |key: &str| members.get(key).and_then(Value::as_str);
                    if let Some(id) = text("$id") {
                        self.ids.entry(id).or_insert_with(|| pointer.clone());
                    }
                    for key in ["$anchor", "$dynamicAnchor"] {
                        if let Some(name) = text(key) {
                            let places = self.anchors.entry(name).or_default();
                            places.push(pointer.clone());
                        }
                    }
                    if let Some(name) = text("$dynamicAnchor") {
                        let places = self.dynamic.entry(name).or_default();
                        places.push(pointer.clone());
                    }
                    for (key, member) in members {
                        open.push((member, format!("{pointer}/{}", escaped(key))));
                    }
                }
                Value::Array(items) => {
                    for (index, item) in items.iter().enumerate() {
                        open.push((item, format!("{pointer}/{index}")));
                    }
                }
                _ => {}
            }
        }
    }

    /// Returns the pointers that a reference at the pointer `from` may lead to, the
    /// most likely one first.
    pub(crate) fn targets(&self, reference: &str, from: &str) -> Vec<String> {
        let (base, fragment) = reference.split_once('#').unwrap_or((reference, ""));
        let resource = if base.is_empty() {
            self.resource(from)
        } else {
            match self.ids.get(base) {
                Some(pointer) => pointer.as_str(),
                None => return Vec::new(),
            }
        };
        let fragment = from_fragment(fragment);
        if fragment.is_empty() || fragment.starts_with('/') {
            let mut targets = vec![format!("{resource}{fragment}")];
            // Many tools resolve every pointer in the document.
            if base.is_empty() && !resource.is_empty() {
                targets.push(fragment);
            }
            return targets;
        }
        let mut targets = self
            .anchors
            .get(fragment.as_str())
            .cloned()
            .unwrap_or_default();
        targets.sort_by_key(|it| !it.starts_with(resource));
        targets
    }

    /// Returns the pointers that a dynamic reference may lead to.
    pub(crate) fn dynamic_targets(&self, reference: &str, from: &str) -> Vec<String> {
        let name = reference.strip_prefix('#').map(from_fragment);
        match name.and_then(|name| self.dynamic.get(name.as_str())) {
            Some(targets) => targets.clone(),
            // Without a dynamic anchor it is a reference like others.
            None => self.targets(reference, from).into_iter().take(1).collect(),
        }
    }

    /// Returns the pointer of the nearest schema with an `$id` around a pointer.
    fn resource(&self, from: &str) -> &str {
        let around = self.ids.values().filter(|id| {
            let rest = from.strip_prefix(id.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        });
        around.max_by_key(|id| id.len()).map_or("", String::as_str)
    }
}

fn has_identifier(root: &Value) -> bool {
    let mut open = vec![root];
    while let Some(value) = open.pop() {
        match value {
            Value::Object(members) => {
                let keys = ["$id", "$anchor", "$dynamicAnchor"];
                if keys.iter().any(|key| members.contains_key(*key)) {
                    return true;
                }
                open.extend(members.values());
            }
            Value::Array(items) => open.extend(items),
            _ => {}
        }
    }
    false
}
