//! Where findings are gathered: each gets its severity, and the Rust item
//! behind it.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Finding, Rule, Severity};

/// What is found, in the order it is met.
pub(super) struct Findings<'d> {
    old: &'d Value,
    new: &'d Value,
    severities: &'d BTreeMap<Rule, Severity>,
    pub(super) all: Vec<Finding>,
}

/// Whose contract is looked at.
#[derive(Clone, Debug, Default)]
pub(super) struct Subject {
    /// `POST /todos`; none for the document.
    pub(super) operation: Option<String>,
    /// Where the operation stands, old and new.
    pub(super) places: Option<(String, String)>,
    /// Drafts and alphas may change at will.
    pub(super) is_unstable: bool,
}

impl<'d> Findings<'d> {
    pub(super) fn new(
        old: &'d Value,
        new: &'d Value,
        severities: &'d BTreeMap<Rule, Severity>,
    ) -> Self {
        Self {
            old,
            new,
            severities,
            all: Vec::new(),
        }
    }

    pub(super) fn add(
        &mut self,
        subject: &Subject,
        rule: impl Into<Rule>,
        old: impl Into<String>,
        new: impl Into<Option<String>>,
        message: String,
    ) {
        let rule = rule.into();
        self.add_as(rule.severity(), subject, rule, old, new, message);
    }

    /// Adds a finding that is of another severity than its rule for a reason
    /// in the documents. What the options say outweighs that.
    pub(super) fn add_as(
        &mut self,
        severity: Severity,
        subject: &Subject,
        rule: Rule,
        old: impl Into<String>,
        new: impl Into<Option<String>>,
        mut message: String,
    ) {
        let (old_pointer, new_pointer) = (old.into(), new.into());
        let mut severity = severity;
        if subject.is_unstable && rule.is_excused_by_version() && severity > Severity::Safe {
            severity = Severity::Safe;
            message.push_str(" (the operation is not stable yet)");
        }
        if let Some(wanted) = self.severities.get(&rule) {
            severity = *wanted;
        }
        let item = self.item(subject, &old_pointer, new_pointer.as_deref());
        self.all.push(Finding {
            rule,
            severity,
            operation: subject.operation.clone(),
            old_pointer,
            new_pointer,
            message,
            item,
        });
    }

    fn item(&self, subject: &Subject, old: &str, new: Option<&str>) -> Option<String> {
        let places = subject.places.as_ref();
        let of_new = new.and_then(|it| item(self.new, it));
        of_new
            .or_else(|| item(self.old, old))
            .or_else(|| item(self.new, &places?.1))
            .or_else(|| item(self.old, &places?.0))
    }
}

/// The nearest `x-rust-item` around a place.
fn item(root: &Value, pointer: &str) -> Option<String> {
    let mut pointer = pointer;
    loop {
        let here = root.pointer(pointer).and_then(|it| it.get("x-rust-item"));
        if let Some(Value::String(item)) = here {
            return Some(item.clone());
        }
        pointer = pointer.rsplit_once('/')?.0;
    }
}
