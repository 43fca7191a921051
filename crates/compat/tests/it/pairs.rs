//! Small changes whose verdict is easily missed, each with the severity that clients
//! may expect.

use purlin_compat::Severity::{Breaking, Risky, Safe};
use serde_json::{Value, json};

use crate::support::{document, operation, report};

/// Asserts the highest severity of the findings; none for no finding.
fn verdict(name: &str, old: &Value, new: &Value, expected: Option<purlin_compat::Severity>) {
    let report = report(old, new);
    let found = report.findings.iter().map(|it| it.severity).max();
    assert_eq!(found, expected, "{name}: {report:#?}");
}

fn request(schema: &Value) -> Value {
    operation(json!({"requestBody": {"content": {"application/json": {"schema": schema}}}}))
}

fn response(schema: &Value) -> Value {
    operation(json!({"responses": {"200": {"content": {"application/json": {"schema": schema}}}}}))
}

#[test]
fn changes_of_requests_are_judged() {
    let map = |more: Value| {
        let mut map = json!({"type": "object", "additionalProperties": {"type": "string"}});
        map.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        map
    };
    let patterns = |kind: &str| json!({"type": "object", "patternProperties": {"^x": {"type": kind}}, "additionalProperties": false});
    let either = |names: [&str; 2], length: u32| {
        let [one, other] = names;
        json!({"anyOf": [{"type": one, "maxLength": length}, {"type": other}]})
    };
    for (name, old, new, expected) in [
        (
            "a narrower format beside a wider type",
            json!({"type": "integer", "format": "int64"}),
            json!({"type": ["integer", "string"], "format": "int32"}),
            Some(Breaking),
        ),
        (
            "a name leaves additionalProperties",
            map(json!({})),
            map(json!({"properties": {"b": {"type": "integer"}}})),
            Some(Breaking),
        ),
        (
            "a name enters additionalProperties",
            map(json!({"properties": {"b": {"type": "integer"}}})),
            map(json!({})),
            Some(Breaking),
        ),
        (
            "a name that additionalProperties describes equally",
            map(json!({})),
            map(json!({"properties": {"b": {"type": "string"}}})),
            Some(Safe),
        ),
        (
            "a name leaves a closed object",
            json!({"properties": {"a": {}, "b": {}}, "additionalProperties": false}),
            json!({"properties": {"a": {}}, "additionalProperties": false}),
            Some(Breaking),
        ),
        (
            "a property that a pattern may have described",
            patterns("string"),
            json!({"type": "object", "patternProperties": {"^x": {"type": "string"}}, "properties": {"xa": {"type": "string", "maxLength": 5}}, "additionalProperties": false}),
            Some(Risky),
        ),
        (
            "another type of a pattern",
            patterns("string"),
            patterns("integer"),
            Some(Breaking),
        ),
        (
            "an unknown type",
            json!({"type": "string"}),
            json!({"type": "int"}),
            Some(Breaking),
        ),
        (
            "a condition that demands more",
            json!({"if": {"required": ["a"]}, "then": {"properties": {"v": {"minLength": 1}}}}),
            json!({"if": {"required": ["a"]}, "then": {"properties": {"v": {"minLength": 9}}}}),
            Some(Breaking),
        ),
        (
            "more items have to match",
            json!({"type": "array", "contains": {"type": "string"}, "minContains": 1}),
            json!({"type": "array", "contains": {"type": "string"}, "minContains": 2}),
            Some(Breaking),
        ),
        (
            "fewer items may match",
            json!({"type": "array", "contains": {"type": "string"}, "maxContains": 2}),
            json!({"type": "array", "contains": {"type": "string"}, "maxContains": 3}),
            Some(Safe),
        ),
        (
            "a property requires more",
            json!({"type": "object", "dependentRequired": {"a": ["b"]}}),
            json!({"type": "object", "dependentRequired": {"a": ["b", "c"]}}),
            Some(Breaking),
        ),
        (
            "an empty pattern is no pattern",
            json!({"type": "string", "pattern": ""}),
            json!({"type": "string", "pattern": "^a$"}),
            Some(Breaking),
        ),
        (
            "anyOf became oneOf and overlaps",
            json!({"anyOf": [{"type": "number"}, {"type": "integer"}]}),
            json!({"oneOf": [{"type": "number"}, {"type": "integer"}]}),
            Some(Breaking),
        ),
        (
            "one anyOf of two became narrower",
            json!({"allOf": [either(["string", "array"], 9), either(["string", "object"], 9)]}),
            json!({"allOf": [either(["string", "array"], 5), either(["string", "object"], 9)]}),
            Some(Breaking),
        ),
        (
            "a closed part of allOf",
            json!({"allOf": [{"properties": {"a": {}}}, {"properties": {"b": {}}}]}),
            json!({"allOf": [{"properties": {"a": {}}, "additionalProperties": false}, {"properties": {"b": {}}}]}),
            Some(Breaking),
        ),
        (
            "unevaluated and additional properties differ with alternatives",
            json!({"unevaluatedProperties": false, "anyOf": [{"properties": {"a": {}}}, {"properties": {"b": {}}}]}),
            json!({"additionalProperties": false, "anyOf": [{"properties": {"a": {}}}, {"properties": {"b": {}}}]}),
            Some(Risky),
        ),
        (
            "unevaluated and additional properties are equal without",
            json!({"unevaluatedProperties": false, "properties": {"a": {}}}),
            json!({"additionalProperties": false, "properties": {"a": {}}}),
            None,
        ),
        (
            "bounds that a format implied",
            json!({"type": "integer", "format": "int32"}),
            json!({"type": "integer", "format": "int32", "minimum": i32::MIN, "maximum": i32::MAX}),
            None,
        ),
        (
            "a format within wide bounds",
            json!({"type": "integer", "minimum": 0, "maximum": 1_000_000_000_000_u64}),
            json!({"type": "integer", "format": "int32", "minimum": 0, "maximum": 1_000_000_000_000_u64}),
            Some(Breaking),
        ),
        (
            "another media type in a string",
            json!({"type": "string", "contentEncoding": "base64", "contentMediaType": "image/png"}),
            json!({"type": "string", "contentEncoding": "base64", "contentMediaType": "image/gif"}),
            Some(Risky),
        ),
        (
            "a value of two constants matches neither",
            json!({"oneOf": [{"enum": ["a", "b"]}, {"enum": ["c"]}]}),
            json!({"oneOf": [{"enum": ["a", "b"]}, {"enum": ["b", "c"]}]}),
            Some(Breaking),
        ),
    ] {
        verdict(name, &request(&old), &request(&new), expected);
    }
}

