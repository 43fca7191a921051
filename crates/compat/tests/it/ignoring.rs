//! Findings that are meant, and severities that are asked for.

use purlin_compat::{Ignore, Options, Severity};
use serde_json::{Value, json};

use crate::support::{document, names, options};

fn documents() -> (Value, Value) {
    let get = |required: bool| json!({"get": {"parameters": [{"name": "limit", "in": "query", "required": required, "schema": {}}]}});
    let of = |required: bool| document(json!({"/a": get(required), "/b": get(required)}));
    (of(false), of(true))
}

fn rule() -> purlin_compat::Rule {
    "request-parameter-became-required".parse().unwrap()
}

#[test]
fn what_is_meant_is_taken_out_with_its_reason() {
    let (old, new) = documents();
    let cases = [
        (Ignore::new(rule(), "both"), 0),
        (Ignore::new(rule(), "one").operation("GET /a"), 1),
        (Ignore::new(rule(), "one").pointer("/paths/~1a"), 1),
        (
            Ignore::new(rule(), "one").pointer("/paths/~1a/get/parameters/0"),
            1,
        ),
        (Ignore::new(rule(), "no other path").pointer("/paths/~1"), 2),
        (Ignore::new(rule(), "no other path").operation("GET /c"), 2),
    ];
    for (entry, left) in cases {
        let mut options = options();
        options.ignore = vec![entry.clone()];
        let report = purlin_compat::compare(&old, &new, &options).unwrap();
        assert_eq!(report.findings.len(), left, "{entry:?}");
        assert_eq!(report.ignored.len(), 2 - left);
        assert!(report.ignored.iter().all(|it| it.reason == entry.reason));
        let stale = if left == 2 { vec![entry] } else { Vec::new() };
        assert_eq!(report.stale, stale);
    }
}

#[test]
fn what_is_ignored_needs_no_version() {
    let (old, new) = documents();
    let mut options = Options::new("2026-06-01".parse().unwrap());
    assert_eq!(
        purlin_compat::compare(&old, &new, &options)
            .unwrap()
            .findings
            .len(),
        4
    );
    options.ignore = vec![Ignore::new(rule(), "nobody calls it yet")];
    let report = purlin_compat::compare(&old, &new, &options).unwrap();
    assert_eq!(names(&report), [""; 0]);
}

#[test]
fn severities_are_asked_for_by_rule() {
    let (old, new) = documents();
    let mut options = Options::new("2026-06-01".parse().unwrap());
    options.severities.insert(rule(), Severity::Risky);
    let report = purlin_compat::compare(&old, &new, &options).unwrap();
    let expected = "risky request-parameter-became-required";
    assert_eq!(
        names(&report),
        [expected, expected],
        "and what is risky needs no version"
    );
    assert!(!report.fails(Severity::Breaking) && report.fails(Severity::Risky));
}
