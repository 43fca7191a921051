//! The version has to say that something breaks, and then excuses it.

use purlin_compat::{Options, Report, Severity};
use serde_json::{Value, json};

use crate::support::{document, names};

/// The rules these tests are about.
pub const RULES: &[&str] = &[
    "api-version-not-bumped",
    "api-version-decreased",
    "api-major-version-not-bumped",
];

const GONE: &str = "breaking api-path-removed-without-deprecation";

fn at(version: &str, paths: Value) -> Value {
    let mut document = document(paths);
    document["info"]["version"] = json!(version);
    document
}

fn broken(old: &str, new: &str) -> Report {
    let (old, new) = (at(old, json!({"/a": {"get": {}}})), at(new, json!({})));
    let options = Options::new("2026-06-01".parse().unwrap());
    purlin_compat::compare(&old, &new, &options).unwrap()
}

#[test]
fn what_breaks_needs_a_major_version() {
    for (old, new) in [("1.2.0", "1.3.0"), ("0.2.0", "0.2.1"), ("one", "two")] {
        let report = broken(old, new);
        assert_eq!(
            names(&report),
            ["breaking api-major-version-not-bumped", GONE],
            "{old} {new}"
        );
        assert!(report.fails(Severity::Breaking));
    }
    let same = broken("1.0.0", "1.0.0");
    assert_eq!(
        names(&same),
        [
            "breaking api-major-version-not-bumped",
            GONE,
            "breaking api-version-not-bumped"
        ]
    );
}

#[test]
fn a_major_version_excuses_what_breaks_and_it_still_is_told() {
    for (old, new) in [("1.2.0", "2.0.0"), ("0.2.0", "0.3.0"), ("0.9.1", "1.0.0")] {
        let report = broken(old, new);
        assert_eq!(names(&report), [GONE], "{old} {new}");
        assert!(report.is_excused && !report.fails(Severity::Breaking));
        assert!(
            report.fails(Severity::Safe),
            "nothing at all may differ at this level"
        );
    }
}

#[test]
fn a_version_does_not_go_down() {
    let same = json!({"/a": {"get": {}}});
    let options = Options::new("2026-06-01".parse().unwrap());
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
fn a_promise_by_date_is_not_excused() {
    let gone = json!({"/a": {"get": {"deprecated": true, "x-sunset": "2027-01-01"}}});
    let options = Options::new("2026-06-01".parse().unwrap());
    let report =
        purlin_compat::compare(&at("1.0.0", gone), &at("2.0.0", json!({})), &options).unwrap();
    assert_eq!(names(&report), ["breaking api-path-removed-before-sunset"]);
    assert!(report.is_excused && report.fails(Severity::Breaking));
}

#[test]
fn the_rule_can_be_turned_off() {
    let (old, new) = (
        at("1.0.0", json!({"/a": {"get": {}}})),
        at("1.0.0", json!({})),
    );
    let mut options = Options::new("2026-06-01".parse().unwrap());
    options.semver = false;
    let report = purlin_compat::compare(&old, &new, &options).unwrap();
    assert_eq!(names(&report), [GONE]);
    assert!(report.fails(Severity::Breaking));
}
