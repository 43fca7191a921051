//! A report as JUnit XML.

use std::fmt::Write as _;

use crate::{Finding, Report, Severity};

/// Several reports as one JUnit XML document: a test suite each, by its name.
#[must_use]
pub fn junit<'r>(
    reports: impl IntoIterator<Item = (&'r str, &'r Report)>,
    level: Severity,
) -> String {
    let suites = reports
        .into_iter()
        .map(|(name, report)| suite(name, report, level));
    let suites: String = suites.collect();
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n{suites}</testsuites>\n")
}

fn suite(name: &str, report: &Report, level: Severity) -> String {
    let failures = report
        .findings
        .iter()
        .filter(|it| report.counts(it, level))
        .count();
    let found = report.findings.len() + report.ignored.len();
    let mut text = String::new();
    // Writing to a String does not fail.
    let _ = writeln!(
        text,
        "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{failures}\" errors=\"0\" skipped=\"{}\">",
        escaped(name),
        found.max(1),
        report.ignored.len()
    );
    if found == 0 {
        text.push_str("    <testcase classname=\"the document\" name=\"nothing differs\"/>\n");
    }
    for finding in &report.findings {
        if report.counts(finding, level) {
            let message = escaped(&finding.message);
            let _ = writeln!(
                text,
                "    {}>\n      <failure type=\"{}\" message=\"{message}\">{}</failure>\n    </testcase>",
                case(finding),
                finding.severity,
                escaped(&places(finding))
            );
        } else {
            let words = format!(
                "{}: {}\n{}",
                finding.severity,
                finding.message,
                places(finding)
            );
            let _ = writeln!(
                text,
                "    {}>\n      <system-out>{}</system-out>\n    </testcase>",
                case(finding),
                escaped(&words)
            );
        }
    }
    for ignored in &report.ignored {
        let _ = writeln!(
            text,
            "    {}>\n      <skipped message=\"{}\"/>\n    </testcase>",
            case(&ignored.finding),
            escaped(&ignored.reason)
        );
    }
    text.push_str("  </testsuite>\n");
    text
}

fn case(finding: &Finding) -> String {
    let class = finding.operation.as_deref().unwrap_or("the document");
    let name = format!("{} {}", finding.rule, finding.old_pointer);
    format!(
        "<testcase classname=\"{}\" name=\"{}\"",
        escaped(class),
        escaped(&name)
    )
}

fn places(finding: &Finding) -> String {
    let mut words = format!("old {}\n", finding.old_pointer);
    if let Some(pointer) = &finding.new_pointer {
        let _ = writeln!(words, "new {pointer}");
    }
    if let Some(item) = &finding.item {
        let _ = writeln!(words, "item {item}");
    }
    words
}

/// Character data and attribute values (XML 1.0 sections 2.2 and 2.4).
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&apos;"),
            '\n' => escaped.push_str("&#10;"),
            '\t' => escaped.push_str("&#9;"),
            // What XML cannot say at all.
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            letter => escaped.push(letter),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_xml_cannot_say_is_replaced() {
        assert_eq!(
            escaped("<a b='\"&\u{7}\n'>"),
            "&lt;a b=&apos;&quot;&amp;\u{fffd}&#10;&apos;&gt;"
        );
    }
}
