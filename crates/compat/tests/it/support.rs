//! Small documents, and what is found between them.

use purlin_compat::{Options, Report};
use serde_json::{Value, json};

/// The options of these tests: a fixed day, and no word on versions.
pub fn options() -> Options {
    let mut options = Options::new("2026-06-01".parse().unwrap());
    options.semver = false;
    options
}

/// A document in OpenAPI 3.1 with these paths.
pub fn document(paths: Value) -> Value {
    json!({
        "openapi": "3.1.1",
        "info": {"title": "Todos", "version": "1.0.0"},
        "paths": paths,
    })
}

/// A document with one operation, `POST /todos`.
pub fn operation(operation: Value) -> Value {
    document(json!({"/todos": {"post": operation}}))
}

/// The comparison, which works.
pub fn report(old: &Value, new: &Value) -> Report {
    purlin_compat::compare(old, new, &options()).unwrap()
}

/// What is found: `SEVERITY RULE`, sorted.
pub fn found(old: &Value, new: &Value) -> Vec<String> {
    names(&report(old, new))
}

pub fn names(report: &Report) -> Vec<String> {
    let findings = report.findings.iter();
    let mut names: Vec<_> = findings
        .map(|it| format!("{} {}", it.severity, it.rule))
        .collect();
    names.sort();
    names
}

/// Every place a finding names is there.
pub fn assert_places(report: &Report, old: &Value, new: &Value) {
    for finding in &report.findings {
        let place = &finding.old_pointer;
        assert!(old.pointer(place).is_some(), "old {place}: {finding}");
        if let Some(place) = &finding.new_pointer {
            assert!(new.pointer(place).is_some(), "new {place}: {finding}");
        }
    }
}
