//! The conversion of each keyword of JSON Schema 2020-12 to OpenAPI 3.0.

use crate::support::{with_schemas, written};
use purlin_openapi::Dialect;
use serde_json::{Value, json};

#[track_caller]
fn converts_to(cases: &[(Value, Value)]) {
    for (from, to) in cases {
        assert_eq!(written(from, Dialect::V3_0), *to, "from {from}");
    }
}

fn text() -> Value {
    json!({"$ref": "#/components/schemas/Text"})
}

fn nothing() -> Value {
    json!({"type": "object", "nullable": true, "enum": [null]})
}

#[test]
fn supported_keywords_are_unchanged() {
    let kept = [
        json!({"type": "integer", "format": "uint64", "minimum": 0, "maximum": 18_446_744_073_709_551_615_u64}),
        json!({"type": "string", "format": "date-time", "default": "now", "readOnly": true}),
        json!({"type": "object", "additionalProperties": false, "required": ["a"], "maxProperties": 1}),
        json!({"type": "array", "items": text(), "uniqueItems": true}),
        json!({"title": "T", "description": "D", "deprecated": true, "x-own": {"const": 1}}),
        json!({"type": "object", "xml": {"name": "t"}, "externalDocs": {"url": "/"}, "writeOnly": true}),
        text(),
    ];
    converts_to(&kept.map(|it| (it.clone(), it)));
}

#[test]
fn null() {
    converts_to(&[
        (
            json!({"type": ["string", "null"], "minLength": 1}),
            json!({"type": "string", "nullable": true, "minLength": 1}),
        ),
        (
            json!({"type": ["string", "null"], "enum": ["a", null]}),
            json!({"type": "string", "nullable": true, "enum": ["a", null]}),
        ),
        // The enum excludes `null`.
        (
            json!({"type": ["string", "null"], "enum": ["a"]}),
            json!({"type": "string", "enum": ["a"]}),
        ),
        (
            json!({"enum": ["a", null]}),
            json!({"type": "string", "nullable": true, "enum": ["a", null]}),
        ),
        (json!({"type": "null"}), nothing()),
        (json!({"const": null}), nothing()),
        (
            json!({"type": ["null"], "description": "D"}),
            json!({"type": "object", "nullable": true, "enum": [null], "description": "D"}),
        ),
        (
            json!({"anyOf": [{"type": "string", "enum": ["a"]}, {"type": "null"}], "description": "D"}),
            json!({"type": "string", "nullable": true, "enum": ["a", null], "description": "D"}),
        ),
        (
            json!({"description": "D", "anyOf": [{"type": "string", "description": "inner"}, {"type": "null"}]}),
            json!({"type": "string", "nullable": true, "description": "D"}),
        ),
        // `nullable` only affects the `type` beside it.
        (
            json!({"anyOf": [text(), {"type": "null"}], "default": null}),
            json!({"anyOf": [text(), nothing()], "default": null}),
        ),
        (
            json!({"oneOf": [text(), {"type": "integer"}, {"type": "null"}]}),
            json!({"oneOf": [text(), {"type": "integer", "nullable": true}]}),
        ),
        (
            json!({"oneOf": [{"allOf": [text()], "type": "string"}, {"type": "null"}]}),
            json!({"oneOf": [{"allOf": [text()], "type": "string"}, nothing()]}),
        ),
        (
            json!({"anyOf": [{"type": "null"}]}),
            json!({"anyOf": [nothing()]}),
        ),
        // A constant that contradicts its type allows no value, not `null`.
        (
            json!({"oneOf": [{"type": "string", "const": null}, text()]}),
            json!({"oneOf": [{"type": "string", "enum": [null]}, text()]}),
        ),
    ]);
}

