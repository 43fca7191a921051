//! Validates values against nodes and reports each violation at its location.

use std::borrow::Cow;

use super::{
    Validator,
    equality::equal,
    findings::{Aim, Findings},
    limits,
    node::{ArrayRules, Constant, Node, NodeId, ObjectRules, Properties, StringRules},
};
use crate::{
    Composition, InstanceLocation, JsonType, Rule,
    instance::{Instance, Members},
};

impl Validator {
    pub(super) fn check(
        &self,
        id: NodeId,
        value: &Instance<'_>,
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
            && !allowed.iter().any(|one| equal(&one.value, value))
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
        value: &Instance<'_>,
        at: InstanceLocation<'_>,
        findings: &mut Findings<'_>,
    ) {
        match value {
            Instance::Number(number) => limits::check(node, number, at, findings),
            Instance::String(text) => check_string(&node.string, text, at, findings),
            Instance::Array(items) => self.check_array(&node.array, items, at, findings),
            Instance::Object(members) if node.object.is_empty() => {}
            Instance::Object(members) => self.check_object(node, value, members, at, findings),
            Instance::Null | Instance::Bool(_) => {}
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
    pub(super) fn accepts(
        &self,
        id: NodeId,
        value: &Instance<'_>,
        findings: &mut Findings<'_>,
    ) -> bool {
        self.count(Aim::Verdict, id, value, findings) == 0
    }

    /// Returns the number of violations of a value.
    pub(super) fn count(
        &self,
        aim: Aim,
        id: NodeId,
        value: &Instance<'_>,
        findings: &mut Findings<'_>,
    ) -> usize {
        findings.count(aim, id, value, |inner| {
            self.check(id, value, InstanceLocation::ROOT, inner);
        })
    }

    fn check_array(
        &self,
        rules: &ArrayRules,
        items: &[Instance<'_>],
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
        value: &Instance<'_>,
        members: &Members<'_>,
        at: InstanceLocation<'_>,
        findings: &mut Findings<'_>,
    ) {
        let rules = &node.object;
        let mut properties = Properties(&rules.properties);
        let mut required = 0;
        for (name, member) in members.iter() {
            if findings.is_enough() {
                return;
            }
            let place = at.field(name);
            let mut is_known = false;
            if let Some(property) = properties.find(name) {
                is_known = true;
                required += usize::from(property.is_required);
                self.check(property.node, member, place, findings);
            }
            for (pattern, schema) in &rules.patterns {
                if pattern.is_match(name) {
                    is_known = true;
                    self.check(*schema, member, place, findings);
                }
            }
            if let Some(names) = rules.names {
                let name = Instance::String(Cow::Borrowed(name));
                self.check(names, &name, place, findings);
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
        if required < rules.required.len() {
            check_required(rules, members, at, findings);
        }
        check_members(rules, members, at, findings);
    }

    /// Returns whether a referenced schema declares a member (JSON Schema 2020-12, core, section 11.3).
    fn knows(
        &self,
        node: &Node,
        value: &Instance<'_>,
        name: &str,
        findings: &mut Findings<'_>,
    ) -> bool {
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

fn check_required(
    rules: &ObjectRules,
    members: &Members<'_>,
    at: InstanceLocation<'_>,
    findings: &mut Findings<'_>,
) {
    for name in &rules.required {
        if !members.contains(name) {
            findings.add(at.field(name), Rule::Required);
        }
    }
}

fn check_members(
    rules: &ObjectRules,
    members: &Members<'_>,
    at: InstanceLocation<'_>,
    findings: &mut Findings<'_>,
) {
    let mut missing: Vec<&str> = Vec::new();
    for (name, others) in &rules.dependent {
        if members.contains(name) {
            let others = others.iter().map(String::as_str);
            missing.extend(others.filter(|other| !members.contains(other)));
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

/// Returns whether a string of this many bytes has an allowed length; a character has one to four bytes. If not, its
/// characters have to be counted.
fn has_length(rules: &StringRules, bytes: u64) -> bool {
    let is_enough = |min: u64| bytes >= min.saturating_mul(4) || (min == 1 && bytes > 0);
    rules.min_length.is_none_or(is_enough) && rules.max_length.is_none_or(|max| bytes <= max)
}

pub(super) fn check_string(
    rules: &StringRules,
    text: &str,
    at: InstanceLocation<'_>,
    findings: &mut Findings<'_>,
) {
    if !has_length(rules, text.len() as u64) {
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
pub(super) fn is_of(value: &Instance<'_>, kind: JsonType) -> bool {
    match (value, kind) {
        (Instance::Null, JsonType::Null)
        | (Instance::Bool(_), JsonType::Boolean)
        | (Instance::Number(_), JsonType::Number)
        | (Instance::String(_), JsonType::String)
        | (Instance::Array(_), JsonType::Array)
        | (Instance::Object(_), JsonType::Object) => true,
        (Instance::Number(number), JsonType::Integer) => {
            !number.is_f64() || number.as_f64().is_some_and(|float| float.fract() == 0.0)
        }
        _ => false,
    }
}

pub(super) fn wrong_type(
    value: &Instance<'_>,
    kinds: &[JsonType],
    composition: Option<Composition>,
) -> Rule {
    if matches!(value, Instance::Null) {
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

pub(super) fn not_allowed<'c>(
    value: &Instance<'_>,
    allowed: impl IntoIterator<Item = &'c Constant>,
) -> Rule {
    if matches!(value, Instance::Null) {
        return Rule::Null;
    }
    let allowed = allowed.into_iter();
    let allowed = allowed.filter(|one| !matches!(one.value, Instance::Null));
    Rule::Enum {
        allowed: allowed.map(|one| one.json.clone()).collect(),
    }
}

fn forbidden(values: &[Constant]) -> Rule {
    Rule::Not {
        forbidden: values.iter().map(|one| one.json.clone()).collect(),
    }
}
