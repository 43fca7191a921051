//! A report as text for a terminal.

use std::fmt::Write as _;

use super::subject;
use crate::Report;

pub(crate) fn write(report: &Report) -> String {
    let mut text = String::new();
    for (finding, operations) in report.groups() {
        let severity = if report.excuses(finding) {
            format!("{} (excused by the new version)", finding.severity)
        } else {
            finding.severity.to_string()
        };
        // Writing to a String does not fail.
        let _ = writeln!(text, "{severity}: {}", subject(&operations));
        let _ = writeln!(text, "    {}", one_line(&finding.message));
        let _ = writeln!(text, "    rule {}", finding.rule);
        let _ = writeln!(text, "    old  {}", location(&finding.old_pointer));
        if let Some(pointer) = &finding.new_pointer {
            let _ = writeln!(text, "    new  {}", location(pointer));
        }
        if let Some(item) = &finding.item {
            let _ = writeln!(text, "    item {}", one_line(item));
        }
        text.push('\n');
    }
    for ignored in &report.ignored {
        let finding = one_line(&ignored.finding.to_string());
        let _ = writeln!(
            text,
            "ignored: {finding}\n    {}\n",
            one_line(&ignored.reason)
        );
    }
    for entry in &report.stale {
        let _ = writeln!(
            text,
            "stale: the ignore entry {} ({}) matches no finding\n",
            entry.rule,
            one_line(&entry.reason)
        );
    }
    let _ = writeln!(text, "{}", report.summary());
    text
}

fn location(pointer: &str) -> String {
    let pointer = if pointer.is_empty() {
        "the document"
    } else {
        pointer
    };
    one_line(pointer)
}

/// Replaces control characters, which could move the cursor of a terminal.
fn one_line(text: &str) -> String {
    let shown = text
        .chars()
        .map(|it| if it.is_control() { '\u{fffd}' } else { it });
    shown.collect()
}
