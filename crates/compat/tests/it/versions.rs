//! A new major version is required for breaking changes and excuses them.

use purlin_compat::{Report, Severity};
use serde_json::{Value, json};

use crate::support::{document, names, semver_options};

/// The rules that these tests cover.
pub const RULES: &[&str] = &[
    "api-version-not-bumped",
    "api-version-decreased",
    "api-major-version-not-bumped",
];

const REMOVED: &str = "breaking api-path-removed-without-deprecation";

fn at(version: &str, paths: Value) -> Value {
    let mut document = document(paths);
    document["info"]["version"] = json!(version);
    document
}

fn broken(old: &str, new: &str) -> Report {
    let (old, new) = (at(old, json!({"/a": {"get": {}}})), at(new, json!({})));
    let options = semver_options();
    purlin_compat::compare(&old, &new, &options).unwrap()
}

#[test]
fn breaking_changes_need_a_major_version() {
    for (old, new) in [("1.2.0", "1.3.0"), ("0.2.0", "0.2.1"), ("one", "two")] {
        let report = broken(old, new);
        assert_eq!(
            names(&report),
            ["breaking api-major-version-not-bumped", REMOVED],
            "{old} {new}"
        );
        let last = report.findings.last().map(|it| it.rule.to_string());
        assert_eq!(last.as_deref(), Some("api-major-version-not-bumped"));
        assert!(report.fails(Severity::Breaking));
    }
    let same = broken("1.0.0", "1.0.0");
    assert_eq!(names(&same), [REMOVED, "breaking api-version-not-bumped"]);
}

#[test]
fn a_major_version_excuses_breaking_changes_and_they_are_still_reported() {
    for (old, new) in [("1.2.0", "2.0.0"), ("0.2.0", "0.3.0"), ("0.9.1", "1.0.0")] {
        let report = broken(old, new);
        assert_eq!(names(&report), [REMOVED], "{old} {new}");
        assert!(report.is_excused && !report.fails(Severity::Breaking));
        assert!(
            report.fails(Severity::Safe),
            "no difference is excused at this level"
        );
    }
}

#[test]
fn the_version_must_not_decrease() {
    let same = json!({"/a": {"get": {}}});
    let options = semver_options();
    let report = purlin_compat::compare(
        &at("1.1.0", same.clone()),
        &at("1.0.9", same.clone()),
        &options,
    )
    .unwrap();
    assert_eq!(names(&report), ["breaking api-version-decreased"]);
    assert!(report.fails(Severity::Breaking));
    let back =
        purlin_compat::compare(&at("1.0.9", same.clone()), &at("1.1.0", same), &options).unwrap();
    assert_eq!(names(&back), [""; 0]);
}

#[test]
fn removal_before_the_sunset_date_is_not_excused() {
    let gone = json!({"/a": {"get": {"deprecated": true, "x-sunset": "2027-01-01"}}});
    let options = semver_options();
    let report =
        purlin_compat::compare(&at("1.0.0", gone), &at("2.0.0", json!({})), &options).unwrap();
    assert_eq!(names(&report), ["breaking api-path-removed-before-sunset"]);
    assert!(report.is_excused && report.fails(Severity::Breaking));
}

#[test]
fn the_version_check_can_be_disabled() {
    let (old, new) = (
        at("1.0.0", json!({"/a": {"get": {}}})),
        at("1.0.0", json!({})),
    );
    let mut options = semver_options();
    options.semver = false;
    let report = purlin_compat::compare(&old, &new, &options).unwrap();
    assert_eq!(names(&report), [REMOVED]);
    assert!(report.fails(Severity::Breaking));
}
