//! Links (OpenAPI 3.1.1 section 4.8.20) from the operation that creates a
//! resource to those that read, change and delete it: from `POST /todos`, whose
//! 201 has a `Location` and an `id`, to `GET /todos/{id}`.

use std::collections::BTreeMap;

use purlin_openapi::{Document, Link, Method, PathItem, Schema, references::schema_name};
use serde_json::Value;

/// The methods of operations on a created resource.
const FOLLOWING: [Method; 4] = [Method::Get, Method::Put, Method::Patch, Method::Delete];

/// Adds every link.
pub(super) fn add(document: &mut Document) {
    let mut found = Vec::new();
    for (template, item) in &document.paths {
        let Some(post) = item.operations.get(&Method::Post) else {
            continue;
        };
        for (status, response) in &post.responses {
            let has_location = response
                .headers
                .keys()
                .any(|name| name.eq_ignore_ascii_case("location"));
            let bodies = response.content.values().map(|content| &content.schema);
            let Some(schema) = bodies
                .filter(|_| has_location)
                .find_map(|s| resolve(s, document))
            else {
                continue;
            };
            let links = links(template, schema, &document.paths);
            found.push((template.clone(), status.clone(), links));
        }
    }
    for (template, status, links) in found {
        let item = document.paths.get_mut(&template);
        let post = item.and_then(|item| item.operations.get_mut(&Method::Post));
        if let Some(response) = post.and_then(|post| post.responses.get_mut(&status)) {
            response.links.extend(links);
        }
    }
}

/// Returns the links from the resource with this body to the operations whose
/// path is one parameter longer.
fn links(template: &str, body: &Value, paths: &BTreeMap<String, PathItem>) -> Vec<(String, Link)> {
    let collection = template.trim_end_matches('/');
    let mut links = Vec::new();
    for (path, item) in paths {
        let rest = path
            .strip_prefix(collection)
            .and_then(|rest| rest.strip_prefix('/'));
        let parameter = rest.and_then(|rest| rest.strip_prefix('{')?.strip_suffix('}'));
        let Some(parameter) = parameter.filter(|name| !name.contains(['/', '{', '}'])) else {
            continue;
        };
        if body.pointer(&format!("/properties/{parameter}")).is_none() {
            continue;
        }
        // Parameters of the collection's own path are those of the request.
        let outer = collection
            .split('/')
            .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
        let outer: Vec<&str> = outer.collect();
        for method in FOLLOWING {
            let Some(operation) = item.operations.get(&method) else {
                continue;
            };
            let link = Link::new(&operation.operation_id)
                .parameter(parameter, format!("$response.body#/{parameter}"));
            let link = outer.iter().fold(link, |link, name| {
                link.parameter(*name, format!("$request.path.{name}"))
            });
            links.push((operation.operation_id.clone(), link));
        }
    }
    links
}

/// Returns the schema of a body, with references resolved.
fn resolve<'d>(schema: &'d Schema, document: &'d Document) -> Option<&'d Value> {
    let mut value = &schema.0;
    // Chains of references are short, and the documents written here have no circle of them.
    for _ in 0..16 {
        let Some(to) = value.get("$ref").and_then(Value::as_str) else {
            return Some(value);
        };
        value = &document.components.schemas.get(schema_name(to)?)?.0;
    }
    None
}
