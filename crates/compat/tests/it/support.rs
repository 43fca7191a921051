//! Small documents and their comparison.

use purlin_compat::{Options, Report};
use serde_json::{Value, json};

/// Returns options with a fixed date that do not check versions.
pub fn options() -> Options {
    let mut options = semver_options();
    options.semver = false;
    options
}

/// Returns options with a fixed date.
pub fn semver_options() -> Options {
    Options::new("2026-06-01".parse().unwrap())
}

/// Returns an OpenAPI 3.1 document with these paths.
pub fn document(paths: Value) -> Value {
    json!({
        "openapi": "3.1.1",
        "info": {"title": "Todos", "version": "1.0.0"},
        "paths": paths,
    })
}

/// Returns a document with one operation, `POST /todos`.
pub fn operation(operation: Value) -> Value {
    document(json!({"/todos": {"post": operation}}))
}

/// Compares two valid documents.
pub fn report(old: &Value, new: &Value) -> Report {
    purlin_compat::compare(old, new, &options()).unwrap()
}

/// Returns the findings as sorted `SEVERITY RULE`.
pub fn found(old: &Value, new: &Value) -> Vec<String> {
    names(&report(old, new))
}

/// Returns the findings of a report as sorted `SEVERITY RULE`.
pub fn names(report: &Report) -> Vec<String> {
    let findings = report.findings.iter();
    let mut names: Vec<_> = findings
        .map(|it| format!("{} {}", it.severity, it.rule))
        .collect();
    names.sort();
    names
}

/// Asserts that every pointer of a finding exists in its document.
pub fn assert_pointers_exist(report: &Report, old: &Value, new: &Value) {
    for finding in &report.findings {
        let pointer = &finding.old_pointer;
        assert!(old.pointer(pointer).is_some(), "old {pointer}: {finding}");
        if let Some(pointer) = &finding.new_pointer {
            assert!(new.pointer(pointer).is_some(), "new {pointer}: {finding}");
        }
    }
}
