//! Validates values against nodes and reports each violation at its location.

use serde_json::{Map, Value};

use super::{
    Validator,
    equality::equal,
    findings::{Aim, Findings},
    limits,
    node::{ArrayRules, Node, NodeId, ObjectRules, StringRules},
};
use crate::{Composition, InstanceLocation, JsonType, Rule};

impl Validator {
    pub(super) fn check(
        &self,
        id: NodeId,
        value: &Value,
        at: InstanceLocation<'_>,
        findings: &mut Findings<'_>,
    ) {
        if findings.is_enough() {
            return;
        }
        let node = self.node(id);
        if node.never {
            findings.add(at, Rule::UnknownField);
        } else if !node.kinds.is_empty() && !node.kinds.iter().any(|kind| is_of(value, *kind)) {
            findings.add_with(at, || {
                wrong_type(value, &node.kinds, self.composition(node))
            });
        } else if let Some(allowed) = &node.allowed
            && !allowed.iter().any(|one| equal(one, value))
        {
            findings.add_with(at, || not_allowed(value, allowed));
        } else if node.forks() {
            findings.once(id, value, |findings| {
                self.check_rules(node, value, at, findings);
            });
        } else {
            self.check_rules(node, value, at, findings);
        }
    }

    /// Checks the remaining rules of a value that has an allowed type.
    fn check_rules(
        &self,
        node: &Node,
        value: &Value,
        at: InstanceLocation<'_>,
        findings: &mut Findings<'_>,
    ) {
        match value {
            Value::Number(number) => limits::check(node, number, at, findings),
            Value::String(text) => check_string(&node.string, text, at, findings),
            Value::Array(items) => self.check_array(&node.array, items, at, findings),
            Value::Object(members) => self.check_object(node, value, members, at, findings),
            Value::Null | Value::Bool(_) => {}
        }
        for all in &node.all_of {
            self.check(*all, value, at, findings);
        }
        if !node.any_of.is_empty() {
            self.check_branches(&node.any_of, false, value, at, findings);
        }
        if !node.one_of.is_empty() {
            self.check_branches(&node.one_of, true, value, at, findings);
        }
        if let Some(not) = node.not
            && self.accepts(not, value, findings)
        {
            findings.add_with(at, || match self.constants(not) {
                Some(values) => forbidden(values),
                None => Rule::OneOf,
            });
        }
    }

    /// Returns the composition of a node's first type other than null.
    fn composition(&self, node: &Node) -> Option<Composition> {
        match node.kinds.iter().find(|kind| **kind != JsonType::Null)? {
            JsonType::Array if !node.array.prefix.is_empty() => Some(Composition::Tuple),
            JsonType::Array if self.has_objects(node) => Some(Composition::ObjectArray),
            JsonType::Object if self.has_entries(&node.object) => Some(Composition::Map),
            _ => None,
        }
    }

    /// Returns whether the members are entries of a map: no property is declared, and others are allowed.
    fn has_entries(&self, object: &ObjectRules) -> bool {
        let allows_others = |others: NodeId| !self.node(others).never;
        object.properties.is_empty()
            && (object.additional.is_some_and(allows_others) || !object.patterns.is_empty())
    }

    /// Returns whether the items are objects with declared properties.
    fn has_objects(&self, array: &Node) -> bool {
        let items = array.array.items.map(|items| self.node(items));
        let referred = |items: &Node| match items.all_of.as_slice() {
            [one] if items.kinds.is_empty() => Some(*one),
            _ => None,
        };
        let named = items.and_then(referred).map(|items| self.node(items));
        named.or(items).is_some_and(|items| {
            items.kinds.contains(&JsonType::Object) && !self.has_entries(&items.object)
        })
    }

    /// Returns whether a value has no violations.
    pub(super) fn accepts(&self, id: NodeId, value: &Value, findings: &mut Findings<'_>) -> bool {
        self.count(Aim::Verdict, id, value, findings) == 0
    }

    /// Returns the number of violations of a value.
    pub(super) fn count(
        &self,
        aim: Aim,
        id: NodeId,
        value: &Value,
        findings: &mut Findings<'_>,
    ) -> usize {
        findings.count(aim, id, value, |inner| {
            self.check(id, value, InstanceLocation::ROOT, inner);
        })
    }

    fn check_array(
        &self,
        rules: &ArrayRules,
        items: &[Value],
        at: InstanceLocation<'_>,
        findings: &mut Findings<'_>,
    ) {
        let length = items.len() as u64;
        if let Some(limit) = rules.min_items.filter(|limit| length < *limit) {
            let maximum = rules.max_items;
            findings.add(at, Rule::MinItems { limit, maximum });
        }
        if let Some(limit) = rules.max_items.filter(|limit| length > *limit) {
            let minimum = rules.min_items;
            findings.add(at, Rule::MaxItems { limit, minimum });
        }
        for (index, item) in items.iter().enumerate() {
            if findings.is_enough() {
                return;
            }
            let schema = rules.prefix.get(index).copied().or(rules.items);
            if let Some(schema) = schema
                // Items beyond the end of a tuple violate `maxItems`.
                && !self.node(schema).never
            {
                self.check(schema, item, at.index(index), findings);
            }
        }
        if rules.unique && findings.fingerprints.has_equal_items(items) {
            findings.add(at, Rule::UniqueItems);
        }
    }

