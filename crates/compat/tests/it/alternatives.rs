//! Alternatives that moved, were renamed or wrapped.

use serde_json::{Value, json};

use crate::support::{found, operation};

fn body(schema: Value) -> Value {
    let mut document =
        operation(json!({"requestBody": {"content": {"application/json": {"schema": schema}}}}));
    let tagged = |kind: &str| json!({"type": "object", "properties": {"kind": {"const": kind}}, "required": ["kind"]});
    document["components"] = json!({"schemas": {
        "Cat": tagged("cat"),
        "Dog": tagged("dog"),
        "Hound": {"type": "object", "properties": {"kind": {"const": "dog"}, "age": {"type": "integer"}}, "required": ["kind"]},
        "Text": {"type": "string"},
    }});
    document
}

fn of(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

fn one_of(names: &[&str]) -> Value {
    let branches: Vec<_> = names.iter().map(|name| of(name)).collect();
    body(json!({"oneOf": branches}))
}

#[test]
fn the_order_of_alternatives_does_not_matter() {
    assert_eq!(
        found(&one_of(&["Cat", "Dog"]), &one_of(&["Dog", "Cat"])),
        [""; 0]
    );
}

#[test]
fn renamed_alternatives_are_matched_by_their_constants() {
    assert_eq!(
        found(&one_of(&["Cat", "Dog"]), &one_of(&["Cat", "Hound"])),
        ["safe new-optional-request-property"]
    );
    assert_eq!(
        found(&one_of(&["Cat", "Dog"]), &one_of(&["Cat", "Text"])),
        [
            "breaking request-body-one-of-removed",
            "safe request-body-one-of-added"
        ]
    );
}

#[test]
fn a_schema_may_become_one_of_several_alternatives() {
    let single = body(of("Cat"));
    let several = one_of(&["Dog", "Cat", "Text"]);
    assert_eq!(
        found(&single, &several),
        [
            "safe request-body-one-of-added",
            "safe request-body-one-of-added"
        ]
    );
    assert_eq!(
        found(&several, &single),
        [
            "breaking request-body-one-of-removed",
            "breaking request-body-one-of-removed"
        ]
    );
    assert_eq!(
        found(&body(json!({"type": "boolean"})), &several),
        ["breaking request-body-type-changed"]
    );
    assert_eq!(
        found(&several, &body(json!({"type": "boolean"}))),
        ["breaking request-body-type-changed"]
    );
    assert_eq!(
        found(&body(json!({})), &several),
        ["breaking request-body-type-specialized"]
    );
    assert_eq!(
        found(&several, &body(json!({}))),
        ["safe request-body-type-generalized"]
    );
}

#[test]
fn alternatives_beside_properties_are_a_constraint() {
    let plain = json!({"type": "object", "properties": {"a": {"type": "string"}}});
    let mut constrained = plain.clone();
    constrained["oneOf"] = json!([{"required": ["a"]}, {"required": ["b"]}]);
    assert_eq!(
        found(&body(plain.clone()), &body(constrained.clone())),
        ["breaking request-body-all-of-added"]
    );
    assert_eq!(
        found(&body(constrained), &body(plain)),
        ["safe request-body-all-of-removed"]
    );
}

#[test]
fn a_null_alternative_makes_the_schema_nullable() {
    let nullable = body(json!({"oneOf": [of("Cat"), of("Dog"), {"type": "null"}]}));
    assert_eq!(
        found(&one_of(&["Cat", "Dog"]), &nullable),
        ["safe request-body-became-nullable"]
    );
    assert_eq!(
        found(&nullable, &one_of(&["Cat", "Dog"])),
        ["breaking request-body-became-not-nullable"]
    );
}
