//! OpenAPI 3.1.1: the model as it is.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::Document;

pub(super) fn write(document: &Document) -> Value {
    let mut root = Map::new();
    root.insert("openapi".to_owned(), Value::from("3.1.1"));
    root.insert("info".to_owned(), value(&document.info));
    if !document.servers.is_empty() {
        root.insert("servers".to_owned(), value(&document.servers));
    }
    if !document.tags.is_empty() {
        root.insert("tags".to_owned(), value(&document.tags));
    }
    let paths: BTreeMap<_, _> = document
        .paths
        .iter()
        .map(|(template, item)| (template, &item.operations))
        .collect();
    root.insert("paths".to_owned(), value(&paths));
    if !document.security.is_empty() {
        root.insert("security".to_owned(), value(&document.security));
    }
    if !document.components.is_empty() {
        let mut components = Map::new();
        if !document.components.schemas.is_empty() {
            components.insert("schemas".to_owned(), value(&document.components.schemas));
        }
        if !document.components.security_schemes.is_empty() {
            let schemes = value(&document.components.security_schemes);
            components.insert("securitySchemes".to_owned(), schemes);
        }
        root.insert("components".to_owned(), Value::Object(components));
    }
    Value::Object(root)
}

/// Every part of the model is strings, booleans, lists and maps by string, all
/// of which JSON has.
fn value(part: &impl Serialize) -> Value {
    serde_json::to_value(part).unwrap_or_default()
}
