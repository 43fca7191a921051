//! A report as CommonMark.

use std::fmt::Write as _;

use super::subject;
use crate::{Report, Severity};

pub(crate) fn write(report: &Report) -> String {
    let mut text = format!("# Contract: {}\n", report.summary());
    let groups = report.groups();
    for severity in [Severity::Breaking, Severity::Risky, Severity::Safe] {
        let mut of_it = groups
            .iter()
            .filter(|(finding, _)| finding.severity == severity)
            .peekable();
        if of_it.peek().is_some() {
            // Writing to a String does not fail.
            let _ = write!(text, "\n## {}\n\n", heading(severity));
        }
        for (finding, operations) in of_it {
            let _ = write!(
                text,
                "- **{}**: {}",
                escaped(&subject(operations)),
                escaped(&finding.message)
            );
            if report.excuses(finding) {
                text.push_str(", excused by the new version");
            }
            let _ = write!(text, " (`{}`", finding.rule);
            if let Some(item) = &finding.item {
                let _ = write!(text, ", {}", escaped(item));
            }
            text.push_str(")\n");
        }
    }
    if !report.ignored.is_empty() {
        text.push_str("\n## Ignored\n\n");
    }
    for ignored in &report.ignored {
        let subject = ignored
            .finding
            .operation
            .as_deref()
            .unwrap_or("the document");
        let (message, reason) = (escaped(&ignored.finding.message), escaped(&ignored.reason));
        let _ = writeln!(
            text,
            "- **{}**: {message}. Reason: {reason}",
            escaped(subject)
        );
    }
    if !report.stale.is_empty() {
        text.push_str("\n## Stale ignore entries\n\n");
    }
    for entry in &report.stale {
        let _ = writeln!(text, "- `{}`: {}", entry.rule, escaped(&entry.reason));
    }
    text
}

fn heading(severity: Severity) -> &'static str {
    match severity {
        Severity::Breaking => "Breaking",
        Severity::Risky => "Risky",
        Severity::Safe => "Safe",
    }
}

/// Escapes all markup of a text but its code spans (CommonMark 0.31 section 2.4,
/// backslash escapes).
fn escaped(text: &str) -> String {
    let text: String = text
        .chars()
        .map(|it| if it.is_control() { ' ' } else { it })
        .collect();
    let has_spans = text.matches('`').count().is_multiple_of(2);
    let mut is_code = false;
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        if letter == '`' && has_spans {
            is_code = !is_code;
        } else if !is_code && letter.is_ascii_punctuation() && "\\`*_{}[]<>#|&~!".contains(letter) {
            escaped.push('\\');
        }
        escaped.push(letter);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_escaped_and_code_spans_are_not() {
        assert_eq!(
            escaped("`a_b` is <b>a_b</b>"),
            "`a_b` is \\<b\\>a\\_b\\</b\\>"
        );
        assert_eq!(escaped("a `lone_one\n"), "a \\`lone\\_one ");
    }
}
