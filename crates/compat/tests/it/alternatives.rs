//! Alternatives that moved, were renamed or wrapped.

use serde_json::{Value, json};

use crate::support::{found, operation};

/// Returns the rules that these tests cover.
pub fn rules() -> impl Iterator<Item = String> {
    [
        "request-parameter",
        "request-body",
        "request-property",
        "response-body",
        "response-property",
        "response-header",
    ]
    .into_iter()
    .map(|location| format!("{location}-one-of-overlap"))
}

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

/// Returns the findings of a change of a request body and of a response body.
fn both(old: &Value, new: &Value) -> [Vec<String>; 2] {
    let response = |schema: &Value| {
        operation(
            json!({"responses": {"200": {"content": {"application/json": {"schema": schema}}}}}),
        )
    };
    [
        found(&body(old.clone()), &body(new.clone())),
        found(&response(old), &response(new)),
    ]
}

fn object(required: &[&str], more: &Value) -> Value {
    let mut object = json!({"type": "object", "required": required});
    if let (Value::Object(object), Value::Object(more)) = (&mut object, more) {
        object.extend(more.clone());
    }
    object
}

#[test]
fn an_alternative_that_overlaps_with_others_is_not_safe() {
    let texts = |names: &[&str]| {
        let properties: serde_json::Map<_, _> = names
            .iter()
            .map(|it| ((*it).to_owned(), json!({"type": "string"})))
            .collect();
        json!({"properties": properties})
    };
    let (foo, bar) = (
        object(&["foo"], &texts(&["foo", "bar"])),
        object(&["bar"], &texts(&["foo", "bar"])),
    );
    let (number, whole, text) = (
        json!({"type": "number"}),
        json!({"type": "integer"}),
        json!({"type": "string"}),
    );
    for (old, new) in [
        (
            object(&["foo", "bar"], &texts(&["foo", "bar"])),
            json!({"oneOf": [foo, bar]}),
        ),
        (whole.clone(), json!({"oneOf": [whole, number]})),
        (
            json!({"oneOf": [whole, text]}),
            json!({"oneOf": [whole, text, number]}),
        ),
        (
            json!({"anyOf": [whole, number]}),
            json!({"oneOf": [whole, number]}),
        ),
        (
            json!({"oneOf": [{"type": "string", "maxLength": 5}, {"type": "string", "minLength": 6}]}),
            json!({"oneOf": [{"type": "string", "maxLength": 9}, {"type": "string"}]}),
        ),
    ] {
        let [request, _] = both(&old, &new);
        assert!(
            request.iter().any(|it| it.starts_with("breaking")),
            "{new} {request:?}"
        );
    }
    let [request, response] = both(
        &json!({"oneOf": [foo, text]}),
        &json!({"oneOf": [foo, bar, text]}),
    );
    assert_eq!(
        request,
        [
            "risky request-body-one-of-overlap",
            "safe request-body-one-of-added"
        ]
    );
    assert_eq!(response, ["breaking response-body-one-of-added"]);
    // A value of both was not sent, and may be now.
    let [_, response] = both(
        &json!({"oneOf": [foo, bar, text]}),
        &json!({"oneOf": [foo, text]}),
    );
    assert_eq!(
        response,
        [
            "risky response-body-one-of-overlap",
            "safe response-body-one-of-removed"
        ]
    );
}

#[test]
fn alternatives_that_exclude_each_other_are_safe() {
    let tagged = |kind: &str| object(&["kind"], &json!({"properties": {"kind": {"const": kind}}}));
    let closed = |name: &str| {
        object(
            &[name],
            &json!({"properties": {name: {}}, "additionalProperties": false}),
        )
    };
    for [one, two, three] in [
        [tagged("a"), tagged("b"), tagged("c")],
        [closed("a"), closed("b"), closed("c")],
        [
            json!({"type": "string"}),
            json!({"type": "integer"}),
            tagged("a"),
        ],
        [
            json!({"type": "integer", "maximum": 4}),
            json!({"type": "integer", "minimum": 5, "maximum": 9}),
            json!({"type": "integer", "exclusiveMinimum": 9}),
        ],
        [
            json!({"oneOf": [tagged("a"), tagged("b")]}),
            json!({"enum": ["a", "b"]}),
            json!({"type": "string", "enum": ["c"]}),
        ],
    ] {
        let (few, many) = (
            json!({"oneOf": [one, two]}),
            json!({"oneOf": [one, two, three]}),
        );
        let [request, _] = both(&few, &many);
        assert_eq!(request, ["safe request-body-one-of-added"], "{many}");
        let [_, response] = both(&many, &few);
        assert_eq!(response, ["safe response-body-one-of-removed"], "{many}");
        let any = json!({"anyOf": [one, two, three]});
        assert_eq!(both(&any, &many), [[""; 0], [""; 0]]);
        assert_eq!(both(&many, &any), [[""; 0], [""; 0]]);
    }
}

#[test]
fn overlapping_alternatives_that_did_not_change_are_equal() {
    let of = |text: &str| json!({"oneOf": [{"type": "object", "description": text}, {"type": "object", "title": text}]});
    assert_eq!(both(&of("a"), &of("b")), [[""; 0], [""; 0]]);
}

#[test]
fn constraints_beside_alternatives_are_compared() {
    let with = |length: u32| json!({"maxProperties": length, "not": {"required": ["x"]}, "oneOf": [{"type": "object"}, {"type": "array"}]});
    let [request, _] = both(&with(9), &with(5));
    assert_eq!(request, ["breaking request-body-max-properties-decreased"]);
    let [request, _] = both(&json!({"type": "object"}), &with(5));
    assert!(
        request.iter().any(|it| it.starts_with("breaking")),
        "{request:?}"
    );
    let two = |names: [&str; 2]| {
        let union =
            |name: &str| json!({"oneOf": [of(name), {"type": "object", "required": [name]}]});
        json!({"allOf": names.map(union)})
    };
    assert_eq!(
        found(&body(two(["Cat", "Dog"])), &body(two(["Dog", "Cat"]))),
        [""; 0]
    );
    let request = found(&body(two(["Cat", "Dog"])), &body(two(["Cat", "Text"])));
    assert!(
        request.iter().any(|it| it.starts_with("breaking")),
        "{request:?}"
    );
}
