//! Reports as text, JSON, Markdown and JUnit XML.

use purlin_compat::{Ignore, Report, Severity};
use serde_json::{Value, json};

use crate::support::{document, semver_options};

fn report(new_version: &str) -> Report {
    let of = |version: &str, required: bool, paths: &[&str]| {
        let limit = json!({"name": "<a&\"b\">", "in": "query", "required": required, "schema": {}});
        let operation = json!({"get": {"parameters": [{"$ref": "#/components/parameters/limit"}]}});
        let paths: serde_json::Map<_, _> = paths
            .iter()
            .map(|it| ((*it).to_owned(), operation.clone()))
            .collect();
        let mut document = document(Value::Object(paths));
        document["info"]["version"] = json!(version);
        document["components"] = json!({"parameters": {"limit": limit}});
        document
    };
    let mut options = semver_options();
    let gone = "api-path-removed-without-deprecation".parse().unwrap();
    options.ignore = vec![
        Ignore::new(gone, "no client <ever> called it").operation("GET /c"),
        Ignore::new(gone, "an old reason").operation("GET /d"),
    ];
    let (old, new) = (
        of("1.0.0", false, &["/a", "/b", "/c"]),
        of(new_version, true, &["/a", "/b", "/e"]),
    );
    purlin_compat::compare(&old, &new, &options).unwrap()
}

#[test]
fn text_lists_equal_findings_once() {
    assert_eq!(
        report("2.0.0").to_text(),
        "\
breaking (excused by the new version): GET /a and 1 more
    the query parameter `<a&\"b\">` became required
    rule request-parameter-became-required
    old  /components/parameters/limit
    new  /components/parameters/limit

safe: GET /e
    the operation was added
    rule endpoint-added
    old  /paths
    new  /paths/~1e/get

ignored: breaking api-path-removed-without-deprecation: GET /c: the operation was removed without deprecation
    no client <ever> called it

stale: the ignore entry api-path-removed-without-deprecation (an old reason) matches no finding

2 breaking, 0 risky, 1 safe, 1 ignored; excused by the new version
"
    );
}

#[test]
fn json_lists_every_finding() {
    let value: Value = serde_json::from_str(&report("1.1.0").to_json()).unwrap();
    assert_eq!(
        value["summary"],
        json!({"breaking": 3, "risky": 0, "safe": 1, "ignored": 1})
    );
    assert_eq!(value["excused"], false);
    assert_eq!(value["findings"][2]["rule"], "api-major-version-not-bumped");
    assert_eq!(
        value["findings"][0],
        json!({
            "rule": "request-parameter-became-required",
            "severity": "breaking",
            "excused": false,
            "operation": "GET /a",
            "old": "/components/parameters/limit",
            "new": "/components/parameters/limit",
            "message": "the query parameter `<a&\"b\">` became required",
            "item": null,
        })
    );
    assert_eq!(value["ignored"][0]["reason"], "no client <ever> called it");
    assert_eq!(value["stale"][0]["operation"], "GET /d");
}

#[test]
fn markdown_has_a_section_per_severity() {
    assert_eq!(
        report("2.0.0").to_markdown(),
        "\
# Contract: 2 breaking, 0 risky, 1 safe, 1 ignored; excused by the new version

## Breaking

- **GET /a and 1 more**: the query parameter `<a&\"b\">` became required, excused by the new version (`request-parameter-became-required`)

## Safe

- **GET /e**: the operation was added (`endpoint-added`)

## Ignored

- **GET /c**: the operation was removed without deprecation. Reason: no client \\<ever\\> called it

## Stale ignore entries

- `api-path-removed-without-deprecation`: an old reason
"
    );
}

#[test]
fn junit_fails_findings_of_the_level() {
    let text = report("1.1.0").to_junit(Severity::Breaking);
    assert!(
        text.contains(
            "<testsuite name=\"contract\" tests=\"5\" disabled=\"1\" errors=\"0\" failures=\"3\">"
        ),
        "{text}"
    );
    assert!(
        text.contains(
            "message=\"the query parameter `&lt;a&amp;&quot;b&quot;&gt;` became required\""
        ),
        "{text}"
    );
    assert!(
        text.contains("<skipped message=\"no client &lt;ever&gt; called it\"/>"),
        "{text}"
    );
    assert_eq!(text.matches("<testcase").count(), 5);
    assert_eq!(text.matches("</testcase>").count(), 5);
    assert_eq!(text.matches("<failure").count(), 3);
    let excused = report("2.0.0").to_junit(Severity::Breaking);
    assert!(excused.contains("failures=\"0\""), "{excused}");
}

#[test]
fn no_differences_are_rendered_too() {
    let same = document(json!({}));
    let report = purlin_compat::compare(&same, &same, &semver_options()).unwrap();
    assert_eq!(report.to_text(), "0 breaking, 0 risky, 0 safe\n");
    assert!(
        report
            .to_junit(Severity::Safe)
            .contains("name=\"no differences\"")
    );
    assert_eq!(
        report.to_markdown(),
        "# Contract: 0 breaking, 0 risky, 0 safe\n"
    );
}
