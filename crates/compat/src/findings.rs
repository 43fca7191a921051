//! The collector of findings, which determines the severity and the Rust item of
//! each.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::{Finding, Rule, Severity, same::Known};

/// No severities but those of the rules.
pub(crate) static NO_SEVERITIES: BTreeMap<Rule, Severity> = BTreeMap::new();

/// The findings so far, in the order they were made.
pub(crate) struct Findings<'d> {
    old: &'d Value,
    new: &'d Value,
    severities: &'d BTreeMap<Rule, Severity>,
    pub(crate) all: Vec<Finding>,
    /// The values that were found to be equal or different.
    pub(crate) known: Known,
}

/// The part of the API that is being compared.
#[derive(Clone, Debug, Default)]
pub(crate) struct Subject {
    /// The operation, such as `POST /todos`; none for the document.
    pub(crate) operation: Option<String>,
    /// The pointers of the operation in the old and the new document.
    pub(crate) pointers: Option<(String, String)>,
    /// Whether any change is allowed, as for drafts and alphas.
    pub(crate) is_unstable: bool,
}

impl<'d> Findings<'d> {
    pub(crate) fn new(
        old: &'d Value,
        new: &'d Value,
        severities: &'d BTreeMap<Rule, Severity>,
    ) -> Self {
        Self {
            old,
            new,
            severities,
            all: Vec::new(),
            known: Known::default(),
        }
    }

    pub(crate) fn add(
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

    /// Adds a finding whose severity differs from that of its rule because of the
    /// documents. The severities of the options take precedence.
    pub(crate) fn add_as(
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
            message.push_str(" (the operation is unstable)");
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
        let pointers = subject.pointers.as_ref();
        let of_new = new.and_then(|it| item(self.new, it));
        of_new
            .or_else(|| item(self.old, old))
            .or_else(|| item(self.new, &pointers?.1))
            .or_else(|| item(self.old, &pointers?.0))
    }
}

/// Returns the nearest `x-rust-item` that encloses a value.
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