#[test]
fn changes_of_responses_are_judged() {
    for (name, old, new, expected) in [
        (
            "a wider format beside a narrower type",
            json!({"type": ["integer", "string"], "format": "int32"}),
            json!({"type": "integer", "format": "int64"}),
            Some(Breaking),
        ),
        (
            "a map becomes a property",
            json!({"type": "object", "additionalProperties": {"type": "string"}}),
            json!({"type": "object", "additionalProperties": {"type": "string"}, "properties": {"b": {"type": "integer"}}}),
            Some(Breaking),
        ),
        (
            "an object without a type becomes alternatives",
            json!({"properties": {"a": {"type": "string"}}}),
            json!({"oneOf": [{"type": "object", "properties": {"a": {"type": "integer"}}}, {"type": "string"}]}),
            Some(Risky),
        ),
        (
            "another type beside alternatives",
            json!({"type": "string"}),
            json!({"type": "integer", "maximum": 4, "oneOf": [{"minimum": 2}, {"multipleOf": 3}]}),
            Some(Breaking),
        ),
    ] {
        verdict(name, &response(&old), &response(&new), expected);
    }
}

#[test]
fn statuses_are_compared_with_what_described_them() {
    let with = |statuses: &[(&str, &str)]| {
        let responses: serde_json::Map<_, _> = statuses
            .iter()
            .map(|(status, kind)| {
                let schema = json!({"type": kind});
                let content = json!({"content": {"application/json": {"schema": schema}}});
                ((*status).to_owned(), content)
            })
            .collect();
        operation(json!({"responses": responses}))
    };
    for (name, old, new, expected) in [
        (
            "a success beside its range",
            with(&[("2XX", "integer")]),
            with(&[("2XX", "integer"), ("200", "string")]),
            Some(Breaking),
        ),
        (
            "an error beside its range",
            with(&[("4XX", "integer")]),
            with(&[("4xx", "integer"), ("404", "string")]),
            Some(Breaking),
        ),
        (
            "the same body as the range",
            with(&[("4XX", "integer")]),
            with(&[("4XX", "integer"), ("404", "integer")]),
            Some(Safe),
        ),
        (
            "a success beside the only default",
            with(&[("default", "integer")]),
            with(&[("default", "integer"), ("200", "string")]),
            Some(Breaking),
        ),
        (
            "another success beside a default for errors",
            with(&[("200", "string"), ("default", "integer")]),
            with(&[("200", "string"), ("202", "string"), ("default", "integer")]),
            Some(Risky),
        ),
        (
            "a redirect beside a default",
            with(&[("200", "string"), ("default", "integer")]),
            with(&[("200", "string"), ("303", "string"), ("default", "integer")]),
            Some(Risky),
        ),
    ] {
        // Ranges in lower case are listed apart and compared all the same.
        verdict(name, &old, &new, expected);
    }
}

