//! The schemas in a written OpenAPI 3 document. Their subschemas are visited by
//! `subschemas`.

use serde_json::Value;

/// Calls `visit` with every component schema and every schema of an operation.
pub(super) fn for_each_schema(document: &mut Value, visit: &mut impl FnMut(&mut Value)) {
    if let Some(components) = document.get_mut("components") {
        members(components, "schemas").for_each(&mut *visit);
    }
    for_each_schema_holder(document, &mut |holder| {
        if let Some(schema) = holder.get_mut("schema") {
            visit(schema);
        }
    });
}

/// Calls `visit` with every object that has a schema and examples: parameters,
/// headers and media types.
pub(super) fn for_each_schema_holder(document: &mut Value, visit: &mut impl FnMut(&mut Value)) {
    for item in members(document, "paths") {
        for operation in values(item) {
            members(operation, "parameters").for_each(&mut *visit);
            if let Some(body) = operation.get_mut("requestBody") {
                content(body, visit);
            }
            for response in members(operation, "responses") {
                members(response, "headers").for_each(&mut *visit);
                content(response, visit);
            }
        }
    }
}

fn content(parent: &mut Value, visit: &mut impl FnMut(&mut Value)) {
    for media_type in members(parent, "content") {
        visit(media_type);
        for part in members(media_type, "encoding") {
            members(part, "headers").for_each(&mut *visit);
        }
    }
}

fn members<'v>(parent: &'v mut Value, key: &str) -> impl Iterator<Item = &'v mut Value> {
    parent.get_mut(key).into_iter().flat_map(values)
}

fn values(parent: &mut Value) -> Box<dyn Iterator<Item = &mut Value> + '_> {
    match parent {
        Value::Object(members) => Box::new(members.values_mut()),
        Value::Array(items) => Box::new(items.iter_mut()),
        _ => Box::new(std::iter::empty()),
    }
}
