//! The conversion of each keyword of JSON Schema 2020-12 to Swagger 2.0.

use crate::support::{with_schemas, written};
use purlin_openapi::Dialect;
use serde_json::{Value, json};

#[track_caller]
fn converts_to(cases: &[(Value, Value)]) {
    for (from, to) in cases {
        assert_eq!(written(from, Dialect::V2_0), *to, "from {from}");
    }
}

fn from() -> Value {
    json!({"$ref": "#/components/schemas/Text"})
}

fn to() -> Value {
    json!({"$ref": "#/definitions/Text"})
}

#[test]
fn null() {
    converts_to(&[
        (
            json!({"type": ["string", "null"]}),
            json!({"type": "string", "x-nullable": true}),
        ),
        (
            json!({"enum": ["a", null]}),
            json!({"type": "string", "enum": ["a"], "x-nullable": true}),
        ),
        (
            json!({"type": "null"}),
            json!({"enum": [null], "x-nullable": true}),
        ),
        (
            json!({"anyOf": [from(), {"type": "null"}], "description": "D"}),
            json!({"allOf": [to()], "x-nullable": true, "description": "D"}),
        ),
        (
            json!({"type": "array", "items": {"anyOf": [from(), {"type": "null"}]}}),
            json!({"type": "array", "items": {"allOf": [to()], "x-nullable": true}}),
        ),
    ]);
}

#[test]
fn unions() {
    converts_to(&[
        (
            json!({"oneOf": [{"const": "a", "description": "A."}, {"const": "b"}]}),
            json!({"type": "string", "enum": ["a", "b"], "x-enum-descriptions": ["A.", ""]}),
        ),
        (
            json!({"oneOf": [{"type": "object", "required": ["a"]}, {"type": "object", "required": ["b"]}]}),
            json!({"type": "object", "x-oneOf": [
                {"type": "object", "required": ["a"]},
                {"type": "object", "required": ["b"]},
            ]}),
        ),
        (
            json!({"anyOf": [from(), {"type": "integer"}]}),
            json!({"x-anyOf": [to(), {"type": "integer"}]}),
        ),
        (
            json!({"anyOf": [from(), {"type": "string", "maxLength": 3}]}),
            json!({"type": "string", "x-anyOf": [to(), {"type": "string", "maxLength": 3}]}),
        ),
        (
            json!({"oneOf": [from(), {"type": "integer"}, {"type": "null"}]}),
            json!({
                "x-nullable": true,
                "x-oneOf": [to(), {"type": "integer", "x-nullable": true}],
            }),
        ),
    ]);
}

#[test]
fn unions_are_nullable_if_a_referenced_schema_is() {
    let document = with_schemas(&json!({
        "It": {"anyOf": [{"$ref": "#/components/schemas/Maybe"}, {"type": "integer", "minimum": 5}]},
        "Maybe": {"type": ["integer", "null"]},
        "Same": {"allOf": [{"$ref": "#/components/schemas/Maybe"}], "minimum": 1},
        "Deeper": {"anyOf": [{"$ref": "#/components/schemas/Same"}, {"type": "integer"}]},
    }));
    let definitions = &document.to_value(Dialect::V2_0)["definitions"];
    for name in ["It", "Deeper"] {
        let said = (&definitions[name]["type"], &definitions[name]["x-nullable"]);
        assert_eq!(said, (&json!("integer"), &json!(true)), "{name}");
    }
}

#[test]
fn unsupported_keywords() {
    converts_to(&[
        (json!({"not": {"type": "string"}}), json!({})),
        (json!(false), json!({})),
        (
            json!({"properties": {"a": false, "b": true}}),
            json!({"properties": {"a": {}, "b": {}}}),
        ),
        (
            json!({"type": "string", "writeOnly": true, "deprecated": true, "readOnly": true}),
            json!({"type": "string", "x-deprecated": true, "readOnly": true}),
        ),
        (
            json!({"$ref": "#/components/schemas/Text", "description": "D"}),
            json!({"allOf": [to()], "description": "D"}),
        ),
        (
            json!({"type": "object", "additionalProperties": {"const": 1}}),
            json!({"type": "object", "additionalProperties": {"type": "integer", "enum": [1]}}),
        ),
    ]);
}
