//! Findings that have been reviewed and accepted, each with a reason.

use crate::{Finding, Rule};

/// An entry that accepts the findings of one rule.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Ignore {
    /// The rule.
    pub rule: Rule,
    /// Restricts the entry to an operation, such as `POST /todos`.
    pub operation: Option<String>,
    /// Restricts the entry to the value at this JSON Pointer in either document
    /// and everything within it.
    pub pointer: Option<String>,
    /// Why the findings are accepted.
    pub reason: String,
}

/// A finding that was ignored.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Ignored {
    /// The finding.
    pub finding: Finding,
    /// Why it is accepted.
    pub reason: String,
}

impl Ignore {
    /// Accepts all findings of a rule.
    #[must_use]
    pub fn new(rule: Rule, reason: impl Into<String>) -> Self {
        Self {
            rule,
            operation: None,
            pointer: None,
            reason: reason.into(),
        }
    }

    /// Restricts the entry to an operation, such as `POST /todos`.
    #[must_use]
    pub fn operation(mut self, operation: impl Into<String>) -> Self {
        self.operation = Some(operation.into());
        self
    }

    /// Restricts the entry to the value at this JSON Pointer in either document
    /// and everything within it.
    #[must_use]
    pub fn pointer(mut self, pointer: impl Into<String>) -> Self {
        self.pointer = Some(pointer.into());
        self
    }

    /// Returns whether the entry accepts a finding.
    pub(crate) fn matches(&self, finding: &Finding) -> bool {
        let contains = |ancestor: &str| {
            let pointers = [Some(&finding.old_pointer), finding.new_pointer.as_ref()];
            pointers.into_iter().flatten().any(|pointer| {
                let rest = pointer.strip_prefix(ancestor);
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            })
        };
        self.rule == finding.rule
            && (self.operation.is_none() || self.operation == finding.operation)
            && self.pointer.as_deref().is_none_or(contains)
    }
}

/// Removes the findings that are accepted and returns them with their reasons.
pub(crate) fn take(findings: &mut Vec<Finding>, ignore: &[Ignore]) -> Vec<Ignored> {
    let mut ignored = Vec::new();
    findings.retain(|finding| {
        let Some(entry) = ignore.iter().find(|entry| entry.matches(finding)) else {
            return true;
        };
        ignored.push(Ignored {
            finding: finding.clone(),
            reason: entry.reason.clone(),
        });
        false
    });
    ignored
}
