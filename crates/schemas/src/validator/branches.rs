//! `anyOf` and `oneOf`: when no branch matches, finds the branch that was meant.

use super::{
    Validator,
    equality::equal,
    findings::{Aim, Findings},
    node::{Constant, NodeId},
    validate::{is_of, not_allowed, wrong_type},
};
use crate::{InstanceLocation, JsonType, Rule, instance::Instance};

impl Validator {
    pub(super) fn check_branches(
        &self,
        branches: &[NodeId],
        exactly_one: bool,
        value: &Instance<'_>,
        at: InstanceLocation<'_>,
        findings: &mut Findings<'_>,
    ) {
        let holding = branches
            .iter()
            .filter(|branch| self.accepts(**branch, value, findings))
            .count();
        match holding {
            0 if findings.aim() == Aim::Verdict => findings.add(at, Rule::OneOf),
            0 => self.report_branches(branches, value, at, findings),
            1 => {}
            _ if exactly_one => findings.add(at, Rule::OneOf),
            _ => {}
        }
    }

    /// Reports the violations of the branch that was meant, if that can be determined.
    fn report_branches(
        &self,
        branches: &[NodeId],
        value: &Instance<'_>,
        at: InstanceLocation<'_>,
        findings: &mut Findings<'_>,
    ) {
        let mut kinds = Vec::new();
        let mut constants = Vec::new();
        let mut only_constants = true;
        for branch in branches {
            for kind in self.kinds(*branch) {
                if !kinds.contains(&kind) {
                    kinds.push(kind);
                }
            }
            match self.constants(*branch) {
                Some(values) => constants.extend(values),
                None => only_constants = false,
            }
        }
        let of_kind: Vec<NodeId> = branches
            .iter()
            .copied()
            .filter(|branch| self.may_be(*branch, value))
            .collect();
        if of_kind.is_empty() && !kinds.is_empty() {
            findings.add(at, wrong_type(value, &kinds, None));
            return;
        }
        if only_constants {
            findings.add(at, not_allowed(value, constants));
            return;
        }
        if let Instance::Object(members) = value {
            if let Some(tag) = self.tag(&of_kind) {
                self.report_by_tag(&of_kind, &tag, value, at, findings);
                return;
            }
            // Externally tagged: the only member names the variant.
            let named = of_kind.iter().copied().find(|branch| {
                let object = &self.node(*branch).object;
                !object.required.is_empty()
                    && object.required.iter().all(|name| members.contains(name))
            });
            if let Some(branch) = named {
                self.check(branch, value, at, findings);
                return;
            }
        } else if matches!(value, Instance::String(_)) {
            // A string is meant to be one of the variants written as strings.
            let texts: Vec<&Constant> = of_kind
                .iter()
                .filter_map(|branch| self.constants(*branch))
                .flatten()
                .collect();
            if texts.len() >= of_kind.len() && !texts.is_empty() {
                findings.add(at, not_allowed(value, texts));
                return;
            }
        }
        match of_kind.as_slice() {
            [only] => self.check(*only, value, at, findings),
            _ => self.report_closest(&of_kind, value, at, findings),
        }
    }

    fn report_by_tag(
        &self,
        branches: &[NodeId],
        tag: &str,
        value: &Instance<'_>,
        at: InstanceLocation<'_>,
        findings: &mut Findings<'_>,
    ) {
        let Some(found) = value.member(tag) else {
            findings.add(at.field(tag), Rule::Required);
            return;
        };
        let mut allowed = Vec::new();
        for branch in branches {
            let constants = self
                .property_of(*branch, tag)
                .and_then(|property| self.constants(property))
                .unwrap_or_default();
            if constants
                .iter()
                .any(|constant| equal(&constant.value, found))
            {
                self.check(*branch, value, at, findings);
                return;
            }
            allowed.extend(constants);
        }
        findings.add(at.field(tag), not_allowed(found, allowed));
    }

