//! A report for a terminal.

use std::fmt::Write as _;

use super::subject;
use crate::Report;

pub(super) fn write(report: &Report) -> String {
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
        let _ = writeln!(text, "    old  {}", place(&finding.old_pointer));
        if let Some(pointer) = &finding.new_pointer {
            let _ = writeln!(text, "    new  {}", place(pointer));
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
            "stale: the entry to ignore {} ({}) is about nothing any more\n",
            entry.rule,
            one_line(&entry.reason)
        );
    }
    let _ = writeln!(text, "{}", report.summary());
    text
}

fn place(pointer: &str) -> String {
    let pointer = if pointer.is_empty() {
        "the document"
    } else {
        pointer
    };
    one_line(pointer)
}

/// Without what would move a terminal's cursor.
fn one_line(text: &str) -> String {
    let shown = text
        .chars()
        .map(|it| if it.is_control() { '\u{fffd}' } else { it });
    shown.collect()
}
