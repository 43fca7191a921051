//! Ignored findings and replaced severities.

use purlin_compat::{Ignore, Severity};
use serde_json::{Value, json};

use crate::support::{document, names, options, semver_options};

fn documents() -> (Value, Value) {
    let get = |required: bool| json!({"get": {"parameters": [{"name": "limit", "in": "query", "required": required, "schema": {}}]}});
    let of = |required: bool| document(json!({"/a": get(required), "/b": get(required)}));
    (of(false), of(true))
}

fn rule() -> purlin_compat::Rule {
    "request-parameter-became-required".parse().unwrap()
}

#[test]
fn ignored_findings_are_listed_with_their_reason() {
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
fn ignored_findings_need_no_new_version() {
    let (old, new) = documents();
    let mut options = semver_options();
    assert_eq!(
        purlin_compat::compare(&old, &new, &options)
            .unwrap()
            .findings
            .len(),
        3
    );
    options.ignore = vec![Ignore::new(rule(), "no client calls it yet")];
    let report = purlin_compat::compare(&old, &new, &options).unwrap();
    assert_eq!(names(&report), [""; 0]);
}

#[test]
fn severities_are_replaced_by_rule() {
    let (old, new) = documents();
    let mut options = semver_options();
    options.severities.insert(rule(), Severity::Risky);
    let report = purlin_compat::compare(&old, &new, &options).unwrap();
    let expected = "risky request-parameter-became-required";
    assert_eq!(
        names(&report),
        [expected, expected],
        "risky findings need no new version"
    );
    assert!(!report.fails(Severity::Breaking) && report.fails(Severity::Risky));
}
