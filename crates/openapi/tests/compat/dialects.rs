//! Documents of one API in several dialects: whole ones, as they are written.

use std::{fs, path::Path};

use serde_json::Value;

use crate::support::report;

fn show() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let read = |name: &str| -> Value {
        serde_json::from_str(&fs::read_to_string(folder.join(name)).unwrap()).unwrap()
    };
    let all = ["rich.v2_0.json", "rich.v3_0.json", "rich.v3_1.json"];
    for one in all {
        for other in all {
            println!("== {one} -> {other}");
            println!("{}", report(&read(one), &read(other)).to_text());
        }
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../router/tests/golden/parity");
    for name in [
        "exploded_query_string",
        "hidden_api",
        "hidden_api_included",
        "legacy",
        "multiple_authenticators",
        "nested_and_recursive",
    ] {
        let read = |v: &str| -> Value {
            serde_json::from_str(
                &fs::read_to_string(folder.join(format!("{name}.{v}.json"))).unwrap(),
            )
            .unwrap()
        };
        println!("== {name} 2.0 -> 3.1");
        println!("{}", report(&read("2.0"), &read("3.1")).to_text());
        println!("== {name} 3.1 -> 2.0");
        println!("{}", report(&read("3.1"), &read("2.0")).to_text());
    }
}

#[test]
fn shown() {
    show();
}
