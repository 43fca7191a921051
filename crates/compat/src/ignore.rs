//! Findings somebody looked at and means: each entry with its reason.

use super::{Finding, Ignored, Rule};

/// Findings that are not to be told.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Ignore {
    /// What they are called.
    pub rule: Rule,
    /// Of this operation alone: `POST /todos`.
    pub operation: Option<String>,
    /// At this place, or within it, in either document: a JSON Pointer.
    pub pointer: Option<String>,
    /// Why they are meant.
    pub reason: String,
}

impl Ignore {
    /// Every finding of a rule, for a reason.
    #[must_use]
    pub fn new(rule: Rule, reason: impl Into<String>) -> Self {
        Self {
            rule,
            operation: None,
            pointer: None,
            reason: reason.into(),
        }
    }

    /// Of this operation alone: `POST /todos`.
    #[must_use]
    pub fn operation(mut self, operation: impl Into<String>) -> Self {
        self.operation = Some(operation.into());
        self
    }

    /// At this place, or within it, in either document alone.
    #[must_use]
    pub fn pointer(mut self, pointer: impl Into<String>) -> Self {
        self.pointer = Some(pointer.into());
        self
    }

    pub(super) fn is_about(&self, finding: &Finding) -> bool {
        let is_within = |pointer: &str| {
            let places = [Some(&finding.old_pointer), finding.new_pointer.as_ref()];
            places.into_iter().flatten().any(|place| {
                let rest = place.strip_prefix(pointer);
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            })
        };
        self.rule == finding.rule
            && (self.operation.is_none() || self.operation == finding.operation)
            && self.pointer.as_deref().is_none_or(is_within)
    }
}

/// Takes out what is to be ignored, with the reasons.
pub(super) fn take(findings: &mut Vec<Finding>, ignore: &[Ignore]) -> Vec<Ignored> {
    let mut ignored = Vec::new();
    findings.retain(|finding| {
        let Some(entry) = ignore.iter().find(|entry| entry.is_about(finding)) else {
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
