//! Estimates how often serde reads each part of a value.
//!
//! serde tries the variants of an untagged enum one after the other. Where several have a member of the same name, that
//! member is read again for each; and where it contains such an enum again, each level at least doubles the time. The
//! body determines the number of levels, so the work is estimated before it is begun. The same applies to the copies serde
//! makes of everything it passes to an untagged enum.

use std::collections::HashMap;

use super::{
    Validator,
    node::{ArrayRules, Node, NodeId},
};
use crate::{JsonType, instance::Instance};

/// The number of parts that may always be read, and how often each part may be read beyond that.
const FREE: u64 = 1_000_000;
const PER_PART: u64 = 16;

/// Which neighbours of a node to visit.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Edges {
    /// Those that validate the same value.
    InPlace,
    All,
}

impl Validator {
    /// Returns whether reading a value as this type takes more work than its size justifies.
    pub(crate) fn is_too_ambiguous(&self, value: &Instance<'_>) -> bool {
        if !self.rereads {
            return false;
        }
        let mut estimate = Estimate {
            validator: self,
            sizes: HashMap::new(),
            known: HashMap::new(),
        };
        let most = FREE.saturating_add(estimate.size(value).saturating_mul(PER_PART));
        estimate.readings(self.root, value) > most
    }

    /// Returns whether a union that serde reads by trial contains itself.
    pub(super) fn has_unions_within_themselves(&self) -> bool {
        let unions = self.nodes.iter().enumerate();
        unions
            .filter(|(_, node)| node.by_trial)
            .any(|(id, _)| self.reaches_itself(NodeId(id), Edges::All))
    }

    /// Returns whether a schema applies itself to the same value, which never ends.
    pub(super) fn applies_to_itself(&self, id: NodeId) -> bool {
        self.reaches_itself(id, Edges::InPlace)
    }

    fn reaches_itself(&self, from: NodeId, edges: Edges) -> bool {
        let mut seen = vec![false; self.nodes.len()];
        let mut open = self.node(from).neighbours(edges);
        while let Some(id) = open.pop() {
            if id == from {
                return true;
            }
            if let Some(seen) = seen.get_mut(id.0)
                && !std::mem::replace(seen, true)
            {
                open.extend(self.node(id).neighbours(edges));
            }
        }
        false
    }
}

impl Node {
    fn neighbours(&self, edges: Edges) -> Vec<NodeId> {
        let unions = self.any_of.iter().chain(&self.one_of);
        let mut ids: Vec<NodeId> = self.all_of.iter().chain(unions).copied().collect();
        ids.extend(self.not);
        if edges == Edges::All {
            let (array, object) = (&self.array, &self.object);
            ids.extend(array.prefix.iter().copied().chain(array.items));
            ids.extend(object.properties.iter().map(|property| property.node));
            ids.extend(object.patterns.iter().map(|(_, id)| *id));
            ids.extend(
                [object.additional, object.unevaluated]
                    .into_iter()
                    .flatten(),
            );
        }
        ids
    }

    /// Returns whether the node has rules for the parts of a value.
    fn has_rules_for_parts(&self) -> bool {
        let object = &self.object;
        self.array.has_rules_for_items()
            || !object.properties.is_empty()
            || !object.patterns.is_empty()
            || object.additional.is_some()
    }
}

impl ArrayRules {
    fn has_rules_for_items(&self) -> bool {
        !self.prefix.is_empty() || self.items.is_some()
    }
}

struct Estimate<'c> {
    validator: &'c Validator,
    /// The number of parts of a value, by its address.
    sizes: HashMap<usize, u64>,
    known: HashMap<(NodeId, usize), u64>,
}

impl Estimate<'_> {
    fn size(&mut self, value: &Instance<'_>) -> u64 {
        if !value.is_container() {
            return 1;
        }
        let address = value.address();
        if let Some(size) = self.sizes.get(&address) {
            return *size;
        }
        let size = match value {
            Instance::Array(items) => items.iter().map(|item| self.size(item)).sum::<u64>(),
            Instance::Object(members) => members.iter().map(|(_, member)| self.size(member)).sum(),
            _ => 0,
        };
        self.sizes.insert(address, size + 1);
        size + 1
    }

    /// Returns how many parts are read, at most, when a node reads a value.
    fn readings(&mut self, id: NodeId, value: &Instance<'_>) -> u64 {
        let node = self.validator.node(id);
        if !value.is_container() {
            return 1;
        }
        let key = (id, value.address());
        if let Some(readings) = self.known.get(&key) {
            return *readings;
        }
        let mut readings = 1;
        if self.validator.may_be(id, value) || self.is_read_by_position(id, value) {
            readings = self.readings_of_all(node, value);
        }
        self.known.insert(key, readings);
        readings
    }

    /// serde reads structs from buffered arrays too, though they are rejected in the end.
    fn is_read_by_position(&self, id: NodeId, value: &Instance<'_>) -> bool {
        matches!(value, Instance::Array(_)) && self.validator.kinds(id).contains(&JsonType::Object)
    }

    fn readings_of_all(&mut self, node: &Node, value: &Instance<'_>) -> u64 {
        let mut readings = self.own_readings(node, value);
        for all in &node.all_of {
            readings = readings.saturating_add(self.readings(*all, value));
        }
        let branches = node.any_of.iter().chain(&node.one_of);
        let branches = branches.map(|branch| self.readings(*branch, value));
        let of_branches = if node.by_trial {
            let all = branches.fold(0, u64::saturating_add);
            all.saturating_add(self.size(value))
        } else {
            branches.max().unwrap_or(0)
        };
        readings.saturating_add(of_branches)
    }

    fn own_readings(&mut self, node: &Node, value: &Instance<'_>) -> u64 {
        let refers = !(node.all_of.is_empty() && node.any_of.is_empty() && node.one_of.is_empty());
        if refers && !node.has_rules_for_parts() {
            return 1;
        }
        let mut readings: u64 = 1;
        match value {
            Instance::Array(items) if node.array.has_rules_for_items() => {
                for (index, item) in items.iter().enumerate() {
                    let schema = node.array.prefix.get(index).copied().or(node.array.items);
                    readings = readings.saturating_add(self.part(schema, item));
                }
            }
            Instance::Array(items) if !node.object.properties.is_empty() => {
                let fields = &node.object.properties;
                for item in items.iter().take(fields.len()) {
                    let by_fields = fields.iter().map(|field| self.readings(field.node, item));
                    readings = readings.saturating_add(by_fields.max().unwrap_or(0));
                }
            }
            Instance::Array(_) => readings = self.size(value),
            Instance::Object(members) => {
                let rules = &node.object;
                for (name, member) in members.iter() {
                    let mut schemas: Vec<NodeId> = rules.property(name).into_iter().collect();
                    let patterns = rules.patterns.iter();
                    let patterns = patterns.filter(|(regex, _)| regex.is_match(name));
                    schemas.extend(patterns.map(|(_, schema)| *schema));
                    if schemas.is_empty() {
                        readings = readings.saturating_add(self.part(rules.additional, member));
                    }
                    for schema in schemas {
                        readings = readings.saturating_add(self.readings(schema, member));
                    }
                }
            }
            _ => {}
        }
        readings
    }

    /// A part without a schema is read once.
    fn part(&mut self, schema: Option<NodeId>, value: &Instance<'_>) -> u64 {
        match schema {
            Some(schema) if self.validator.node(schema).never => 1,
            Some(schema) => self.readings(schema, value),
            None => self.size(value),
        }
    }
}