    fn check_object(
        &self,
        node: &Node,
        value: &Value,
        members: &Map<String, Value>,
        at: InstanceLocation<'_>,
        findings: &mut Findings<'_>,
    ) {
        let rules = &node.object;
        for (name, member) in members {
            if findings.is_enough() {
                return;
            }
            let place = at.field(name);
            let mut is_known = false;
            if let Some(property) = rules.property(name) {
                is_known = true;
                self.check(property, member, place, findings);
            }
            for (pattern, schema) in &rules.patterns {
                if pattern.is_match(name) {
                    is_known = true;
                    self.check(*schema, member, place, findings);
                }
            }
            if let Some(names) = rules.names {
                self.check(names, &Value::String(name.clone()), place, findings);
            }
            if is_known {
                continue;
            }
            if let Some(additional) = rules.additional {
                self.check(additional, member, place, findings);
            } else if let Some(unevaluated) = rules.unevaluated
                && !self.knows(node, value, name, findings)
            {
                self.check(unevaluated, member, place, findings);
            }
        }
        check_members(rules, members, at, findings);
    }

    /// Returns whether a referenced schema declares a member (JSON Schema 2020-12, core, section 11.3).
    fn knows(&self, node: &Node, value: &Value, name: &str, findings: &mut Findings<'_>) -> bool {
        let knows_itself = |id: &NodeId, findings: &mut Findings<'_>| {
            let node = self.node(*id);
            let rules = &node.object;
            rules.property(name).is_some()
                || rules.patterns.iter().any(|(regex, _)| regex.is_match(name))
                || rules.additional.is_some()
                || rules.unevaluated.is_some()
                || self.knows(node, value, name, findings)
        };
        node.all_of.iter().any(|all| knows_itself(all, findings))
            || node.any_of.iter().chain(&node.one_of).any(|branch| {
                self.accepts(*branch, value, findings) && knows_itself(branch, findings)
            })
    }
}

fn check_members(
    rules: &ObjectRules,
    members: &Map<String, Value>,
    at: InstanceLocation<'_>,
    findings: &mut Findings<'_>,
) {
    for name in &rules.required {
        if !members.contains_key(name) {
            findings.add(at.field(name), Rule::Required);
        }
    }
    let mut missing: Vec<&str> = Vec::new();
    for (name, others) in &rules.dependent {
        if members.contains_key(name) {
            let others = others.iter().map(String::as_str);
            missing.extend(others.filter(|other| !members.contains_key(*other)));
        }
    }
    missing.sort_unstable();
    missing.dedup();
    for name in missing {
        findings.add(at.field(name), Rule::Required);
    }
    let count = members.len() as u64;
    if let Some(limit) = rules.min_properties.filter(|limit| count < *limit) {
        findings.add(at, Rule::MinProperties { limit });
    }
    if let Some(limit) = rules.max_properties.filter(|limit| count > *limit) {
        findings.add(at, Rule::MaxProperties { limit });
    }
}

pub(super) fn check_string(
    rules: &StringRules,
    text: &str,
    at: InstanceLocation<'_>,
    findings: &mut Findings<'_>,
) {
    if rules.min_length.is_some() || rules.max_length.is_some() {
        let length = text.chars().count() as u64;
        if let Some(limit) = rules.min_length.filter(|limit| length < *limit) {
            let maximum = rules.max_length;
            findings.add(at, Rule::MinLength { limit, maximum });
        }
        if let Some(limit) = rules.max_length.filter(|limit| length > *limit) {
            let minimum = rules.min_length;
            findings.add(at, Rule::MaxLength { limit, minimum });
        }
    }
    if let Some(pattern) = &rules.pattern
        && !pattern.is_match(text)
    {
        findings.add_with(at, || Rule::Pattern {
            pattern: pattern.as_str().to_owned().into(),
        });
    }
    if let Some(format) = &rules.format
        && !(format.test)(text)
    {
        findings.add_with(at, || Rule::Format {
            format: format.name.clone().into(),
        });
    }
}

/// Returns whether a value has a type; 1.0 is an integer (JSON Schema 2020-12, core, section 4.2.3).
pub(super) fn is_of(value: &Value, kind: JsonType) -> bool {
    match (value, kind) {
        (Value::Null, JsonType::Null)
        | (Value::Bool(_), JsonType::Boolean)
        | (Value::Number(_), JsonType::Number)
        | (Value::String(_), JsonType::String)
        | (Value::Array(_), JsonType::Array)
        | (Value::Object(_), JsonType::Object) => true,
        (Value::Number(number), JsonType::Integer) => {
            !number.is_f64() || number.as_f64().is_some_and(|float| float.fract() == 0.0)
        }
        _ => false,
    }
}

pub(super) fn wrong_type(
    value: &Value,
    kinds: &[JsonType],
    composition: Option<Composition>,
) -> Rule {
    if value.is_null() {
        return Rule::Null;
    }
    let is_only_null = kinds == [JsonType::Null];
    let expected = kinds.iter().copied();
    Rule::Type {
        expected: expected
            .filter(|kind| is_only_null || *kind != JsonType::Null)
            .collect(),
        composition,
    }
}

pub(super) fn not_allowed(value: &Value, allowed: &[Value]) -> Rule {
    if value.is_null() {
        return Rule::Null;
    }
    Rule::Enum {
        allowed: allowed
            .iter()
            .filter(|value| !value.is_null())
            .map(ToString::to_string)
            .collect(),
    }
}

fn forbidden(values: &[Value]) -> Rule {
    Rule::Not {
        forbidden: values.iter().map(ToString::to_string).collect(),
    }
}