#[test]
fn one_path_written_twice_is_two_operations() {
    let get = |name: &str| json!({"get": {"parameters": [{"name": name, "in": "path", "required": true, "schema": {"type": "string"}}]}});
    let both = document(json!({"/a/{id}": get("id"), "/a/{name}": get("name")}));
    let one = document(json!({"/a/{id}": get("id")}));
    verdict("removed", &both, &one, Some(Breaking));
    verdict("added", &one, &both, Some(Safe));
    verdict("equal", &both, &both, None);
}

#[test]
fn webhooks_and_callbacks_are_compared_as_what_clients_receive() {
    let body = |required: Value| json!({"post": {"requestBody": {"content": {"application/json": {"schema": {"type": "object", "properties": {"a": {"type": "string"}}, "required": required}}}}}});
    let callback =
        |required| operation(json!({"callbacks": {"c": {"{$request.query.u}": body(required)}}}));
    let webhook = |required| {
        let mut document = document(json!({}));
        document["webhooks"] = json!({"c": body(required)});
        document
    };
    let (some, none) = (json!(["a"]), json!([]));
    verdict(
        "callback",
        &callback(some.clone()),
        &callback(none.clone()),
        Some(Breaking),
    );
    verdict(
        "callback",
        &callback(none.clone()),
        &callback(some.clone()),
        Some(Safe),
    );
    verdict(
        "webhook",
        &webhook(some.clone()),
        &webhook(none.clone()),
        Some(Breaking),
    );
    verdict("webhook", &webhook(none), &webhook(some), Some(Safe));
}

#[test]
fn operations_of_openapi_3_2_are_compared() {
    let with = |item: Value| {
        let mut document = document(json!({"/todos": item}));
        document["openapi"] = json!("3.2.0");
        document
    };
    let list = |kind: &str| json!({"responses": {"200": {"content": {"application/jsonl": {"itemSchema": {"type": kind}}}}}});
    let none = with(json!({}));
    for item in [
        json!({"query": list("string")}),
        json!({"additionalOperations": {"COPY": list("string")}}),
    ] {
        let old = with(item.clone());
        verdict("removed", &old, &none, Some(Breaking));
        verdict("added", &none, &old, Some(Safe));
        let text = item.to_string().replace("string", "integer");
        let new = with(serde_json::from_str(&text).unwrap());
        verdict("changed", &old, &new, Some(Breaking));
    }
    let querystring = |kind: &str| {
        with(
            json!({"get": {"parameters": [{"name": "q", "in": "querystring", "content": {"application/x-www-form-urlencoded": {"schema": {"type": "object", "properties": {"a": {"type": kind}}}}}}]}}),
        )
    };
    verdict(
        "querystring",
        &querystring("string"),
        &querystring("integer"),
        Some(Breaking),
    );
}

#[test]
fn two_spellings_of_the_same_are_equal() {
    for (old, new) in [
        (
            json!({"additionalProperties": {}}),
            json!({"type": ["null", "boolean", "number", "string", "array", "object"]}),
        ),
        (
            json!({"anyOf": [{"type": "string"}, {"type": "integer"}]}),
            json!({"type": ["string", "integer"]}),
        ),
        (
            json!({"type": "number", "maximum": 1000}),
            json!({"type": "number", "maximum": 1000.0}),
        ),
        (
            json!({"type": "string", "minItems": 3}),
            json!({"type": "string"}),
        ),
        (
            json!({"type": "array", "uniqueItems": false}),
            json!({"type": "array", "items": {}}),
        ),
    ] {
        verdict("request", &request(&old), &request(&new), None);
        verdict("response", &response(&new), &response(&old), None);
    }
}
