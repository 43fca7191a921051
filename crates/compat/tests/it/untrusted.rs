//! Untrusted documents: missing parts, wrong types, cycles.

use std::time::{Duration, Instant};

use purlin_compat::{DocumentError, DocumentErrorKind, Side};
use serde_json::{Value, json};

use crate::support::{document, found, operation, options, report};

fn rejected(old: &Value, new: &Value) -> DocumentError {
    purlin_compat::compare(old, new, &options()).unwrap_err()
}

fn with_schemas(schemas: Value, root: &str) -> Value {
    let schema = json!({"$ref": format!("#/components/schemas/{root}")});
    let mut document =
        operation(json!({"requestBody": {"content": {"application/json": {"schema": schema}}}}));
    document["components"] = json!({"schemas": schemas});
    document
}

#[test]
fn other_values_are_rejected() {
    let good = document(json!({}));
    for bad in [
        json!(null),
        json!([]),
        json!("openapi"),
        json!({}),
        json!({"openapi": "4.0.0"}),
        json!({"openapi": "3.3.0"}),
        json!({"swagger": "1.2"}),
    ] {
        let error = rejected(&good, &bad);
        assert_eq!(
            (error.side, error.pointer.as_str()),
            (Side::New, ""),
            "{bad}"
        );
        assert!(matches!(error.kind, DocumentErrorKind::Version(_)));
        assert_eq!(rejected(&bad, &good).side, Side::Old);
    }
    assert_eq!(
        rejected(&good, &json!({"openapi": "4.0.0"})).to_string(),
        "the new document, at ``: not an OpenAPI 3.2, 3.1, 3.0 or Swagger 2.0 document: its version is `4.0.0`"
    );
}

#[test]
fn a_part_of_the_wrong_type_is_rejected_with_its_pointer() {
    let good = document(json!({}));
    let body = |schema: Value| json!({"requestBody": {"content": {"application/json": {"schema": schema}}}});
    let cases = [
        (document(json!([])), "/paths"),
        (document(json!({"/a": 1})), "/paths/~1a"),
        (
            operation(json!({"parameters": {}})),
            "/paths/~1todos/post/parameters",
        ),
        (
            operation(json!({"responses": []})),
            "/paths/~1todos/post/responses",
        ),
        (
            operation(json!({"requestBody": {"content": 1}})),
            "/paths/~1todos/post/requestBody/content",
        ),
        (
            operation(json!({"security": {}})),
            "/paths/~1todos/post/security",
        ),
    ];
    for (bad, pointer) in cases {
        assert_eq!(rejected(&good, &bad).pointer, pointer);
    }
    let schema = "/paths/~1todos/post/requestBody/content/application~1json/schema";
    for (bad, pointer) in [
        (json!("text"), String::new()),
        (json!({"properties": []}), "/properties".to_owned()),
        (json!({"allOf": {}}), "/allOf".to_owned()),
        (json!({"properties": {"a": 1}}), "/properties/a".to_owned()),
    ] {
        let bad = operation(body(bad));
        assert_eq!(rejected(&bad, &bad).pointer, format!("{schema}{pointer}"));
    }
}

#[test]
fn dangling_and_circular_references_are_rejected() {
    for reference in ["#/components/schemas/None", "other.yaml#/Todo", "#anchor"] {
        let bad = operation(json!({"parameters": [{"$ref": reference}]}));
        let error = rejected(&document(json!({})), &bad);
        assert_eq!(error.pointer, "/paths/~1todos/post/parameters/0/$ref");
        assert_eq!(
            error.kind,
            DocumentErrorKind::Dangling(reference.to_owned())
        );
    }
    let cycle = operation(json!({"parameters": [{"$ref": "#/paths/~1todos/post/parameters/0"}]}));
    assert!(matches!(
        rejected(&cycle, &cycle).kind,
        DocumentErrorKind::Circular(_)
    ));
}

#[test]
fn missing_parts_are_absent() {
    for odd in [
        json!({"openapi": "3.1.0"}),
        json!({"swagger": "2.0"}),
        document(json!({"x-note": 1, "/a": {}, "/b": {"summary": "", "get": {}}})),
        operation(json!({"parameters": [{}, {"name": 1}], "responses": {"200": {}, "x-note": 1}})),
        operation(json!({"requestBody": {}, "tags": [1], "operationId": 1, "deprecated": "yes"})),
    ] {
        assert_eq!(found(&odd, &odd), [""; 0], "{odd}");
    }
}

