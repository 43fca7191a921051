//! The comparison fails closed: whatever part of a document changes, there is a
//! finding, and in one direction at least a risky one, unless the part is a text.

use std::{collections::BTreeSet, fs, path::Path};

use purlin_compat::Severity;
use serde_json::{Map, Value, json};

use crate::support::options;

/// Rules about changes that are safe in both directions, because clients are
/// expected to cope with them.
const TOLERATED: [&str; 16] = [
    // Deprecated operations may be removed.
    "api-removed-with-deprecation",
    "endpoint-added",
    "additional-properties-added",
    "additional-properties-removed",
    "became-optional",
    "callback-added",
    "default-value-added",
    "default-value-changed",
    "default-value-removed",
    "deprecated",
    "discriminator-added",
    "endpoint-deprecated",
    "endpoint-reactivated",
    "reactivated",
    "response-non-success-status-added",
    "response-non-success-status-removed",
];

/// Members that are texts for people, and those that identify nothing by themselves.
const TEXTS: [&str; 12] = [
    "$comment",
    "$id",
    "bearerFormat",
    "contact",
    "description",
    "example",
    "examples",
    "externalDocs",
    "info",
    "license",
    "summary",
    "title",
];

/// Members whose own members have names that are chosen freely.
const NAMED: [&str; 22] = [
    "additionalOperations",
    "callbacks",
    "content",
    "definitions",
    "dependentRequired",
    "dependentSchemas",
    "encoding",
    "flows",
    "headers",
    "links",
    "mapping",
    "parameters",
    "paths",
    "patternProperties",
    "properties",
    "responses",
    "schemas",
    "scopes",
    "securityDefinitions",
    "securitySchemes",
    "variables",
    "webhooks",
];

/// A part of a document that clients depend on.
struct Part {
    pointer: String,
    parent: String,
    key: String,
}

