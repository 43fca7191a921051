//! Whether a buffered value satisfies a schema, without a report: for values that are validated before serde reads them, on the
//! way to a value of the type. `validate.rs` reports what is violated.
//!
//! Unions may lead to one part of a value in many ways. The number of steps is limited by the size of the value; what takes
//! more is validated as for a report, which remembers what it has found.

use serde_json::Number;

use super::{
    Validator, equality,
    findings::{Aim, Findings},
    limits,
    node::{ArrayRules, Node, NodeId, ObjectRules, Property},
    unique::Fingerprints,
    validate::check_string,
};
use crate::{
    InstanceLocation, JsonType, Location,
    buffer::{Buffer, Part, Parts, Seen},
    instance::Instance,
};

/// The number of steps that a verdict may always take, and how many more for each part of the value.
const FREE: usize = 10_000;
const PER_PART: usize = 64;

/// The number of items up to which each is compared with each.
const FEW: usize = 16;

impl Validator {
    /// Returns whether a buffered part of a value has no violations of its schema.
    pub(super) fn satisfies_buffered(&self, schema: NodeId, value: &Buffer<'_>) -> bool {
        let mut verdict = Verdict {
            validator: self,
            steps: FREE.saturating_add(value.len().saturating_mul(PER_PART)),
        };
        let accepts = verdict.accepts(schema, value.root());
        match verdict.steps {
            0 => self.satisfies(schema, &value.root().to_instance()),
            _ => accepts,
        }
    }
}

struct Verdict<'v> {
    validator: &'v Validator,
    /// The number of steps that are left.
    steps: usize,
}

impl Verdict<'_> {
    fn accepts(&mut self, id: NodeId, value: Part<'_, '_>) -> bool {
        if self.steps == 0 {
            return false;
        }
        self.steps -= 1;
        let node = self.validator.node(id);
        let seen = value.see();
        if node.never
            || !(node.kinds.is_empty() || node.kinds.iter().any(|kind| is_of(seen, *kind)))
            || !node
                .allowed
                .as_ref()
                .is_none_or(|allowed| allowed.iter().any(|one| is_equal(&one.value, value)))
        {
            return false;
        }
        let is_within_limits = match seen {
            Seen::Null | Seen::Bool(_) => true,
            Seen::Unsigned(number) => by_findings(|found| {
                limits::check(node, &number.into(), InstanceLocation::ROOT, found);
            }),
            Seen::Signed(number) => by_findings(|found| {
                limits::check(node, &number.into(), InstanceLocation::ROOT, found);
            }),
            Seen::Float(number) => Number::from_f64(number).is_some_and(|number| {
                by_findings(|found| limits::check(node, &number, InstanceLocation::ROOT, found))
            }),
            Seen::Text(text) => {
                node.string.is_empty()
                    || by_findings(|found| {
                        check_string(&node.string, text, InstanceLocation::ROOT, found);
                    })
            }
            Seen::Array(items) => self.accepts_items(&node.array, items),
            Seen::Object(members) => self.accepts_members(node, value, members),
        };
        is_within_limits
            && node.all_of.iter().all(|all| self.accepts(*all, value))
            && (node.any_of.is_empty() || node.any_of.iter().any(|any| self.accepts(*any, value)))
            && (node.one_of.is_empty() || self.accepts_one(&node.one_of, value))
            && !node.not.is_some_and(|not| self.accepts(not, value))
    }

    fn accepts_one(&mut self, branches: &[NodeId], value: Part<'_, '_>) -> bool {
        if let Some(only) = self.tagged(branches, value) {
            return self.accepts(only, value);
        }
        let mut holding = 0;
        for branch in branches {
            holding += usize::from(self.accepts(*branch, value));
            if holding > 1 {
                return false;
            }
        }
        holding == 1
    }

    /// Returns the only branch whose constant a member has, where each branch has another one.
    fn tagged(&self, branches: &[NodeId], value: Part<'_, '_>) -> Option<NodeId> {
        let Seen::Object(members) = value.see() else {
            return None;
        };
        let first = self.validator.node(*branches.first()?);
        let tag = |property: &Property| {
            let name = property.name.as_str();
            let is_constant = self.validator.node(property.node).allowed.is_some();
            is_constant.then(|| members.get(name).map(|found| (name.to_owned(), found)))?
        };
        let (name, found) = first.object.properties.iter().find_map(tag)?;
        let mut chosen = None;
        for branch in branches {
            let property = self.validator.node(*branch).object.property(&name)?;
            let allowed = self.validator.node(property).allowed.as_ref()?;
            if allowed.iter().any(|one| is_equal(&one.value, found))
                && chosen.replace(*branch).is_some()
            {
                return None;
            }
        }
        chosen
    }

    fn accepts_items(&mut self, rules: &ArrayRules, items: Parts<'_, '_>) -> bool {
        let count = items.count as u64;
        let is_counted = rules.min_items.is_none_or(|least| count >= least)
            && rules.max_items.is_none_or(|most| count <= most);
        is_counted
            && items.enumerate().all(|(index, item)| {
                let schema = rules.prefix.get(index).copied().or(rules.items);
                schema.is_none_or(|schema| {
                    self.validator.node(schema).never || self.accepts(schema, item)
                })
            })
            && (!rules.unique || !has_equal_items(items))
    }

    fn accepts_members(
        &mut self,
        node: &Node,
        value: Part<'_, '_>,
        members: Parts<'_, '_>,
    ) -> bool {
        let rules = &node.object;
        members
            .members()
            .all(|(name, member)| self.accepts_member(node, value, name, member))
            && has_members(rules, members)
    }

    fn accepts_member(
        &mut self,
        node: &Node,
        value: Part<'_, '_>,
        name: &str,
        member: Part<'_, '_>,
    ) -> bool {
        let rules = &node.object;
        let mut is_known = false;
        if let Some(property) = rules.property(name) {
            is_known = true;
            if !self.accepts(property, member) {
                return false;
            }
        }
        for (pattern, schema) in &rules.patterns {
            if pattern.is_match(name) {
                is_known = true;
                if !self.accepts(*schema, member) {
                    return false;
                }
            }
        }
        if let Some(names) = rules.names
            && !self.accepts(names, Buffer::text(name).root())
        {
            return false;
        }
        if is_known {
            return true;
        }
        if let Some(additional) = rules.additional {
            return self.accepts(additional, member);
        }
        match rules.unevaluated {
            Some(unevaluated) => self.knows(node, value, name) || self.accepts(unevaluated, member),
            None => true,
        }
    }

    /// Returns whether a referenced schema declares a member (JSON Schema 2020-12, core, section 11.3).
    fn knows(&mut self, node: &Node, value: Part<'_, '_>, name: &str) -> bool {
        for all in &node.all_of {
            if self.knows_itself(*all, value, name) {
                return true;
            }
        }
        for branch in node.any_of.iter().chain(&node.one_of) {
            if self.knows_itself(*branch, value, name) && self.accepts(*branch, value) {
                return true;
            }
        }
        false
    }

    fn knows_itself(&mut self, id: NodeId, value: Part<'_, '_>, name: &str) -> bool {
        let node = self.validator.node(id);
        let rules = &node.object;
        rules.property(name).is_some()
            || rules.patterns.iter().any(|(regex, _)| regex.is_match(name))
            || rules.additional.is_some()
            || rules.unevaluated.is_some()
            || self.knows(node, value, name)
    }
}