    /// Of several schemas without a tag, reports the one with the fewest violations, if it is unique.
    fn report_closest(
        &self,
        branches: &[NodeId],
        value: &Instance<'_>,
        at: InstanceLocation<'_>,
        findings: &mut Findings<'_>,
    ) {
        if findings.aim() == Aim::Choice {
            findings.add(at, Rule::OneOf);
            return;
        }
        let mut closest: Option<(usize, NodeId)> = None;
        let mut is_alone = false;
        for branch in branches {
            let found = self.count(Aim::Choice, *branch, value, findings);
            match closest {
                Some((least, _)) if found > least => {}
                Some((least, _)) if found == least => is_alone = false,
                _ => (closest, is_alone) = (Some((found, *branch)), true),
            }
        }
        match closest {
            Some((_, branch)) if is_alone => self.check(branch, value, at, findings),
            _ => findings.add_with(at, || self.none_of(branches, value)),
        }
    }

    /// Returns the rule that none of several schemas matches, as precisely as possible.
    fn none_of(&self, branches: &[NodeId], value: &Instance<'_>) -> Rule {
        let format = |branch: &NodeId| self.node(*branch).string.format.as_ref();
        let formats: Option<Vec<&str>> = branches
            .iter()
            .map(|branch| format(branch).map(|format| format.name.as_str()))
            .collect();
        match formats {
            Some(formats) if matches!(value, Instance::String(_)) && !formats.is_empty() => {
                Rule::Format {
                    format: formats.join(" or ").into(),
                }
            }
            _ => Rule::OneOf,
        }
    }

    /// Returns the member that is a different constant in each branch.
    fn tag(&self, branches: &[NodeId]) -> Option<String> {
        let first = branches.first()?;
        let candidates = self.properties(*first);
        candidates
            .into_iter()
            .map(|(name, _)| name)
            .find(|name| {
                branches.iter().all(|branch| {
                    self.property_of(*branch, name)
                        .is_some_and(|property| self.constants(property).is_some())
                })
            })
            .map(ToOwned::to_owned)
    }

    /// Returns the values a schema allows, if it lists them.
    pub(super) fn constants(&self, id: NodeId) -> Option<&[Constant]> {
        let node = self.node(id);
        match (&node.allowed, node.all_of.as_slice()) {
            (Some(allowed), _) => Some(allowed),
            (None, [only]) => self.constants(*only),
            _ => None,
        }
    }

    /// Returns the types a schema allows; none for all of them.
    pub(super) fn kinds(&self, id: NodeId) -> Vec<JsonType> {
        let node = self.node(id);
        if !node.kinds.is_empty() {
            return node.kinds.clone();
        }
        let of_all = node.all_of.iter().flat_map(|all| self.kinds(*all));
        let of_any = node.any_of.iter().chain(&node.one_of);
        of_all
            .chain(of_any.flat_map(|any| self.kinds(*any)))
            .collect()
    }

    pub(super) fn may_be(&self, id: NodeId, value: &Instance<'_>) -> bool {
        let kinds = self.kinds(id);
        if kinds.is_empty() {
            return match self.constants(id) {
                Some(constants) => constants.iter().any(|constant| {
                    std::mem::discriminant(&constant.value) == std::mem::discriminant(value)
                }),
                None => true,
            };
        }
        kinds.iter().any(|kind| is_of(value, *kind))
    }

    /// Returns a declared member of a schema, its references included.
    pub(super) fn property_of(&self, id: NodeId, name: &str) -> Option<NodeId> {
        let node = self.node(id);
        node.object.property(name).or_else(|| {
            node.all_of
                .iter()
                .find_map(|all| self.property_of(*all, name))
        })
    }

    /// Returns all declared members of a schema, its references included.
    pub(super) fn properties(&self, id: NodeId) -> Vec<(&str, NodeId)> {
        let node = self.node(id);
        let mut properties: Vec<_> = node
            .object
            .properties
            .iter()
            .map(|property| (property.name.as_str(), property.node))
            .collect();
        for more in node.all_of.iter().chain(&node.any_of).chain(&node.one_of) {
            properties.extend(self.properties(*more));
        }
        properties
    }
}