fn escaped(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

/// Collects what can be reached from the paths and webhooks, following references.
fn parts(root: &Value) -> Vec<Part> {
    let mut all = Vec::new();
    let mut seen = BTreeSet::new();
    let mut open = vec![];
    for key in ["paths", "webhooks", "security", "servers"] {
        if root.get(key).is_some() {
            open.push((format!("/{key}"), NAMED.contains(&key)));
        }
    }
    for places in ["/components/securitySchemes", "/components/schemas/Tree"] {
        if root.pointer(places).is_some() {
            open.push((places.to_owned(), places.ends_with("Schemes")));
        }
    }
    while let Some((pointer, is_named)) = open.pop() {
        if !seen.insert(pointer.clone()) {
            continue;
        }
        match root.pointer(&pointer).unwrap() {
            Value::Object(members) => {
                for (key, member) in members {
                    let is_text = TEXTS.contains(&key.as_str()) || key.starts_with("x-");
                    if is_text && !is_named {
                        continue;
                    }
                    if let (false, "$ref", Some(target)) = (is_named, key.as_str(), member.as_str())
                        && let Some(target) = target.strip_prefix("#/")
                    {
                        open.push((format!("/{target}"), false));
                    }
                    let inner = format!("{pointer}/{}", escaped(key));
                    all.push(Part {
                        pointer: inner.clone(),
                        parent: pointer.clone(),
                        key: key.clone(),
                    });
                    let is_map = !is_named && NAMED.contains(&key.as_str()) && member.is_object();
                    // The values of the API are not searched.
                    if !matches!(key.as_str(), "const" | "default" | "enum") || is_named {
                        open.push((inner, is_map));
                    }
                }
            }
            Value::Array(items) => {
                for index in 0..items.len() {
                    let inner = format!("{pointer}/{index}");
                    open.push((inner, false));
                }
            }
            _ => {}
        }
    }
    all
}

/// Returns other values for a part: of the same type where there are some.
fn others(value: &Value) -> Vec<Value> {
    match value {
        Value::Null => vec![json!("x")],
        Value::Bool(it) => vec![json!(!it)],
        Value::Number(_) => vec![json!(value.as_f64().unwrap() + 1.0), json!("x")],
        Value::String(text) => vec![json!(format!("{text}x")), json!(7)],
        Value::Array(items) => {
            let mut longer = items.clone();
            longer.push(json!("zzz"));
            vec![json!(longer), json!(items.get(1..).unwrap_or_default())]
        }
        Value::Object(_) => vec![json!({"not": {"minLength": 77}})],
    }
}

fn changes(root: &Value, part: &Part) -> Vec<Value> {
    let mut changed = Vec::new();
    let mut without = root.clone();
    let parent: Option<&mut Map<String, Value>> =
        without.pointer_mut(&part.parent).unwrap().as_object_mut();
    parent.unwrap().remove(&part.key);
    changed.push(without);
    // The values of scopes are descriptions.
    let is_scope = part.parent.ends_with("/scopes");
    let values = others(root.pointer(&part.pointer).unwrap());
    for value in values.into_iter().filter(|_| !is_scope) {
        let mut other = root.clone();
        *other.pointer_mut(&part.pointer).unwrap() = value;
        if other != *root {
            changed.push(other);
        }
    }
    changed
}

fn suffix(rule: &str) -> bool {
    TOLERATED
        .iter()
        .any(|it| rule == *it || rule.ends_with(&format!("-{it}")))
}

/// Returns what is wrong with the judgement of a change.
fn fault(old: &Value, new: &Value) -> Option<String> {
    let compare = |old: &Value, new: &Value| purlin_compat::compare(old, new, &options());
    let (Ok(there), Ok(back)) = (compare(old, new), compare(new, old)) else {
        // Rejected.
        return None;
    };
    if there.findings.is_empty() || back.findings.is_empty() {
        return Some("silent".to_owned());
    }
    let all = || there.findings.iter().chain(&back.findings);
    let is_bad = all().any(|it| it.severity > Severity::Safe);
    let is_tolerated = all().all(|it| suffix(it.rule.id()));
    if is_bad || is_tolerated {
        return None;
    }
    let rules: Vec<_> = all().map(|it| it.rule.id()).collect();
    Some(format!("safe in both directions: {rules:?}"))
}

#[test]
fn every_part_of_a_document_is_compared() {
    let mut faults = Vec::new();
    let mut count = 0;
    for (name, document, skipped) in documents() {
        for part in parts(&document)
            .iter()
            .filter(|it| !is_redundant(it, &document))
            .step_by(skipped + 1)
        {
            for changed in changes(&document, part) {
                count += 1;
                if let Some(fault) = fault(&document, &changed) {
                    let (old, new) = (
                        document.pointer(&part.pointer),
                        changed.pointer(&part.pointer),
                    );
                    faults.push(format!(
                        "{name} {}: {old:?} to {new:?}: {fault}",
                        part.pointer
                    ));
                }
            }
        }
    }
    assert!(count > 1_000, "{count}");
    assert!(
        faults.is_empty(),
        "{} of {count}:\n{}",
        faults.len(),
        faults.join("\n")
    );
}

/// Returns whether a part has no effect because of what is beside it.
fn is_redundant(part: &Part, root: &Value) -> bool {
    let parent = root.pointer(&part.parent).unwrap();
    let has = |key: &str| parent.get(key).is_some();
    let text = |key: &str| parent.get(key).and_then(Value::as_str).unwrap_or_default();
    // Callers without credentials are accepted.
    let is_anonymous = || {
        let operation = part.pointer.split_once("/security").map_or("", |it| it.0);
        let all = root.pointer(&format!("{operation}/security"));
        let all = all.and_then(Value::as_array);
        all.is_some_and(|all| all.contains(&json!({})))
    };
    match part.key.as_str() {
        "type" => {
            has("enum") || has("const") || part.parent.ends_with("/items") && text("type") == "null"
        }
        "format" => text("format").contains("int") && has("minimum") && has("maximum"),
        "required" => text("in") == "path",
        "name" => text("in") == "body",
        // The defaults, and what other styles do not depend on.
        "collectionFormat" => text("collectionFormat") == "csv",
        "explode" => text("style") == "deepObject",
        "style" => text("style") == "form",
        // Another alternative allows null.
        "nullable" => part.parent.contains("/anyOf/"),
        // There are no further items.
        "items" => has("maxItems") && has("prefixItems"),
        // The media types of forms, unless others are listed.
        "consumes" => ["form-urlencoded", "form-data"]
            .iter()
            .any(|it| parent["consumes"].to_string().contains(it)),
        // The first alternative accepts what the second one does.
        "key" | "mtls" if part.parent.contains("~1admin/") => true,
        _ => part.pointer.contains("/security") && is_anonymous(),
    }
}

/// Returns documents, each with how many of its parts are left out: one with every
/// keyword, and those that the writer of `purlin-openapi` is tested with.
fn documents() -> Vec<(String, Value, usize)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../openapi/tests/golden");
    let names = ["rich.v2_0.json", "rich.v3_0.json", "rich.v3_1.json"];
    let read = |name: &str| {
        let text = fs::read_to_string(folder.join(name)).unwrap();
        (name.to_owned(), serde_json::from_str(&text).unwrap(), 11)
    };
    let mut all: Vec<_> = names.map(read).into();
    all.push(("every keyword".to_owned(), every_keyword(), 0));
    all
}

