//! The schemas of the older dialects allow what those of OpenAPI 3.1 allow: a dialect that cannot express something omits
//! it, and never states anything that is not true.
//!
//! Schemas of 3.1 are JSON Schema 2020-12; those of 3.0 and 2.0 are read as its draft 4, of which they are a subset, with
//! their own keywords (`nullable` and similar ones) converted to it.

use arbitrary::Unstructured;
use purlin_openapi::{Dialect, Document};
use serde_json::{Value, json};

use crate::draw;

/// Validates a few values with each component schema, in every dialect.
pub(crate) fn allows_what_3_1_allows(document: &Document, bytes: &mut Unstructured<'_>) {
    let newest = document.to_value(Dialect::V3_1);
    let older = [Dialect::V3_0, Dialect::V2_0].map(|dialect| {
        let mut value = document.to_value(dialect);
        to_draft_4(&mut value);
        (dialect, value)
    });
    let mut values = vec![
        json!(null),
        json!(1),
        json!("a"),
        json!({"a": 1}),
        json!([1, "a"]),
    ];
    for _ in 0..4 {
        values.extend(draw::json(bytes, 3).ok());
    }
    values.iter_mut().for_each(whole);
    for name in document.components.schemas.keys() {
        let root = json!({"$ref": format!("#/components/schemas/{name}"), "components": newest["components"]});
        let Ok(new) = jsonschema::draft202012::new(&root) else {
            continue; // For example a schema that only refers to itself.
        };
        for (dialect, document) in &older {
            let root = match dialect {
                Dialect::V2_0 => json!({
                    "allOf": [{"$ref": format!("#/definitions/{name}")}],
                    "definitions": document["definitions"],
                }),
                _ => json!({
                    "allOf": [{"$ref": format!("#/components/schemas/{name}")}],
                    "components": document["components"],
                }),
            };
            let old = match jsonschema::draft4::options()
                .should_validate_formats(false)
                .build(&root)
            {
                Ok(old) => old,
                Err(error) => panic!("{dialect}: {name} is not a schema: {error}\n{root:#}"),
            };
            for value in &values {
                let shown = || {
                    let pointers =
                        ["components/schemas", "definitions"].map(|it| format!("/{it}/{name}"));
                    pointers.iter().find_map(|it| root.pointer(it)).cloned()
                };
                assert!(
                    !new.is_valid(value) || old.is_valid(value),
                    "only {dialect} rejects {value} for {name}: {}\n{:?}",
                    newest["components"]["schemas"][name],
                    shown()
                );
            }
        }
    }
}

/// Draft 4 does not accept `1.0` as an integer, which is not tested here.
fn whole(value: &mut Value) {
    match value {
        Value::Number(number) => {
            if let Some(float) = number
                .as_f64()
                .filter(|it| number.is_f64() && it.fract() == 0.0)
            {
                *value = json!(float as i64);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(whole),
        Value::Object(members) => members.values_mut().for_each(whole),
        _ => {}
    }
}

/// `nullable` beside a type is one more type; elsewhere it has no effect (OpenAPI 3.0.4 section 4.7.24). `x-nullable`,
/// which no specification defines, accepts `null` in addition.
fn to_draft_4(value: &mut Value) {
    match value {
        Value::Object(members) => {
            // Annotations whose values are not schemas.
            for name in ["example", "default"] {
                members.remove(name);
            }
            members.values_mut().for_each(to_draft_4);
            let nullable = members.remove("nullable") == Some(Value::Bool(true));
            if nullable && let Some(Value::String(kind)) = members.get("type") {
                let kinds = json!([kind, "null"]);
                members.insert("type".to_owned(), kinds);
            }
            if members.remove("x-nullable") == Some(Value::Bool(true)) {
                *value = json!({"anyOf": [{"type": "null"}, std::mem::take(members)]});
            }
        }
        Value::Array(items) => items.iter_mut().for_each(to_draft_4),
        _ => {}
    }
}
