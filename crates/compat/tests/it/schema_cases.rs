//! The cases of `schemas`.

use serde_json::{Value, json};

/// Two schemas and the change between them, in both directions.
pub struct Case {
    /// The suffix of the rule's name, and its severities in requests and in
    /// responses: `B`, `R` or `S`.
    pub forward: (&'static str, &'static str),
    /// The same in the opposite direction.
    pub back: (&'static str, &'static str),
    pub old: Value,
    pub new: Value,
    /// Whether OpenAPI 3.0 writes them the same way.
    pub in_3_0: bool,
}

fn case(
    forward: (&'static str, &'static str),
    back: (&'static str, &'static str),
    old: Value,
    new: Value,
) -> Case {
    Case {
        forward,
        back,
        old,
        new,
        in_3_0: true,
    }
}

fn case_3_1(
    forward: (&'static str, &'static str),
    back: (&'static str, &'static str),
    old: Value,
    new: Value,
) -> Case {
    Case {
        in_3_0: false,
        ..case(forward, back, old, new)
    }
}

/// Returns the cases of a bound that is added, removed and tightened.
fn bound(names: [&'static str; 4], keyword: &str, kind: &str, loose: u32, tight: u32) -> [Case; 2] {
    let [tighter, looser, set, unset] = names;
    let with = |value: u32| json!({"type": kind, keyword: value});
    [
        case((tighter, "BS"), (looser, "SB"), with(loose), with(tight)),
        case(
            (set, "RS"),
            (unset, "SB"),
            json!({"type": kind}),
            with(tight),
        ),
    ]
}

pub fn all() -> Vec<Case> {
    let mut cases = types();
    cases.extend(values());
    cases.extend(bounds());
    cases.extend(composed());
    cases
}

fn types() -> Vec<Case> {
    let of = |kind: &str| json!({"type": kind});
    let format = |format: &str| json!({"type": "integer", "format": format});
    vec![
        case(
            ("type-changed", "BB"),
            ("type-changed", "BB"),
            of("string"),
            of("integer"),
        ),
        case(
            ("type-generalized", "SB"),
            ("type-specialized", "BS"),
            of("integer"),
            of("number"),
        ),
        case(
            ("type-specialized", "BS"),
            ("type-generalized", "SB"),
            json!({}),
            of("string"),
        ),
        case(
            ("type-generalized", "SB"),
            ("type-specialized", "BS"),
            format("int32"),
            format("int64"),
        ),
        case(
            ("type-changed", "BB"),
            ("type-changed", "BB"),
            json!({"type": "string", "format": "date"}),
            json!({"type": "string", "format": "uuid"}),
        ),
        case_3_1(
            ("list-of-types-narrowed", "BS"),
            ("list-of-types-widened", "SB"),
            json!({"type": ["string", "integer"]}),
            of("string"),
        ),
        case_3_1(
            ("became-nullable", "SB"),
            ("became-not-nullable", "BS"),
            of("string"),
            json!({"type": ["string", "null"]}),
        ),
        case_3_1(
            ("became-nullable", "SB"),
            ("became-not-nullable", "BS"),
            of("string"),
            json!({"anyOf": [{"type": "string"}, {"type": "null"}]}),
        ),
    ]
}

fn values() -> Vec<Case> {
    let of = |values: Value| json!({"type": "string", "enum": values});
    let growing = |values: Value| json!({"type": "string", "x-extensible-enum": values});
    let one = |value: &str| json!({"type": "string", "const": value});
    let text = || json!({"type": "string"});
    vec![
        case(
            ("enum-value-removed", "BS"),
            ("enum-value-added", "SR"),
            of(json!(["a", "b"])),
            of(json!(["a"])),
        ),
        case(
            ("became-enum", "BS"),
            ("enum-removed", "SB"),
            text(),
            of(json!(["a", "b"])),
        ),
        case(
            ("x-extensible-enum-value-removed", "BS"),
            ("x-extensible-enum-value-added", "SS"),
            growing(json!(["a", "b"])),
            growing(json!(["a"])),
        ),
        case_3_1(
            ("const-added", "BS"),
            ("const-removed", "SB"),
            text(),
            one("a"),
        ),
        case_3_1(
            ("const-changed", "BB"),
            ("const-changed", "BB"),
            one("a"),
            one("b"),
        ),
        case(
            ("default-value-added", "BS"),
            ("default-value-removed", "BS"),
            text(),
            json!({"type": "string", "default": "a"}),
        ),
        case(
            ("default-value-changed", "BS"),
            ("default-value-changed", "BS"),
            json!({"type": "string", "default": "a"}),
            json!({"type": "string", "default": "b"}),
        ),
        case(
            ("pattern-added", "BS"),
            ("pattern-removed", "SB"),
            text(),
            json!({"type": "string", "pattern": "^a"}),
        ),
        case(
            ("pattern-changed", "RR"),
            ("pattern-changed", "RR"),
            json!({"type": "string", "pattern": "^b"}),
            json!({"type": "string", "pattern": "^a"}),
        ),
        case(
            ("deprecated", "SS"),
            ("reactivated", "SS"),
            text(),
            json!({"type": "string", "deprecated": true}),
        ),
    ]
}

fn bounds() -> Vec<Case> {
    let mut cases = Vec::new();
    cases.extend(bound(
        ["max-decreased", "max-increased", "max-set", "max-unset"],
        "maximum",
        "number",
        9,
        5,
    ));
    cases.extend(bound(
        ["min-increased", "min-decreased", "min-set", "min-unset"],
        "minimum",
        "number",
        5,
        9,
    ));
    cases.extend(bound(
        [
            "max-length-decreased",
            "max-length-increased",
            "max-length-set",
            "max-length-unset",
        ],
        "maxLength",
        "string",
        9,
        5,
    ));
    cases.extend(bound(
        [
            "min-length-increased",
            "min-length-decreased",
            "min-length-set",
            "min-length-unset",
        ],
        "minLength",
        "string",
        5,
        9,
    ));
    cases.extend(bound(
        [
            "max-items-decreased",
            "max-items-increased",
            "max-items-set",
            "max-items-unset",
        ],
        "maxItems",
        "array",
        9,
        5,
    ));
    cases.extend(bound(
        [
            "min-items-increased",
            "min-items-decreased",
            "min-items-set",
            "min-items-unset",
        ],
        "minItems",
        "array",
        5,
        9,
    ));
    cases.extend(bound(
        [
            "max-properties-decreased",
            "max-properties-increased",
            "max-properties-set",
            "max-properties-unset",
        ],
        "maxProperties",
        "object",
        9,
        5,
    ));
    cases.extend(bound(
        [
            "min-properties-increased",
            "min-properties-decreased",
            "min-properties-set",
            "min-properties-unset",
        ],
        "minProperties",
        "object",
        5,
        9,
    ));
    let multiple = |of: u32| json!({"type": "integer", "multipleOf": of});
    let list = |unique: bool| json!({"type": "array", "uniqueItems": unique});
    cases.extend([
        case_3_1(
            ("max-decreased", "BS"),
            ("max-increased", "SB"),
            json!({"type": "number", "maximum": 5}),
            json!({"type": "number", "exclusiveMaximum": 5}),
        ),
        case_3_1(
            ("min-set", "RS"),
            ("min-unset", "SB"),
            json!({"type": "number"}),
            json!({"type": "number", "exclusiveMinimum": 0}),
        ),
        case(
            ("multiple-of-set", "BS"),
            ("multiple-of-unset", "SB"),
            json!({"type": "integer"}),
            multiple(5),
        ),
        case(
            ("multiple-of-changed", "BB"),
            ("multiple-of-changed", "BB"),
            multiple(3),
            multiple(5),
        ),
        case(
            ("unique-items-added", "BS"),
            ("unique-items-removed", "SB"),
            list(false),
            list(true),
        ),
    ]);
    cases
}

fn composed() -> Vec<Case> {
    let (text, whole) = (json!({"type": "string"}), json!({"type": "integer"}));
    let object = |more: Value| json!({"type": "object", "additionalProperties": more});
    let patterns = |all: Value| json!({"type": "string", "allOf": all});
    let mapped = |mapping: Value| json!({"type": "object", "discriminator": {"propertyName": "kind", "mapping": mapping}});
    let discriminated_by =
        |name: &str| json!({"type": "object", "discriminator": {"propertyName": name}});
    let condition = |name: &str| json!({"type": "object", "if": {"required": [name]}, "then": {"minProperties": 5}});
    vec![
        case(
            ("additional-properties-removed", "BS"),
            ("additional-properties-added", "SS"),
            object(json!(true)),
            object(json!(false)),
        ),
        case(
            ("constraint-added", "BS"),
            ("constraint-removed", "SB"),
            json!({"type": "string"}),
            json!({"type": "string", "not": {"enum": ["a"]}}),
        ),
        case_3_1(
            ("constraint-changed", "RR"),
            ("constraint-changed", "RR"),
            condition("a"),
            condition("b"),
        ),
        case(
            ("constraint-changed", "BS"),
            ("constraint-changed", "SB"),
            json!({"type": "string", "not": {"enum": ["a"]}}),
            json!({"type": "string", "not": {"enum": ["a", "b"]}}),
        ),
        case(
            ("keyword-changed", "RR"),
            ("keyword-changed", "RR"),
            json!({"type": "string", "divisibleBy": 5}),
            json!({"type": "string", "divisibleBy": 6}),
        ),
        case(
            ("any-of-became-one-of", "BS"),
            ("one-of-became-any-of", "SR"),
            json!({"anyOf": [{"type": "number"}, whole]}),
            json!({"oneOf": [{"type": "number"}, whole]}),
        ),
        case(
            ("one-of-removed", "BS"),
            ("one-of-added", "SB"),
            json!({"oneOf": [text, whole, {"type": "boolean"}]}),
            json!({"oneOf": [text, whole]}),
        ),
        case(
            ("one-of-removed", "BS"),
            ("one-of-added", "SB"),
            json!({"oneOf": [text, whole]}),
            text.clone(),
        ),
        case(
            ("any-of-removed", "BS"),
            ("any-of-added", "SB"),
            json!({"anyOf": [text, whole, {"type": "boolean"}]}),
            json!({"anyOf": [text, whole]}),
        ),
        case(
            ("all-of-added", "BS"),
            ("all-of-removed", "SB"),
            patterns(json!([{"pattern": "^a"}])),
            patterns(json!([{"pattern": "^a"}, {"pattern": "b$"}])),
        ),
        case(
            ("discriminator-added", "SS"),
            ("discriminator-removed", "RR"),
            json!({"type": "object"}),
            discriminated_by("kind"),
        ),
        case(
            ("discriminator-property-name-changed", "BB"),
            ("discriminator-property-name-changed", "BB"),
            discriminated_by("kind"),
            discriminated_by("type"),
        ),
        case(
            ("discriminator-mapping-deleted", "RR"),
            ("discriminator-mapping-added", "SS"),
            mapped(json!({"a": "#/A", "b": "#/B"})),
            mapped(json!({"a": "#/A"})),
        ),
        case(
            ("discriminator-mapping-changed", "RR"),
            ("discriminator-mapping-changed", "RR"),
            mapped(json!({"a": "#/A"})),
            mapped(json!({"a": "#/B"})),
        ),
    ]
}
