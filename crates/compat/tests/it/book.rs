//! The tables of `docs/compatibility.md`: every rule, as the code has it.

use std::{env, fs, path::Path};

use purlin_compat::{Rule, Severity};

const PLACES: [&str; 6] = [
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

/// What follows the place in the name of a rule that is there in every place.
fn change(rule: &Rule) -> Option<&'static str> {
    let suffix = PLACES
        .iter()
        .find_map(|place| rule.id().strip_prefix(place))?;
    let is_everywhere = PLACES
        .iter()
        .all(|place| find(&format!("{place}{suffix}")).is_some());
    is_everywhere.then_some(suffix)
}

fn around() -> String {
    let mut text = "| rule | severity | what it says |\n|---|---|---|\n".to_owned();
    for rule in Rule::ALL.iter().filter(|rule| change(rule).is_none()) {
        text += &format!("| `{rule}` | {} | {} |\n", rule.severity(), rule.meaning());
    }
    text
}

fn schemas() -> String {
    let mut text =
        "| rule | in requests | in responses | what it says |\n|---|---|---|---|\n".to_owned();
    for rule in Rule::ALL
        .iter()
        .filter(|rule| rule.id().starts_with(PLACES[0]))
    {
        let Some(suffix) = change(rule) else {
            continue;
        };
        let severity = |places: &[&str]| -> Severity {
            let of = |place: &&str| find(&format!("{place}{suffix}")).unwrap().severity();
            let all: Vec<_> = places.iter().map(of).collect();
            assert!(all.iter().all(|it| *it == all[0]), "{suffix}");
            all[0]
        };
        let (request, response) = (severity(&PLACES[..3]), severity(&PLACES[3..]));
        text += &format!(
            "| `…-{suffix}` | {request} | {response} | {} |\n",
            rule.meaning()
        );
    }
    text
}

#[test]
fn the_book_lists_every_rule() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/compatibility.md");
    let book = fs::read_to_string(&path).unwrap();
    let tables = [("around", around()), ("schemas", schemas())];
    let mut expected = book.clone();
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
        "run with UPDATE_GOLDEN=1 and read the difference"
    );
}
