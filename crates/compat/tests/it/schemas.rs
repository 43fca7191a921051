//! The comparison of schemas in every location and in both directions.

use serde_json::{Value, json};

use crate::{
    schema_cases::{Case, all},
    support::{assert_pointers_exist, document, found, names, operation, report},
};

const LOCATIONS: [&str; 6] = [
    "request-parameter",
    "request-body",
    "request-property",
    "response-body",
    "response-property",
    "response-header",
];

/// Returns the rules that the cases cover.
pub fn rules() -> impl Iterator<Item = String> {
    all().into_iter().flat_map(|case| {
        let names = [case.forward.0, case.back.0];
        names
            .into_iter()
            .flat_map(|name| LOCATIONS.map(|location| format!("{location}-{name}")))
    })
}

/// Returns a document with the schema in a location.
fn located(location: &str, schema: &Value) -> Value {
    let object = json!({"type": "object", "properties": {"p": schema}});
    let content = |schema: &Value| json!({"application/json": {"schema": schema}});
    let response = |response: Value| json!({"responses": {"200": response}});
    operation(match location {
        "request-parameter" => {
            json!({"parameters": [{"name": "p", "in": "query", "schema": schema}]})
        }
        "request-body" => json!({"requestBody": {"content": content(schema)}}),
        "request-property" => json!({"requestBody": {"content": content(&object)}}),
        "response-body" => response(json!({"content": content(schema)})),
        "response-property" => response(json!({"content": content(&object)})),
        _ => response(json!({"headers": {"P": {"schema": schema}}})),
    })
}

/// Returns a Swagger 2.0 document with the schema in a location.
fn located_2_0(location: &str, schema: &Value) -> Value {
    let object = json!({"type": "object", "properties": {"p": schema}});
    let with = |more: Value| {
        let mut schema = schema.clone();
        schema
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        schema
    };
    let body = |schema: &Value| json!({"consumes": ["application/json"], "parameters": [{"name": "b", "in": "body", "schema": schema}]});
    let response =
        |response: Value| json!({"produces": ["application/json"], "responses": {"200": response}});
    let operation = match location {
        "request-parameter" => {
            json!({"parameters": [with(json!({"name": "p", "in": "query", "collectionFormat": "multi"}))]})
        }
        "request-body" => body(schema),
        "request-property" => body(&object),
        "response-body" => response(json!({"schema": schema})),
        "response-property" => response(json!({"schema": object})),
        _ => response(json!({"headers": {"P": schema}})),
    };
    json!({"swagger": "2.0", "info": {"title": "Todos", "version": "1"}, "paths": {"/todos": {"post": operation}}})
}

fn expected(location: &str, (name, severities): (&str, &str)) -> Vec<String> {
    let at = usize::from(location.starts_with("response"));
    let severity = match severities.as_bytes()[at] {
        b'B' => "breaking",
        b'R' => "risky",
        _ => "safe",
    };
    vec![format!("{severity} {location}-{name}")]
}

fn in_3_0(mut document: Value) -> Value {
    document["openapi"] = json!("3.0.3");
    document
}

#[test]
fn every_change_is_found_in_every_location_and_direction() {
    for case in all() {
        let Case {
            forward,
            back,
            old,
            new,
            ..
        } = &case;
        for location in LOCATIONS {
            let (before, after) = (located(location, old), located(location, new));
            for (one, other, change) in [(&before, &after, *forward), (&after, &before, *back)] {
                let report = report(one, other);
                assert_eq!(
                    names(&report),
                    expected(location, change),
                    "{old} {new}\n{report:#?}"
                );
                assert_pointers_exist(&report, one, other);
            }
        }
    }
}

#[test]
fn every_change_is_found_across_dialects() {
    let mut count = 0;
    for case in all().into_iter().filter(|case| case.in_3_0) {
        let Case {
            forward,
            back,
            old,
            new,
            ..
        } = &case;
        // Swagger 2.0 has no such keywords.
        let in_2_0 = !format!("{old}{new}").contains("Of\"")
            && !format!("{old}{new}").contains("discriminator");
        for location in LOCATIONS {
            let (before, after) = (located(location, old), located(location, new));
            let older: [fn(&str, &Value) -> Value; 2] = [
                |location, schema| in_3_0(located(location, schema)),
                located_2_0,
            ];
            for write in &older[..1 + usize::from(in_2_0)] {
                for (one, other, change) in [
                    (write(location, old), &after, *forward),
                    (write(location, new), &before, *back),
                ] {
                    assert_eq!(
                        found(&one, other),
                        expected(location, change),
                        "{one}\n{other}"
                    );
                    // The opposite direction, in which the older dialect is the new document.
                    assert_eq!(
                        found(&write(location, old), &write(location, new)),
                        expected(location, *forward)
                    );
                    count += 1;
                }
            }
        }
    }
    assert!(count > 500, "{count}");
}