fn has_members(rules: &ObjectRules, members: Parts<'_, '_>) -> bool {
    let has = |name: &String| members.get(name).is_some();
    let count = members.count as u64;
    rules.required.iter().all(has)
        && rules
            .dependent
            .iter()
            .all(|(name, others)| !has(name) || others.iter().all(has))
        && rules.min_properties.is_none_or(|least| count >= least)
        && rules.max_properties.is_none_or(|most| count <= most)
}

/// Returns whether a check finds no violation.
fn by_findings(check: impl FnOnce(&mut Findings<'_>)) -> bool {
    let mut none = Vec::new();
    let mut findings = Findings::new(Location::Body, &mut none);
    findings.set_aim(Aim::Verdict);
    check(&mut findings);
    findings.found() == 0
}

/// Returns whether a value has a type; 1.0 is an integer (JSON Schema 2020-12, core, section 4.2.3).
fn is_of(value: Seen<'_, '_>, kind: JsonType) -> bool {
    match (value, kind) {
        (Seen::Null, JsonType::Null)
        | (Seen::Bool(_), JsonType::Boolean)
        | (Seen::Unsigned(_) | Seen::Signed(_) | Seen::Float(_), JsonType::Number)
        | (Seen::Unsigned(_) | Seen::Signed(_), JsonType::Integer)
        | (Seen::Text(_), JsonType::String)
        | (Seen::Array(_), JsonType::Array)
        | (Seen::Object(_), JsonType::Object) => true,
        (Seen::Float(number), JsonType::Integer) => number.fract() == 0.0,
        _ => false,
    }
}

fn is_equal(one: &Instance<'_>, other: Part<'_, '_>) -> bool {
    match (one, other.see()) {
        (Instance::String(one), Seen::Text(other)) => one == other,
        (Instance::String(_), _) | (_, Seen::Text(_)) => false,
        _ => equality::equal(one, &other.to_instance()),
    }
}

fn has_equal_items(items: Parts<'_, '_>) -> bool {
    let texts: Option<Vec<&str>> = items
        .map(|item| match item.see() {
            Seen::Text(text) => Some(text),
            _ => None,
        })
        .collect();
    match texts {
        Some(texts) if texts.len() <= FEW => texts
            .iter()
            .enumerate()
            .any(|(index, text)| texts.iter().take(index).any(|other| other == text)),
        _ => {
            let items: Vec<Instance<'_>> = items.map(Part::to_instance).collect();
            Fingerprints::default().has_equal_items(&items)
        }
    }
}
