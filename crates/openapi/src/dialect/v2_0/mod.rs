//! Swagger 2.0, written from the model: bodies become parameters, media types
//! become `consumes` and `produces`, servers become one base URL. Schemas are
//! converted to OpenAPI 3.0 first.

mod base_url;
mod bodies;
mod non_body;
mod operations;
mod parameters;
mod responses;
mod schema;
mod security;

use serde_json::{Map, Value};

use self::{base_url::BaseUrl, operations::Writer};
use super::{Dialect, license, shared, value};
use crate::Document;

pub(super) fn write(document: &Document) -> Value {
    let base_url = BaseUrl::of(&document.servers);
    let writer = Writer::new(document, &base_url);
    let mut info = value(&document.info);
    license::lower(&mut info);
    let mut root = Map::new();
    let mut put = |key: &str, value: Value| root.insert(key.to_owned(), value);
    put("swagger", Dialect::V2_0.version_text().into());
    put("info", info);
    put("paths", writer.paths());
    if !document.tags.is_empty() {
        put("tags", value(&document.tags));
    }
    if let Some(docs) = &document.external_docs {
        put("externalDocs", value(docs));
    }
    for (key, part) in base_url.members() {
        put(key, part);
    }
    for (key, part) in writer.components() {
        put(key, part);
    }
    for (name, extension) in document.extensions.iter() {
        put(name, extension.clone());
    }
    let mut root = Value::Object(root);
    shared::share_v2_0(&mut root);
    root
}