#[test]
fn all_forms_of_null_and_of_exclusive_bounds_are_equal() {
    for (old, new) in [
        (
            json!({"type": "string", "nullable": true}),
            json!({"type": ["string", "null"]}),
        ),
        (
            json!({"type": "number", "maximum": 5, "exclusiveMaximum": true}),
            json!({"type": "number", "exclusiveMaximum": 5}),
        ),
        (
            json!({"type": "integer", "minimum": 0, "exclusiveMinimum": true}),
            json!({"type": "integer", "minimum": 1}),
        ),
        (
            json!({"type": "string", "enum": ["a"]}),
            json!({"const": "a"}),
        ),
        (
            json!({"type": "string", "format": "byte"}),
            json!({"type": "string", "contentEncoding": "base64"}),
        ),
        (
            json!({"type": "string", "format": "binary"}),
            json!({"type": "string", "contentMediaType": "image/png"}),
        ),
        (
            json!({"type": "string", "nullable": true, "enum": ["a", null]}),
            json!({"enum": ["a", null]}),
        ),
        (
            json!({"enum": ["a", "b"]}),
            json!({"oneOf": [{"const": "a"}, {"const": "b"}]}),
        ),
        (
            json!({"type": "array", "items": {}}),
            json!({"type": "array", "items": true}),
        ),
        (
            json!({"type": "object", "additionalProperties": true}),
            json!({"type": "object"}),
        ),
        (
            json!({"allOf": [{"type": "string"}], "nullable": true}),
            json!({"anyOf": [{"type": "string"}, {"type": "null"}]}),
        ),
    ] {
        for location in LOCATIONS {
            let (before, after) = (in_3_0(located(location, &old)), located(location, &new));
            assert_eq!(found(&before, &after), [""; 0], "{old} {new}");
            assert_eq!(found(&after, &before), [""; 0], "{new} {old}");
        }
    }
}

#[test]
fn extensible_enums_may_grow_in_responses() {
    let of = |values: Value| json!({"type": "string", "enum": values, "x-extensible-enum": true});
    let (old, new) = (of(json!(["a"])), of(json!(["a", "b"])));
    let found = |location| found(&located(location, &old), &located(location, &new));
    assert_eq!(
        found("response-property"),
        ["safe response-property-enum-value-added"]
    );
    assert_eq!(
        found("request-property"),
        ["safe request-property-enum-value-added"]
    );
}

#[test]
fn items_properties_and_references_are_followed() {
    let with = |length: u32| {
        let mut document = document(
            json!({"/todos": {"get": {"responses": {"200": {"content": {"application/json": {
                "schema": {"type": "array", "items": {"$ref": "#/components/schemas/Todo"}}
            }}}}}}}),
        );
        document["components"] = json!({"schemas": {
            "Todo": {"type": "object", "properties": {
                "children": {"type": "array", "items": {"$ref": "#/components/schemas/Todo"}},
                "labels": {"type": "object", "additionalProperties": {"type": "string", "maxLength": length}},
                "pair": {"type": "array", "prefixItems": [{"type": "string"}, {"type": "string", "maxLength": length}]},
            }}
        }});
        document
    };
    let (old, new) = (with(5), with(9));
    let report = report(&old, &new);
    let mut places: Vec<_> = report
        .findings
        .iter()
        .map(|it| it.new_pointer.clone().unwrap())
        .collect();
    places.sort();
    assert_eq!(
        places,
        [
            "/components/schemas/Todo/properties/labels/additionalProperties/maxLength",
            "/components/schemas/Todo/properties/pair/prefixItems/1/maxLength",
        ]
    );
    assert!(
        report
            .findings
            .iter()
            .all(|it| it.rule.id() == "response-property-max-length-increased")
    );
    assert!(
        report
            .findings
            .iter()
            .all(|it| it.operation.as_deref() == Some("GET /todos"))
    );
}

#[test]
fn properties_are_compared_through_all_of() {
    let body = |schema: Value| {
        let mut document = located("request-body", &schema);
        document["components"] = json!({"schemas": {"Base": {"type": "object", "properties": {"a": {"type": "string"}}}}});
        document
    };
    let plain = body(json!({"type": "object", "properties": {"a": {"type": "string"}}}));
    let base = json!({"$ref": "#/components/schemas/Base"});
    let same = body(json!({"allOf": [base]}));
    assert_eq!(found(&plain, &same), [""; 0]);
    let more = body(
        json!({"allOf": [base, {"required": ["a"], "properties": {"b": {"type": "string"}}}]}),
    );
    assert_eq!(
        found(&plain, &more),
        [
            "breaking request-property-became-required",
            "safe new-optional-request-property"
        ]
    );
}

#[test]
fn a_number_format_beside_both_bounds_is_redundant() {
    let bounded = json!({"type": "integer", "minimum": 0, "maximum": 255});
    let mut named = bounded.clone();
    named["format"] = json!("uint8");
    for location in LOCATIONS {
        let (old, new) = (located(location, &bounded), located(location, &named));
        assert_eq!(found(&old, &new), [""; 0]);
        assert_eq!(found(&new, &old), [""; 0]);
    }
    let unbounded = json!({"type": "integer", "format": "uint8"});
    assert_eq!(
        found(
            &located("request-body", &json!({"type": "integer"})),
            &located("request-body", &unbounded)
        ),
        ["breaking request-body-type-specialized"]
    );
}
