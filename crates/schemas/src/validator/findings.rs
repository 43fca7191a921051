//! Collects violations, and keeps the work in proportion to the value and the schema.
//!
//! Unions validate one part of a value several times: to learn whether a branch matches, which branch was meant, and what
//! the violations of that one are. In recursive schemas each pass would need several more at the next level, down to the
//! bottom. What a node has found in a part of the value is therefore remembered.

use std::collections::HashMap;

use super::node::{Node, NodeId};
use super::unique::Fingerprints;
use crate::{InstanceLocation, Location, MAX_VIOLATIONS, Rule, Violation, instance::Instance};

/// The purpose of a validation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Aim {
    /// To report the violations.
    Report,
    /// To find the branch that was meant: violations are counted.
    Choice,
    /// To learn whether there are any: one is enough.
    Verdict,
}

/// The violations found, and the purpose of the validation.
pub(super) struct Findings<'v> {
    location: Location,
    violations: &'v mut Vec<Violation>,
    aim: Aim,
    /// The number of violations found for this purpose.
    found: usize,
    /// The number a node has found in an array or object, by its address: values do not move while they are validated.
    known: HashMap<(Aim, NodeId, usize), usize>,
    pub(super) fingerprints: Fingerprints,
}

impl<'v> Findings<'v> {
    pub(super) fn new(location: Location, violations: &'v mut Vec<Violation>) -> Self {
        Self {
            location,
            violations,
            aim: Aim::Report,
            found: 0,
            known: HashMap::new(),
            fingerprints: Fingerprints::default(),
        }
    }

    pub(super) fn add(&mut self, at: InstanceLocation<'_>, rule: Rule) {
        self.add_with(at, || rule);
    }

    /// Like [`add`](Self::add), for rules that are only worth constructing when they are reported.
    pub(super) fn add_with(&mut self, at: InstanceLocation<'_>, rule: impl FnOnce() -> Rule) {
        self.found = self.found.saturating_add(1);
        if self.aim == Aim::Report && self.violations.len() < MAX_VIOLATIONS {
            self.violations.push(Violation {
                location: self.location,
                pointer: at.pointer(),
                rule: rule(),
            });
        }
    }

    pub(super) fn set_aim(&mut self, aim: Aim) {
        self.aim = aim;
    }

    pub(super) fn aim(&self) -> Aim {
        self.aim
    }

    pub(super) fn found(&self) -> usize {
        self.found
    }

    /// Returns whether further violations would not change the result.
    pub(super) fn is_enough(&self) -> bool {
        match self.aim {
            Aim::Report => self.violations.len() >= MAX_VIOLATIONS,
            Aim::Choice => false,
            Aim::Verdict => self.found > 0,
        }
    }

    /// Returns the number of violations that another validation of a part of the value finds.
    pub(super) fn count(
        &mut self,
        aim: Aim,
        node: NodeId,
        value: &Instance<'_>,
        look: impl FnOnce(&mut Self),
    ) -> usize {
        let outer = (self.aim, self.found);
        (self.aim, self.found) = (aim, 0);
        self.once(node, value, look);
        let found = self.found;
        (self.aim, self.found) = outer;
        found
    }

    /// Validates a part of the value, unless the node has done so already for this purpose.
    pub(super) fn once(
        &mut self,
        node: NodeId,
        value: &Instance<'_>,
        look: impl FnOnce(&mut Self),
    ) {
        if !value.is_container() {
            look(self);
            return;
        }
        let key = (self.aim, node, value.address());
        match self.known.get(&key) {
            // Violations are reported once.
            Some(_) if self.aim == Aim::Report => {}
            Some(found) => self.found = self.found.saturating_add(*found),
            None => {
                let before = self.found;
                look(self);
                self.known.insert(key, self.found.saturating_sub(before));
            }
        }
    }
}

impl Node {
    /// Returns whether a part of the value can be reached through this node in several ways.
    pub(super) fn forks(&self) -> bool {
        let referred = self.all_of.len() + self.any_of.len() + self.one_of.len();
        let object = &self.object;
        let own = !object.properties.is_empty() || object.additional.is_some();
        let patterns = object.patterns.len();
        referred + usize::from(self.not.is_some()) + usize::from(own) + patterns > 1
    }
}
