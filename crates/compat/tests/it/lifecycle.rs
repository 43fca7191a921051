//! The life cycle of operations: deprecation, sunset date and stability.

use purlin_compat::Severity;
use serde_json::{Value, json};

use crate::support::{document, found, names, operation, options};

/// The rules that these tests cover.
pub const RULES: &[&str] = &[
    "api-path-removed-before-sunset",
    "api-path-removed-with-deprecation",
    "api-path-sunset-parse",
    "api-removed-before-sunset",
    "api-removed-with-deprecation",
    "api-deprecated-sunset-parse",
    "api-deprecated-sunset-missing",
    "api-sunset-date-too-small",
    "endpoint-deprecated",
    "endpoint-reactivated",
    "sunset-deleted",
    "api-sunset-date-changed-too-small",
    "api-sunset-date-postponed",
    "api-stability-decreased",
    "api-stability-increased",
    "api-invalid-stability-level",
];

fn deprecated(sunset: &str) -> Value {
    json!({"deprecated": true, "x-sunset": sunset})
}

fn with_grace(old: &Value, new: &Value) -> Vec<String> {
    let mut options = options();
    options.grace_days = 30;
    names(&purlin_compat::compare(old, new, &options).unwrap())
}

/// Returns the findings when the operation is removed, with its path and alone.
fn removed(gone: &Value) -> [Vec<String>; 2] {
    let alone = document(json!({"/todos": {"post": gone, "get": {}}}));
    [
        found(&operation(gone.clone()), &document(json!({}))),
        found(&alone, &document(json!({"/todos": {"get": {}}}))),
    ]
}

#[test]
fn removal_before_the_sunset_date_breaks_and_afterwards_does_not() {
    // The current date is 2026-06-01.
    assert_eq!(
        removed(&deprecated("2026-06-02")),
        [
            ["breaking api-path-removed-before-sunset"],
            ["breaking api-removed-before-sunset"]
        ]
    );
    for sunset in ["2026-06-01", "2026-05-01T00:00:00Z"] {
        assert_eq!(
            removed(&deprecated(sunset)),
            [
                ["safe api-path-removed-with-deprecation"],
                ["safe api-removed-with-deprecation"]
            ]
        );
    }
    assert_eq!(
        removed(&json!({"deprecated": true})),
        [
            ["safe api-path-removed-with-deprecation"],
            ["safe api-removed-with-deprecation"]
        ]
    );
    assert_eq!(
        removed(&deprecated("soon")),
        [
            ["breaking api-path-sunset-parse"],
            ["breaking api-deprecated-sunset-parse"]
        ]
    );
}

#[test]
fn deprecation_and_reactivation_are_reported() {
    let (active, old) = (operation(json!({})), operation(json!({"deprecated": true})));
    assert_eq!(found(&active, &old), ["safe endpoint-deprecated"]);
    assert_eq!(found(&old, &active), ["safe endpoint-reactivated"]);
}

#[test]
fn a_grace_period_requires_a_sunset_date() {
    let active = operation(json!({}));
    assert_eq!(
        with_grace(&active, &operation(json!({"deprecated": true}))),
        [
            "breaking api-deprecated-sunset-missing",
            "safe endpoint-deprecated"
        ]
    );
    assert_eq!(
        with_grace(&active, &operation(deprecated("2026-06-30"))),
        [
            "breaking api-sunset-date-too-small",
            "safe endpoint-deprecated"
        ]
    );
    assert_eq!(
        with_grace(&active, &operation(deprecated("2026-07-01"))),
        ["safe endpoint-deprecated"]
    );
    assert_eq!(
        with_grace(&operation(deprecated("2026-06-30")), &active),
        ["safe endpoint-reactivated"]
    );
    assert_eq!(
        found(&active, &operation(deprecated("one day"))),
        [
            "breaking api-deprecated-sunset-parse",
            "safe endpoint-deprecated"
        ]
    );
}

#[test]
fn a_sunset_date_may_only_move_later() {
    let (early, late) = (
        operation(deprecated("2026-08-01")),
        operation(deprecated("2026-09-01")),
    );
    assert_eq!(
        found(&late, &early),
        ["breaking api-sunset-date-changed-too-small"]
    );
    assert_eq!(found(&early, &late), ["safe api-sunset-date-postponed"]);
    let without = operation(json!({"deprecated": true}));
    assert_eq!(found(&early, &without), ["breaking sunset-deleted"]);
    assert_eq!(found(&without, &early), [""; 0]);
    let (unread, other) = (
        operation(deprecated("one day")),
        operation(deprecated("some day")),
    );
    assert_eq!(
        found(&unread, &other),
        ["breaking api-deprecated-sunset-parse"]
    );
    assert_eq!(found(&unread, &unread), [""; 0], "nothing has changed");
}

#[test]
fn stability_may_only_increase() {
    let of = |level: &str| operation(json!({"x-stability-level": level}));
    for (low, high) in [("draft", "alpha"), ("alpha", "beta"), ("beta", "stable")] {
        assert_eq!(found(&of(low), &of(high)), ["safe api-stability-increased"]);
        let down = found(&of(high), &of(low));
        // Unstable operations may change in any way.
        let severity = if high == "alpha" { "safe" } else { "breaking" };
        assert_eq!(down, [format!("{severity} api-stability-decreased")]);
    }
    assert_eq!(
        found(&operation(json!({})), &of("beta")),
        ["breaking api-stability-decreased"]
    );
    assert_eq!(
        found(&of("beta"), &of("finished")),
        ["breaking api-invalid-stability-level"]
    );
    assert_eq!(found(&of("finished"), &of("stable")), [""; 0]);
}

#[test]
fn drafts_and_alphas_may_change_in_any_way() {
    let of = |level: &str, required: bool| {
        let limit = json!({"name": "limit", "in": "query", "required": required, "schema": {"type": "integer"}});
        operation(json!({"x-stability-level": level, "parameters": [limit]}))
    };
    assert_eq!(
        found(&of("alpha", false), &of("alpha", true)),
        ["safe request-parameter-became-required"]
    );
    assert_eq!(
        found(&of("beta", false), &of("beta", true)),
        ["breaking request-parameter-became-required"]
    );
    assert_eq!(
        found(&of("draft", false), &document(json!({}))),
        ["safe api-path-removed-without-deprecation"]
    );
    let mut options = options();
    options.severities.insert(
        "request-parameter-became-required".parse().unwrap(),
        Severity::Risky,
    );
    let report = purlin_compat::compare(&of("alpha", false), &of("alpha", true), &options).unwrap();
    assert_eq!(
        names(&report),
        ["risky request-parameter-became-required"],
        "the severity of the options takes precedence"
    );
}
