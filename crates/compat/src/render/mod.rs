//! Rendering of reports as text, JSON, CommonMark and JUnit XML.

mod junit;
mod markdown;
mod text;

pub use junit::junit;

use serde_json::{Value, json};

use crate::{Finding, Report, Severity};

impl Report {
    /// Renders the report for a terminal. Equal findings of several operations are
    /// listed once.
    #[must_use]
    pub fn to_text(&self) -> String {
        text::write(self)
    }

    /// Renders the report as an indented JSON object with `summary`, `excused`,
    /// `findings`, `ignored` and `stale`, and a final newline.
    #[must_use]
    pub fn to_json(&self) -> String {
        let ignored = self.ignored.iter().map(|it| {
            let mut value = self.value(&it.finding);
            value["reason"] = Value::from(it.reason.as_str());
            value
        });
        let stale = self.stale.iter().map(|it| {
            json!({
                "rule": it.rule.id(),
                "operation": it.operation,
                "pointer": it.pointer,
                "reason": it.reason,
            })
        });
        let value = json!({
            "summary": {
                "breaking": self.count(Severity::Breaking),
                "risky": self.count(Severity::Risky),
                "safe": self.count(Severity::Safe),
                "ignored": self.ignored.len(),
            },
            "excused": self.is_excused,
            "findings": self.findings.iter().map(|it| self.value(it)).collect::<Vec<_>>(),
            "ignored": ignored.collect::<Vec<_>>(),
            "stale": stale.collect::<Vec<_>>(),
        });
        format!("{value:#}\n")
    }

    /// Renders the report as CommonMark, for example for a pull request.
    #[must_use]
    pub fn to_markdown(&self) -> String {
        markdown::write(self)
    }

    /// Renders the report as JUnit XML for CI: every finding is a test case, which
    /// fails if it makes the report [fail](Self::fails) at this level.
    #[must_use]
    pub fn to_junit(&self, level: Severity) -> String {
        junit([("contract", self)], level)
    }

    fn value(&self, finding: &Finding) -> Value {
        json!({
            "rule": finding.rule.id(),
            "severity": finding.severity.as_str(),
            "excused": self.excuses(finding),
            "operation": finding.operation,
            "old": finding.old_pointer,
            "new": finding.new_pointer,
            "message": finding.message,
            "item": finding.item,
        })
    }

    /// Groups equal findings of several operations.
    fn groups(&self) -> Vec<(&Finding, Vec<&str>)> {
        let mut groups: Vec<(&Finding, Vec<&str>)> = Vec::new();
        let mut indexes = std::collections::BTreeMap::new();
        for finding in &self.findings {
            let key = (
                finding.rule,
                &finding.old_pointer,
                &finding.new_pointer,
                finding.severity,
            );
            let at = *indexes.entry(key).or_insert(groups.len());
            if at == groups.len() {
                groups.push((finding, Vec::new()));
            }
            if let (Some((_, operations)), Some(operation)) =
                (groups.get_mut(at), &finding.operation)
                && !operations.contains(&operation.as_str())
            {
                operations.push(operation);
            }
        }
        groups
    }
}

/// Returns the first operation and the number of others.
fn subject(operations: &[&str]) -> String {
    match operations {
        [] => "the document".to_owned(),
        [only] => (*only).to_owned(),
        [first, rest @ ..] => format!("{first} and {} more", rest.len()),
    }
}
