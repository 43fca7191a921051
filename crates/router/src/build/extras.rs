//! Additions of operations and registries to the document: examples, extensions,
//! media types. Examples are checked against their schemas.

use std::sync::Arc;

use actix_web::http::header::HeaderValue;
use purlin_openapi::{self as openapi, Example, Extensions};
use purlin_schemas::{Location, Validator, Violations};
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
            None => match best(notes.validators.of(Location::Body), value) {
                Some(broken) => broken,
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

/// Returns what a value breaks of the schema that fits it best.
fn best<'v>(validators: impl Iterator<Item = &'v Validator>, value: &Value) -> Option<Violations> {
    let broken = validators.map(|validator| validator.validate(Location::Body, value));
    broken.min_by_key(|broken| broken.len())
}

/// Adds the examples to their media types. One of a request is of those media types whose schemas it fits.
pub(super) fn add_examples(
    operation: &mut openapi::Operation,
    examples: &[OperationExample],
    media_types: &[(&'static str, Option<Arc<Validator>>)],
) {
    let breaks = |media_type: &str, example: &OperationExample| {
        let mut validators = media_types.iter().filter(|(known, _)| *known == media_type);
        let validator = validators.find_map(|(_, validator)| validator.as_ref());
        let broken = validator.map(|it| it.validate(Location::Body, &example.value));
        example.status.is_none() && broken.is_some_and(|broken| !broken.is_empty())
    };
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
        for (name, media_type) in content.into_iter().flatten() {
            if breaks(name, example) {
                continue;
            }
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
