//! The Rust item of a finding: the nearest `x-rust-item`.

use serde_json::{Value, json};

use crate::support::{operation, report};

fn with(of_operation: Option<&str>, of_schema: Option<&str>, length: u32) -> Value {
    let schema = json!({"$ref": "#/components/schemas/Todo"});
    let mut document =
        operation(json!({"requestBody": {"content": {"application/json": {"schema": schema}}}}));
    document["components"] = json!({"schemas": {"Todo": {"type": "string", "maxLength": length}}});
    if let Some(item) = of_operation {
        document["paths"]["/todos"]["post"]["x-rust-item"] = json!(item);
    }
    if let Some(item) = of_schema {
        document["components"]["schemas"]["Todo"]["x-rust-item"] = json!(item);
    }
    document
}

#[test]
fn the_nearest_item_is_reported_preferably_of_the_new_document() {
    let item = |old: Value, new: Value| report(&old, &new).findings.remove(0).item;
    let (plain, named) = (
        with(None, None, 9),
        with(Some("a::add"), Some("a::Todo"), 9),
    );
    assert_eq!(
        item(plain.clone(), with(Some("b::add"), Some("b::Todo"), 5)).as_deref(),
        Some("b::Todo")
    );
    assert_eq!(
        item(named.clone(), with(None, None, 5)).as_deref(),
        Some("a::Todo")
    );
    assert_eq!(
        item(plain.clone(), with(Some("b::add"), None, 5)).as_deref(),
        Some("b::add")
    );
    assert_eq!(item(plain, with(None, None, 5)), None);
    // The item of a removed value is found in the old document.
    let mut gone = named.clone();
    gone["paths"] = json!({});
    assert_eq!(item(named, gone).as_deref(), Some("a::add"));
}

#[test]
fn items_are_not_a_difference() {
    let found = report(
        &with(None, None, 9),
        &with(Some("a::add"), Some("a::Todo"), 9),
    );
    assert!(found.findings.is_empty(), "{found:?}");
}