#[test]
fn keywords_of_the_wrong_type_are_never_safe() {
    let of = |schema: &Value| {
        operation(json!({"parameters": [{"name": "a", "in": "query", "schema": schema}]}))
    };
    for (keyword, value) in [
        ("type", json!(1)),
        ("type", json!("int")),
        ("type", json!(["string", "int"])),
        ("enum", json!(1)),
        ("maximum", json!("9")),
        ("exclusiveMaximum", json!(true)),
        ("required", json!("a")),
        ("pattern", json!(1)),
        ("format", json!(1)),
        ("discriminator", json!(1)),
        ("multipleOf", json!("1")),
        ("x-extensible-enum", json!(1)),
        ("nullable", json!(true)),
        ("unknown", json!(true)),
    ] {
        let plain = of(&json!({"type": "string"}));
        let mut odd = json!({"type": "string"});
        odd[keyword] = value;
        let odd = of(&odd);
        for report in [report(&plain, &odd), report(&odd, &plain)] {
            let is_bad = |it: &purlin_compat::Finding| it.severity > purlin_compat::Severity::Safe;
            assert!(report.findings.iter().any(is_bad), "{odd}");
        }
        assert_eq!(found(&odd, &odd), [""; 0]);
    }
}

#[test]
fn cyclic_schemas_terminate() {
    let of = |length: u32| {
        with_schemas(
            json!({
                "A": {"allOf": [{"$ref": "#/components/schemas/B"}], "properties": {"a": {"$ref": "#/components/schemas/A"}}},
                "B": {"allOf": [{"$ref": "#/components/schemas/A"}], "type": "object", "properties": {"b": {"$ref": "#/components/schemas/C"}}},
                "C": {"oneOf": [{"$ref": "#/components/schemas/C"}, {"$ref": "#/components/schemas/D"}, {"type": "string", "maxLength": length}]},
                "D": {"anyOf": [{"$ref": "#/components/schemas/C"}, {"$ref": "#/components/schemas/E"}]},
                "E": {"$ref": "#/components/schemas/E"},
            }),
            "A",
        )
    };
    assert_eq!(found(&of(5), &of(5)), [""; 0]);
    assert_eq!(
        found(&of(5), &of(9)),
        [
            "risky request-property-one-of-overlap",
            "risky request-property-one-of-overlap",
            "safe request-property-max-length-increased"
        ]
    );
}

#[test]
fn long_chains_use_no_stack_and_wide_schemas_take_bounded_time() {
    let begin = Instant::now();
    let chain = |last: &str| {
        let link = |at: usize| json!({"type": "object", "properties": {"next": {"$ref": format!("#/components/schemas/S{}", at + 1)}}});
        let mut schemas: serde_json::Map<_, _> =
            (0..20_000).map(|at| (format!("S{at}"), link(at))).collect();
        schemas.insert("S20000".to_owned(), json!({"type": last}));
        with_schemas(Value::Object(schemas), "S0")
    };
    assert_eq!(
        found(&chain("string"), &chain("integer")),
        ["breaking request-property-type-changed"]
    );

    // Each level occurs twice, so there are 2^40 paths.
    let levels = |length: u32| {
        let level = |at: usize| {
            let next = json!({"$ref": format!("#/components/schemas/S{}", at + 1)});
            json!({"type": "object", "properties": {"a": next, "b": next}})
        };
        let mut schemas: serde_json::Map<_, _> =
            (0..40).map(|at| (format!("S{at}"), level(at))).collect();
        schemas.insert(
            "S40".to_owned(),
            json!({"type": "string", "maxLength": length}),
        );
        with_schemas(Value::Object(schemas), "S0")
    };
    // Reached through `a` and through `b`.
    assert_eq!(report(&levels(9), &levels(5)).findings.len(), 1);

    let values = |from: u32| {
        let values: Vec<_> = (from..from + 50_000)
            .map(|it| json!(format!("value {it}")))
            .collect();
        with_schemas(json!({"S": {"type": "string", "enum": values}}), "S")
    };
    assert_eq!(report(&values(0), &values(1)).findings.len(), 2);

    let branches = |from: u32| {
        let branches: Vec<_> = (from..from + 300)
            .map(|it| json!({"type": "string", "maxLength": it}))
            .collect();
        with_schemas(json!({"S": {"oneOf": branches}}), "S")
    };
    assert_eq!(found(&branches(1), &branches(1)), [""; 0]);
    let took = begin.elapsed();
    assert!(took < Duration::from_secs(60), "{took:?}");
}

#[test]
fn deep_schemas_are_compared() {
    let deep = |last: &str| {
        let mut schema = json!({"type": last});
        for _ in 0..60 {
            schema =
                json!({"type": "array", "items": {"type": "object", "properties": {"a": schema}}});
        }
        with_schemas(json!({"S": schema}), "S")
    };
    assert_eq!(
        found(&deep("string"), &deep("integer")),
        ["breaking request-property-type-changed"]
    );
}
