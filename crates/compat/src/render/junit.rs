//! A report as JUnit XML.

use std::fmt::Write as _;

use quick_junit::{NonSuccessKind, TestCase, TestCaseStatus, TestSuite};

use crate::{Finding, Report, Severity};

/// Renders several named reports as one JUnit XML document with a test suite
/// for each.
///
/// Every finding is a test case; it fails if it makes the report
/// [fail](Report::fails) at this level.
#[must_use]
pub fn junit<'r>(
    reports: impl IntoIterator<Item = (&'r str, &'r Report)>,
    level: Severity,
) -> String {
    let mut document = quick_junit::Report::new("contract");
    for (name, report) in reports {
        document.add_test_suite(suite(name, report, level));
    }
    // Writing to memory does not fail.
    document.to_string().unwrap_or_default()
}

fn suite(name: &str, report: &Report, level: Severity) -> TestSuite {
    let mut suite = TestSuite::new(name);
    for finding in &report.findings {
        let mut case = case(finding, TestCaseStatus::success());
        if report.counts(finding, level) {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status
                .set_type(finding.severity.as_str())
                .set_message(finding.message.as_str())
                .set_description(locations(finding));
            case.status = status;
        } else {
            case.set_system_out(format!(
                "{}: {}\n{}",
                finding.severity,
                finding.message,
                locations(finding)
            ));
        }
        suite.add_test_case(case);
    }
    for ignored in &report.ignored {
        let mut status = TestCaseStatus::skipped();
        status.set_message(ignored.reason.as_str());
        suite.add_test_case(case(&ignored.finding, status));
    }
    if suite.test_cases.is_empty() {
        let mut case = TestCase::new("no differences", TestCaseStatus::success());
        case.set_classname("the document");
        suite.add_test_case(case);
    }
    suite
}

fn case(finding: &Finding, status: TestCaseStatus) -> TestCase {
    let name = format!("{} {}", finding.rule, finding.old_pointer);
    let mut case = TestCase::new(name, status);
    case.set_classname(finding.operation.as_deref().unwrap_or("the document"));
    case
}

fn locations(finding: &Finding) -> String {
    let mut text = format!("old {}\n", finding.old_pointer);
    // Writing to a String does not fail.
    if let Some(pointer) = &finding.new_pointer {
        let _ = writeln!(text, "new {pointer}");
    }
    if let Some(item) = &finding.item {
        let _ = writeln!(text, "item {item}");
    }
    text
}
