//! Arrays and objects: OpenAPI 3.0 has one schema for all items and one for all
//! properties without a name.

use serde_json::{Map, Value, json};

/// Replaces the schemas of array items by position with one schema. Returns
/// whether a constraint was lost.
pub(super) fn tuples(schema: &mut Map<String, Value>) -> bool {
    let Some(Value::Array(places)) = schema.remove("prefixItems") else {
        match schema.get("items") {
            Some(Value::Bool(false)) => at_most(schema, 0),
            Some(Value::Bool(true)) => {}
            _ => return false,
        }
        schema.insert("items".to_owned(), json!({}));
        return false;
    };
    let rest = schema.remove("items").unwrap_or(Value::Bool(true));
    if rest == false {
        at_most(schema, places.len());
    }
    let limit = schema.get("maxItems").and_then(Value::as_u64);
    let closed = limit.is_some_and(|limit| limit <= places.len() as u64);
    let open = (!closed).then_some(rest).map(|rest| match rest {
        Value::Bool(_) => json!({}),
        schema => schema,
    });
    let alternatives = distinct(places.into_iter().chain(open));
    let lossy = alternatives.len() > 1;
    schema.insert("items".to_owned(), one_of(alternatives));
    lossy
}

fn at_most(schema: &mut Map<String, Value>, items: usize) {
    let limit = schema.get("maxItems").and_then(Value::as_u64);
    if limit.is_none_or(|limit| limit > items as u64) {
        schema.insert("maxItems".to_owned(), items.into());
    }
}

/// Merges `patternProperties` into `additionalProperties`. Returns whether a
/// constraint was lost.
pub(super) fn patterns(schema: &mut Map<String, Value>) -> bool {
    let Some(Value::Object(patterns)) = schema.remove("patternProperties") else {
        return false;
    };
    let others = match schema.get("additionalProperties") {
        None | Some(Value::Bool(true)) => return true,
        Some(Value::Bool(false)) => None,
        Some(others) => Some(others.clone()),
    };
    let alternatives = distinct(patterns.into_iter().map(|(_, schema)| schema).chain(others));
    schema.insert("additionalProperties".to_owned(), one_of(alternatives));
    true
}

fn distinct(schemas: impl Iterator<Item = Value>) -> Vec<Value> {
    let mut distinct = Vec::new();
    for schema in schemas {
        if !distinct.contains(&schema) {
            distinct.push(schema);
        }
    }
    distinct
}

/// Returns a schema that allows what any of these schemas allows.
fn one_of(mut alternatives: Vec<Value>) -> Value {
    let anything = json!({});
    if alternatives.contains(&anything) {
        return anything;
    }
    match alternatives.len() {
        1 => alternatives.remove(0),
        _ => json!({"anyOf": alternatives}),
    }
}

/// Adds `items`, which is required in arrays.
pub(super) fn items(schema: &mut Map<String, Value>) {
    if schema.get("type").is_some_and(|it| it == "array") {
        schema.entry("items").or_insert_with(|| json!({}));
    }
}
