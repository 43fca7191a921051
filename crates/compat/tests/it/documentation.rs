//! The tables of rules in `docs/compatibility.md`.

use std::{env, fs, path::Path};

use purlin_compat::{Rule, Severity};

const LOCATIONS: [&str; 6] = [
    "request-parameter-",
    "request-body-",
    "request-property-",
    "response-body-",
    "response-property-",
    "response-header-",
];

fn find(name: &str) -> Option<&'static Rule> {
    Rule::ALL.iter().find(|rule| rule.id() == name)
}

/// Returns the suffix of the name of a rule that exists for every location.
fn change(rule: &Rule) -> Option<&'static str> {
    let suffix = LOCATIONS
        .iter()
        .find_map(|location| rule.id().strip_prefix(location))?;
    let is_schema_rule = LOCATIONS
        .iter()
        .all(|location| find(&format!("{location}{suffix}")).is_some());
    is_schema_rule.then_some(suffix)
}

fn general() -> String {
    let mut text = "| rule | severity | description |\n|---|---|---|\n".to_owned();
    for rule in Rule::ALL.iter().filter(|rule| change(rule).is_none()) {
        text += &format!(
            "| `{rule}` | {} | {} |\n",
            rule.severity(),
            rule.description()
        );
    }
    text
}

fn schemas() -> String {
    let mut text =
        "| rule | in requests | in responses | description |\n|---|---|---|---|\n".to_owned();
    for rule in Rule::ALL
        .iter()
        .filter(|rule| rule.id().starts_with(LOCATIONS[0]))
    {
        let Some(suffix) = change(rule) else {
            continue;
        };
        let severity = |locations: &[&str]| -> Severity {
            let of = |location: &&str| find(&format!("{location}{suffix}")).unwrap().severity();
            let all: Vec<_> = locations.iter().map(of).collect();
            assert!(all.iter().all(|it| *it == all[0]), "{suffix}");
            all[0]
        };
        let (request, response) = (severity(&LOCATIONS[..3]), severity(&LOCATIONS[3..]));
        text += &format!(
            "| `…-{suffix}` | {request} | {response} | {} |\n",
            rule.description()
        );
    }
    text
}

#[test]
fn the_documentation_lists_every_rule() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/compatibility.md");
    let documentation = fs::read_to_string(&path).unwrap();
    let tables = [("general", general()), ("schemas", schemas())];
    let mut expected = documentation.clone();
    for (name, table) in &tables {
        let begin = format!("<!-- {name}, written by a test of purlin-compat -->\n");
        let (before, rest) = expected.split_once(&begin).expect("the table's beginning");
        let (_, after) = rest.split_once("<!-- end -->").expect("the table's end");
        expected = format!("{before}{begin}{table}<!-- end -->{after}");
    }
    if env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, &expected).unwrap();
    }
    let found = fs::read_to_string(&path).unwrap();
    assert_eq!(
        found, expected,
        "run with UPDATE_GOLDEN=1 and review the difference"
    );
}