#[test]
fn types_and_values() {
    converts_to(&[
        (
            json!({"const": "a"}),
            json!({"type": "string", "enum": ["a"]}),
        ),
        (
            json!({"const": 1, "type": "integer"}),
            json!({"type": "integer", "enum": [1]}),
        ),
        (
            json!({"const": {"a": 1}}),
            json!({"type": "object", "enum": [{"a": 1}]}),
        ),
        (
            json!({"enum": [1, 2.5]}),
            json!({"type": "number", "enum": [1, 2.5]}),
        ),
        (
            json!({"enum": [1, "a", null]}),
            json!({"enum": [1, "a", null]}),
        ),
        (
            json!({"type": ["string", "integer", "null"], "minLength": 1, "maximum": 9, "description": "D"}),
            json!({"description": "D", "anyOf": [
                {"type": "string", "nullable": true, "minLength": 1},
                {"type": "integer", "nullable": true, "maximum": 9},
            ]}),
        ),
        (
            json!({"type": ["array", "string"], "anyOf": [text()]}),
            json!({"anyOf": [text()], "allOf": [{"anyOf": [{"type": "array", "items": {}}, {"type": "string"}]}]}),
        ),
        (
            json!({"type": ["integer", "number"]}),
            json!({"type": "number"}),
        ),
        (
            json!({"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 10}),
            json!({"type": "number", "minimum": 0, "exclusiveMinimum": true, "maximum": 10, "exclusiveMaximum": true}),
        ),
        // The tighter of two bounds applies.
        (
            json!({"minimum": 5, "exclusiveMinimum": 5, "maximum": 7, "exclusiveMaximum": 9}),
            json!({"minimum": 5, "exclusiveMinimum": true, "maximum": 7}),
        ),
    ]);
}

#[test]
fn arrays() {
    let pair = json!([{"type": "string"}, {"type": "integer"}]);
    let either = json!({"anyOf": pair});
    converts_to(&[
        (
            json!({"type": "array"}),
            json!({"type": "array", "items": {}}),
        ),
        (json!({"items": true}), json!({"items": {}})),
        (
            json!({"type": "array", "items": false}),
            json!({"type": "array", "items": {}, "maxItems": 0}),
        ),
        (
            json!({"type": "array", "prefixItems": pair, "minItems": 2, "maxItems": 2}),
            json!({"type": "array", "items": either, "minItems": 2, "maxItems": 2}),
        ),
        (
            json!({"type": "array", "prefixItems": pair, "items": false}),
            json!({"type": "array", "items": either, "maxItems": 2}),
        ),
        // More items may follow, of any schema or of one.
        (
            json!({"type": "array", "prefixItems": pair}),
            json!({"type": "array", "items": {}}),
        ),
        (
            json!({"type": "array", "prefixItems": [{"type": "string"}], "items": {"type": "boolean"}}),
            json!({"type": "array", "items": {"anyOf": [{"type": "string"}, {"type": "boolean"}]}}),
        ),
        (
            json!({"prefixItems": [text(), text()], "items": false}),
            json!({"items": text(), "maxItems": 2}),
        ),
        (
            json!({"type": "array", "items": text(), "contains": {"const": "a"}, "minContains": 2}),
            json!({"type": "array", "items": text()}),
        ),
    ]);
}

#[test]
fn objects() {
    let integer = json!({"type": "integer"});
    converts_to(&[
        (
            json!({"properties": {"a": true, "b": false}}),
            json!({"properties": {"a": {}, "b": {"not": {}}}}),
        ),
        // Properties that match the pattern are allowed, so others are as well.
        (
            json!({"type": "object", "patternProperties": {"^x": integer}, "additionalProperties": false}),
            json!({"type": "object", "additionalProperties": integer}),
        ),
        (
            json!({"patternProperties": {"^x": integer}, "additionalProperties": text()}),
            json!({"additionalProperties": {"anyOf": [integer, text()]}}),
        ),
        (json!({"patternProperties": {"^x": integer}}), json!({})),
        (
            json!({
                "type": "object", "required": [], "propertyNames": {"maxLength": 1},
                "unevaluatedProperties": false, "dependentRequired": {"a": ["b"]},
                "dependentSchemas": {"a": {"minProperties": 2}},
                "if": {"required": ["a"]}, "then": {"maxProperties": 1}, "else": false,
            }),
            json!({"type": "object"}),
        ),
    ]);
}

#[test]
fn annotations() {
    converts_to(&[
        (
            json!({"type": ["string", "integer"], "contentMediaType": "image/png"}),
            json!({"anyOf": [{"type": "string"}, {"type": "integer"}], "format": "binary"}),
        ),
        (json!({"examples": [1, 2]}), json!({"example": 1})),
        (json!({"examples": [], "example": 3}), json!({"example": 3})),
        (
            json!({"type": "string", "contentEncoding": "base64", "contentMediaType": "image/png"}),
            json!({"type": "string", "format": "byte"}),
        ),
        (
            json!({"contentMediaType": "application/octet-stream"}),
            json!({"type": "string", "format": "binary"}),
        ),
        (
            json!({"type": "string", "contentMediaType": "application/json"}),
            json!({"type": "string"}),
        ),
        (
            json!({"$schema": "s", "$id": "i", "$comment": "c", "$defs": {"a": {}}, "unknown": 1}),
            json!({}),
        ),
        // A value that resembles a schema is unchanged.
        (
            json!({"default": {"const": 1}, "enum": [{"const": 1}], "type": "object"}),
            json!({"default": {"const": 1}, "enum": [{"const": 1}], "type": "object"}),
        ),
    ]);
}

#[test]
fn references_have_no_siblings() {
    converts_to(&[
        (
            json!({"$ref": "#/components/schemas/Text", "description": "D"}),
            json!({"allOf": [text()], "description": "D"}),
        ),
        (
            json!({"$ref": "#/components/schemas/Text", "allOf": [{"maxLength": 3}]}),
            json!({"allOf": [text(), {"maxLength": 3}]}),
        ),
        (
            json!({"$ref": "#/components/schemas/Text", "$comment": "c"}),
            text(),
        ),
    ]);
}

/// A schema that allows more values must not make a union or a negation reject
/// more.
#[test]
fn a_lost_constraint_makes_no_other_stricter() {
    let lossy = json!({"type": "array", "prefixItems": [{"type": "string"}]});
    let loose = json!({"type": "array", "items": {}});
    converts_to(&[
        (
            json!({"oneOf": [lossy, text()]}),
            json!({"anyOf": [loose, text()]}),
        ),
        (
            json!({"oneOf": [lossy, text()], "anyOf": [text()]}),
            json!({"anyOf": [text()], "allOf": [{"anyOf": [loose, text()]}]}),
        ),
        (
            json!({"type": "array", "items": {}, "not": lossy}),
            json!({"type": "array", "items": {}}),
        ),
        (json!({"not": {"items": {"not": lossy}}}), json!({})),
        (
            json!({"oneOf": [{"type": "string"}, text()], "not": {"const": "a"}}),
            json!({"oneOf": [{"type": "string"}, text()], "not": {"type": "string", "enum": ["a"]}}),
        ),
    ]);
}

#[test]
fn lost_constraints_are_found_through_references() {
    let document = with_schemas(&json!({
        "Pair": {"type": "array", "prefixItems": [{"type": "string"}]},
        "Holder": {"type": "object", "properties": {"pair": {"$ref": "#/components/schemas/Pair"}}},
        "Union": {"oneOf": [{"$ref": "#/components/schemas/Holder"}, {"type": "object"}]},
        "Exact": {"oneOf": [{"$ref": "#/components/schemas/Text"}, {"type": "object"}]},
        "Text": {"type": "string"},
    }));
    let schemas = &document.to_value(Dialect::V3_0)["components"]["schemas"];
    assert!(schemas["Union"].get("oneOf").is_none());
    assert_eq!(schemas["Union"]["anyOf"][1], json!({"type": "object"}));
    assert!(schemas["Exact"].get("oneOf").is_some());
}

#[test]
fn unions_of_constants() {
    converts_to(&[
        (
            json!({"oneOf": [{"const": "a", "description": "A."}, {"const": "b", "title": "B"}, {"const": "c"}]}),
            json!({"type": "string", "enum": ["a", "b", "c"], "x-enum-descriptions": ["A.", "B", ""]}),
        ),
        (
            json!({"type": "string", "anyOf": [{"const": "a"}, {"enum": ["b", "c"]}], "description": "D"}),
            json!({"type": "string", "enum": ["a", "b", "c"], "description": "D"}),
        ),
        (
            json!({"oneOf": [{"const": 1}, {"const": 2}, {"type": "null"}]}),
            json!({"type": "integer", "nullable": true, "enum": [1, null, 2]}),
        ),
    ]);
}

#[test]
fn unions_of_constrained_values_stay() {
    let value = |value: &str| json!({"type": "string", "enum": [value]});
    converts_to(&[
        // No single branch allows `a`.
        (
            json!({"oneOf": [{"const": "a"}, {"const": "a"}]}),
            json!({"oneOf": [value("a"), value("a")]}),
        ),
        (
            json!({"oneOf": [{"const": "a"}, {"const": 1}]}),
            json!({"oneOf": [value("a"), {"type": "integer", "enum": [1]}]}),
        ),
        (
            json!({"oneOf": [{"const": "a"}, {"type": "string", "minLength": 2}]}),
            json!({"oneOf": [value("a"), {"type": "string", "minLength": 2}]}),
        ),
        (
            json!({"enum": ["a", "b"], "oneOf": [{"const": "a"}, {"const": "c"}]}),
            json!({"type": "string", "enum": ["a", "b"], "oneOf": [value("a"), value("c")]}),
        ),
    ]);
}
