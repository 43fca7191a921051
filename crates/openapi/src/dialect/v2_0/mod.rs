//! Swagger 2.0, written from the model: bodies become parameters, media types
//! `consumes` and `produces`, servers one host. Schemas go through 3.0 first.

mod address;
mod forms;
mod operations;
mod parameters;
mod responses;
mod schema;
mod security;
mod simple;

use serde_json::{Map, Value};

use self::{address::Address, operations::Writer};
use super::{Dialect, v3_0::spdx_page, value};
use crate::{Document, Info};

pub(super) fn write(document: &Document) -> Value {
    let address = Address::of(&document.servers);
    let writer = Writer::new(document, &address);
    let mut root = Map::new();
    let mut put = |key: &str, value: Value| root.insert(key.to_owned(), value);
    put("swagger", Dialect::V2_0.version_text().into());
    put("info", info(&document.info));
    put("paths", writer.paths());
    if !document.tags.is_empty() {
        put("tags", value(&document.tags));
    }
    if let Some(docs) = &document.external_docs {
        put("externalDocs", value(docs));
    }
    for (key, part) in address.members() {
        put(key, part);
    }
    for (key, part) in writer.components() {
        put(key, part);
    }
    for (name, extension) in document.extensions.iter() {
        put(name, extension.clone());
    }
    Value::Object(root)
}

fn info(info: &Info) -> Value {
    let mut info = value(info);
    if let Some(license) = info.get_mut("license").and_then(Value::as_object_mut)
        && let Some(page) = license.remove("identifier").as_ref().and_then(spdx_page)
    {
        license.entry("url").or_insert(page);
    }
    info
}
