//! References: inside keywords that are not merged, by anchor and identifier, and
//! dynamic ones.

use purlin_compat::Severity;
use serde_json::{Value, json};

use crate::support::{found, operation, report};

/// Returns a document whose request body is `schema`, with the named schema `Name`.
fn with(schema: &Value, name: &Value) -> Value {
    let mut document =
        operation(json!({"requestBody": {"content": {"application/json": {"schema": schema}}}}));
    document["components"] = json!({"schemas": {"Name": name}});
    document
}

fn worst(old: &Value, new: &Value) -> Option<Severity> {
    let findings = report(old, new).findings;
    findings.iter().map(|it| it.severity).max()
}

#[test]
fn references_inside_other_keywords_are_followed() {
    let name = json!({"$ref": "#/components/schemas/Name"});
    let (wide, narrow) = (json!({"enum": ["a", "b"]}), json!({"enum": ["a"]}));
    for (keyword, value) in [
        ("propertyNames", name.clone()),
        ("patternProperties", json!({"^a": name})),
        (
            "dependentSchemas",
            json!({"a": {"properties": {"b": name}}}),
        ),
        ("contains", name.clone()),
        ("unevaluatedItems", name.clone()),
        ("unevaluatedProperties", name.clone()),
        ("contentSchema", name.clone()),
    ] {
        let schema = json!({keyword: value});
        let (old, new) = (with(&schema, &wide), with(&schema, &narrow));
        assert_eq!(worst(&old, &new), Some(Severity::Breaking), "{keyword}");
        assert_eq!(worst(&new, &old), Some(Severity::Safe), "{keyword}");
        assert_eq!(found(&old, &old), [""; 0]);
    }
    let condition = json!({"if": {"required": ["a"]}, "then": name, "else": name});
    let (old, new) = (with(&condition, &wide), with(&condition, &narrow));
    assert_eq!(worst(&old, &new), Some(Severity::Breaking));
    // What `not` allows shrinks as its schema grows.
    let not = json!({"not": name});
    let (old, new) = (with(&not, &narrow), with(&not, &wide));
    assert_eq!(
        found(&old, &new),
        ["breaking request-body-constraint-changed"]
    );
    assert_eq!(found(&new, &old), ["safe request-body-constraint-changed"]);
    let condition = json!({"if": name, "then": {"minLength": 2}});
    let (old, new) = (with(&condition, &narrow), with(&condition, &wide));
    assert_eq!(found(&old, &new), ["risky request-body-constraint-changed"]);
    assert_eq!(found(&new, &old), ["risky request-body-constraint-changed"]);
}

#[test]
fn descriptions_inside_other_keywords_are_texts() {
    let schema = |text: &str| json!({"not": {"description": text, "properties": {"description": {"title": text}}}});
    let name = json!({});
    assert_eq!(
        found(&with(&schema("a"), &name), &with(&schema("b"), &name)),
        [""; 0]
    );
    // A property may have the name of a keyword.
    let schema = |kind: &str| json!({"not": {"properties": {"description": {"type": kind}}}});
    assert_eq!(
        worst(
            &with(&schema("string"), &name),
            &with(&schema("integer"), &name)
        ),
        Some(Severity::Breaking)
    );
}

#[test]
fn anchors_and_identifiers_are_resolved() {
    let named = |kind: &str| {
        json!({
            "$id": "https://a.test/name",
            "$anchor": "name",
            "type": "object",
            "properties": {"a": {"type": kind}, "b": {"$ref": "#/$defs/b"}},
            "$defs": {"b": {"type": kind}},
        })
    };
    for reference in [
        "#name",
        "https://a.test/name",
        "https://a.test/name#",
        "https://a.test/name#name",
        "#/components/schemas/Name",
    ] {
        let schema = json!({"$ref": reference});
        let (old, new) = (
            with(&schema, &named("string")),
            with(&schema, &named("integer")),
        );
        assert_eq!(found(&old, &old), [""; 0], "{reference}");
        assert_eq!(
            found(&old, &new),
            ["breaking request-property-type-changed"; 2],
            "{reference}"
        );
    }
}

#[test]
fn dynamic_references_are_followed() {
    let schema = json!({"type": "array", "items": {"$dynamicRef": "#item"}});
    let named = |kind: &str| json!({"$dynamicAnchor": "item", "type": kind});
    let (old, new) = (
        with(&schema, &named("string")),
        with(&schema, &named("integer")),
    );
    assert_eq!(
        found(&old, &new),
        ["breaking request-property-type-changed"]
    );
    // Which of several it is depends on how the schema is reached.
    let several = |kind: &str| {
        let mut document = with(&schema, &named(kind));
        document["components"]["schemas"]["Other"] =
            json!({"$dynamicAnchor": "item", "type": "boolean"});
        document
    };
    let (old, new) = (several("string"), several("integer"));
    assert_eq!(found(&old, &old), [""; 0]);
    assert_eq!(
        found(&old, &new),
        ["risky request-property-keyword-changed"]
    );
}

#[test]
fn schemas_that_a_discriminator_leads_to_are_compared() {
    let with = |kind: &str, mapping: Value| {
        let mut document = operation(
            json!({"responses": {"200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Pet"}}}}}}),
        );
        let discriminator = if mapping.is_null() {
            json!({"propertyName": "kind"})
        } else {
            json!({"propertyName": "kind", "mapping": mapping})
        };
        let base = json!({"$ref": "#/components/schemas/Pet"});
        document["components"] = json!({"schemas": {
            "Pet": {"type": "object", "required": ["kind"], "discriminator": discriminator},
            "Cat": {"allOf": [base, {"properties": {"age": {"type": kind}}}]},
        }});
        document
    };
    for mapping in [
        Value::Null,
        json!({"cat": "#/components/schemas/Cat"}),
        json!({"cat": "Cat"}),
    ] {
        assert_eq!(
            found(&with("integer", mapping.clone()), &with("string", mapping)),
            ["breaking response-property-type-changed"]
        );
    }
}
