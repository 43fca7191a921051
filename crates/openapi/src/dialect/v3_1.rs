//! OpenAPI 3.1.1: the model as it is, with discriminators of tagged unions.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{Dialect, discriminator, shared, value, visit};
use crate::Document;

pub(super) fn write(document: &Document) -> Value {
    let mut root = write_in_place(document);
    shared::share(&mut root);
    root
}

/// Writes the document with every response in its operation.
pub(super) fn write_in_place(document: &Document) -> Value {
    let mut root = Map::new();
    root.insert(
        "openapi".to_owned(),
        Value::from(Dialect::V3_1.version_text()),
    );
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
        root.insert("components".to_owned(), components(document));
    }
    if let Some(docs) = &document.external_docs {
        root.insert("externalDocs".to_owned(), value(docs));
    }
    for (name, extension) in document.extensions.iter() {
        root.insert(name.to_owned(), extension.clone());
    }
    let mut root = Value::Object(root);
    visit::for_each_schema_holder(&mut root, &mut name_examples);
    discriminator::add(&mut root);
    root
}

fn components(document: &Document) -> Value {
    let mut components = Map::new();
    if !document.components.schemas.is_empty() {
        components.insert("schemas".to_owned(), value(&document.components.schemas));
    }
    if !document.components.security_schemes.is_empty() {
        let schemes = value(&document.components.security_schemes);
        components.insert("securitySchemes".to_owned(), schemes);
    }
    Value::Object(components)
}

/// Moves `example` to `examples` if there are any, since they exclude each
/// other.
fn name_examples(holder: &mut Value) {
    let Some(holder) = holder
        .as_object_mut()
        .filter(|it| it.contains_key("examples"))
    else {
        return;
    };
    let unnamed = holder.remove("example");
    if let (Some(unnamed), Some(Value::Object(named))) = (unnamed, holder.get_mut("examples")) {
        named
            .entry("example")
            .or_insert_with(|| json!({"value": unnamed}));
    }
}
