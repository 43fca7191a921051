//! Additions of operations and registries to the document: examples, extensions,
//! media types. Examples are checked against their schemas.

use actix_web::http::header::HeaderValue;
use purlin_openapi::{self as openapi, Example, Extensions};
use purlin_schemas::{Location, Validator};
use serde_json::Value;

use crate::{
    describe::Notes,
    media,
    operation::{Operation, OperationExample},
};

/// Adds extensions to the document. Returns why those that cannot be added cannot.
pub(super) fn extend(extensions: &mut Extensions, added: &[(String, Value)]) -> Vec<String> {
    let invalid = added.iter().filter_map(|(name, value)| {
        let inserted = extensions.insert(name.clone(), value.clone());
        inserted.err().map(|error| error.to_string())
    });
    invalid.collect()
}

/// Returns the errors of an operation's examples.
pub(super) fn examples(operation: &Operation, notes: &Notes) -> Vec<String> {
    let wrong = operation.examples.iter().filter_map(|example| {
        let OperationExample {
            status,
            name,
            value,
        } = example;
        let broken = match status {
            None => match notes.validators.of_body() {
                Some(validator) => validator.validate(Location::Body, value),
                None => return Some(format!("the example `{name}` is of a request body, and the operation reads none; leave it out")),
            },
            Some(status) => {
                let response = notes.responses.get(status);
                let content = response.and_then(|response| response.content.values().next());
                match content.and_then(|described| Validator::from_schema(described).ok()) {
                    Some(validator) => validator.validate(Location::Body, value),
                    None => {
                        return Some(format!(
                            "the example `{name}` is of a body that a {status} does not have; leave it out, or give it another status"
                        ));
                    }
                }
            }
        };
        (!broken.is_empty())
            .then(|| format!("the example `{name}` breaks its schema: {broken}; correct it"))
    });
    wrong.collect()
}

/// Adds the examples to their media types.
pub(super) fn add_examples(operation: &mut openapi::Operation, examples: &[OperationExample]) {
    for example in examples {
        let content = match example.status {
            None => operation
                .request_body
                .as_mut()
                .map(|body| &mut body.content),
            Some(status) => operation
                .responses
                .get_mut(&status.to_string())
                .map(|response| &mut response.content),
        };
        for media_type in content.into_iter().flat_map(|content| content.values_mut()) {
            let value = Example::new(example.value.clone());
            *media_type = media_type.clone().named_example(&example.name, value);
        }
    }
}

/// Returns a media type as a header value.
pub(super) fn media_type(text: Option<&str>) -> Result<Option<HeaderValue>, String> {
    let Some(text) = text else { return Ok(None) };
    match HeaderValue::try_from(text) {
        Ok(value) if media::is_one(text) => Ok(Some(value)),
        _ => Err(format!(
            "`{text}` is not a media type; write one such as `application/vnd.api+json` (RFC 6838 section 4.2)"
        )),
    }
}
