//! Responses: one schema for all media types, headers without schemas.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{
    non_body::{CollectionFormat, flattened, non_body_schema},
    parameters::example,
    schema::Schemas,
};
use crate::{Header, MediaType, Response};

/// Returns the responses by status. Swagger 2.0 has no ranges (`4XX`); one
/// becomes `default` if there is none.
pub(super) fn responses(responses: &BTreeMap<String, Response>, schemas: &Schemas) -> Value {
    let is_stated =
        |status: &str| status == "default" || status.bytes().all(|it| it.is_ascii_digit());
    let (stated, ranges): (Vec<_>, Vec<_>) =
        responses.iter().partition(|(status, _)| is_stated(status));
    let mut written: Map<String, Value> = stated
        .into_iter()
        .map(|(status, it)| (status.clone(), response(it, schemas)))
        .collect();
    let ranges = ranges
        .iter()
        .map(|(status, it)| format!("{status}: {}", it.description));
    let ranges: Vec<_> = ranges.collect();
    if !ranges.is_empty() {
        written
            .entry("default")
            .or_insert_with(|| json!({"description": ranges.join("\n\n")}));
    } else if written.is_empty() {
        // At least one response is required.
        written.insert(
            "default".to_owned(),
            json!({"description": "Not described."}),
        );
    }
    Value::Object(written)
}

fn response(response: &Response, schemas: &Schemas) -> Value {
    let mut written = json!({"description": response.description});
    if let Some((name, media_type)) = preferred(&response.content) {
        let schema = schemas.write(&media_type.schema);
        let file = is_file(name, &schema);
        written["schema"] = if file {
            json!({"type": "file"})
        } else {
            schema
        };
        let examples = examples(&response.content, media_type);
        if !examples.is_empty() {
            written["examples"] = Value::Object(examples);
        }
    }
    if !response.headers.is_empty() {
        let headers = response.headers.iter();
        let headers = headers.map(|(name, it)| (name.clone(), header(it, schemas)));
        written["headers"] = Value::Object(headers.collect());
    }
    written
}

/// Returns the media type whose schema is written: JSON, otherwise one based on
/// JSON, otherwise the first.
pub(super) fn preferred(content: &BTreeMap<String, MediaType>) -> Option<(&String, &MediaType)> {
    content
        .get_key_value("application/json")
        .or_else(|| content.iter().find(|(name, _)| name.ends_with("+json")))
        .or_else(|| content.first_key_value())
}

/// Returns the media types with the same schema.
pub(super) fn same_schema(
    content: &BTreeMap<String, MediaType>,
    chosen: &MediaType,
) -> Vec<String> {
    let same_schema = content
        .iter()
        .filter(|(_, it)| it.schema == chosen.schema && it.encoding == chosen.encoding);
    same_schema.map(|(name, _)| name.clone()).collect()
}

/// Returns the media types of a response to which its schema applies.
pub(super) fn produced(response: &Response) -> Vec<String> {
    preferred(&response.content)
        .map(|(_, chosen)| same_schema(&response.content, chosen))
        .unwrap_or_default()
}

fn examples(content: &BTreeMap<String, MediaType>, chosen: &MediaType) -> Map<String, Value> {
    let same_schema = content.iter().filter(|(_, it)| it.schema == chosen.schema);
    same_schema
        .filter_map(|(name, it)| {
            let example = example(it.example.as_ref(), it.examples.values())?;
            Some((name.clone(), example.clone()))
        })
        .collect()
}

/// Returns whether the content is binary.
fn is_file(media_type: &str, schema: &Value) -> bool {
    let (kind, _) = media_type.split_once('/').unwrap_or((media_type, ""));
    let of_bytes =
        media_type == "application/octet-stream" || matches!(kind, "image" | "audio" | "video");
    schema["format"] == "binary" || (of_bytes && *schema == json!({}))
}

fn header(header: &Header, schemas: &Schemas) -> Value {
    let lowered = schemas.lowered(&header.schema);
    let flat = lowered.as_object().map(|it| flattened(it, schemas));
    let mut written = non_body_schema(&flat.unwrap_or_default(), schemas, CollectionFormat::Csv);
    let mut put = |key: &str, value: Value| written.insert(key.to_owned(), value);
    if let Some(description) = &header.description {
        put("description", description.as_str().into());
    }
    if header.deprecated {
        put("x-deprecated", true.into());
    }
    if let Some(example) = example(header.example.as_ref(), header.examples.values()) {
        put("x-example", example.clone());
    }
    Value::Object(written)
}