/// Returns a schema for a request and a response each.
fn schemas() -> [Value; 12] {
    [
        json!({"type": "object", "properties": {
            "description": {"type": "string", "minLength": 1, "maxLength": 9, "pattern": "^a", "format": "email"},
            "b": {"type": ["integer", "null"], "format": "int32", "multipleOf": 5, "deprecated": true},
            "c": {"type": "number", "exclusiveMinimum": 1, "exclusiveMaximum": 9, "format": "float"},
            "d": {"type": "number", "minimum": 1, "maximum": 9},
            "e": {"enum": ["a", "b"]},
            "f": {"const": 1},
            "g": {"type": "string", "default": "a"},
        }, "required": ["b"], "additionalProperties": {"type": "boolean"}, "minProperties": 1, "maxProperties": 9}),
        json!({"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": 9, "uniqueItems": true}),
        json!({"type": "array", "prefixItems": [{"type": "string"}], "items": {"type": "integer"}}),
        json!({"type": "array", "contains": {"type": "string"}, "minContains": 2, "maxContains": 3, "unevaluatedItems": {"type": "boolean"}}),
        json!({"type": "object", "patternProperties": {"^title": {"type": "string"}}, "additionalProperties": false, "propertyNames": {"maxLength": 9}}),
        json!({"type": "object", "if": {"required": ["a"]}, "then": {"required": ["b"]}, "else": {"minProperties": 2}, "not": {"required": ["c"]}}),
        json!({"type": "object", "dependentRequired": {"a": ["b"]}, "dependentSchemas": {"a": {"required": ["c"]}}, "unevaluatedProperties": {"type": "string"}}),
        json!({"oneOf": [{"$ref": "#/components/schemas/Cat"}, {"$ref": "#/components/schemas/Dog"}], "discriminator": {"propertyName": "kind", "mapping": {"cat": "#/components/schemas/Cat"}}}),
        json!({"anyOf": [{"type": "string", "maxLength": 5}, {"type": "array", "items": {"type": "string"}}]}),
        json!({"allOf": [{"type": "string", "maxLength": 5}, {"pattern": "^b"}], "contentEncoding": "base64url", "contentMediaType": "image/png"}),
        json!({"type": "string", "contentMediaType": "application/json", "contentSchema": {"type": "array"}, "vendorKeyword": 3, "xml": {"name": "x"}}),
        json!({"$ref": "#tree"}),
    ]
}

fn every_keyword() -> Value {
    let schemas = schemas();
    let object = json!({"type": "object", "properties": schemas.iter().enumerate().map(|(index, schema)| (format!("p{index}"), schema.clone())).collect::<Map<_, _>>()});
    let sent = json!({"requestBody": {"required": true, "content": {"application/json": {"schema": {"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}}}}}}, "responses": {"200": {"content": {"application/json": {"schema": {"type": "integer"}}}}}});
    let tagged = |kind: &str| json!({"type": "object", "required": ["kind"], "properties": {"kind": {"const": kind}}});
    let flow = json!({"authorizationUrl": "https://a.test/a", "tokenUrl": "https://a.test/t", "refreshUrl": "https://a.test/r", "scopes": {"read": "Read."}});
    json!({
        "openapi": "3.2.0",
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "info": {"title": "Every keyword", "version": "1.0.0"},
        "servers": [{"url": "https://{name}.test/v1", "variables": {"name": {"default": "a", "enum": ["a", "b"]}}}],
        "security": [{"oauth": ["read"]}],
        "paths": {"/todos/{id}": {
            "parameters": [{"name": "id", "in": "path", "required": true, "style": "label", "schema": {"type": "integer"}}],
            "post": {
                "operationId": "add",
                "tags": ["todos"],
                "parameters": [
                    {"name": "a", "in": "query", "style": "pipeDelimited", "allowReserved": true, "allowEmptyValue": true, "deprecated": true, "schema": {"type": "array", "items": {"type": "string"}}},
                    {"name": "b", "in": "header", "required": true, "content": {"application/json": {"schema": {"type": "object"}}}},
                ],
                "requestBody": {"required": true, "content": {
                    "application/json": {"schema": object},
                    "multipart/form-data": {"schema": {"type": "object", "properties": {"f": {"type": "string"}}}, "encoding": {"f": {"contentType": "image/png, image/gif", "headers": {"X-A": {"schema": {"type": "string"}}}}}},
                }},
                "responses": {
                    "200": {
                        "headers": {"X-B": {"required": true, "deprecated": true, "explode": true, "schema": {"type": "object", "additionalProperties": {"type": "integer"}}}},
                        "content": {"application/json": {"schema": object}, "application/jsonl": {"itemSchema": {"type": "string"}}},
                        "links": {"next": {"operationId": "add", "parameters": {"id": "$response.body#/id"}}},
                    },
                    "4XX": {"content": {"application/json": {"schema": {"type": "string"}}}},
                },
                "callbacks": {"done": {"{$request.query.url}": {"post": sent}}},
                "security": [{"oauth": ["read"], "key": []}],
                "servers": [{"url": "https://b.test/v1"}],
            },
            "query": {"responses": {"default": {"content": {"text/plain": {"schema": {"type": "string"}}}}}},
            "additionalOperations": {"COPY": {"responses": {"204": {}}}},
        }},
        "webhooks": {"done": {"post": sent}},
        "components": {
            "schemas": {
                "Cat": tagged("cat"),
                "Dog": tagged("dog"),
                "Tree": {"$id": "https://a.test/tree", "$anchor": "tree", "$dynamicAnchor": "node", "type": "object", "properties": {"children": {"type": "array", "items": {"$dynamicRef": "#node"}}, "size": {"type": "integer"}}},
            },
            "securitySchemes": {
                "oauth": {"type": "oauth2", "flows": {"authorizationCode": flow}},
                "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
            },
        },
    })
}
