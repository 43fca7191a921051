//! Holding replies to what the document says of them: the status is declared,
//! and so is the media type, and the body keeps its schema.
//!
//! Replies are typed, so only an escape hatch (an [`Opaque`](crate::Opaque)
//! reply, an extractor that describes nothing, a limit stated for a field that a
//! handler fills) can break this. Whether anybody looks is the registry's choice.

use std::{
    collections::BTreeMap,
    sync::{Arc, OnceLock},
};

use actix_web::{
    HttpResponse,
    body::{BodySize, BoxBody, MessageBody},
    http::header,
};
use purlin_schemas::{Contract, Described, Location};

use crate::describe::Answer;

/// What becomes of a reply that breaks its contract.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ResponseChecks {
    /// Nobody looks.
    #[default]
    Off,
    /// It is sent, and logged at `error`.
    Log,
    /// It is answered with a 500 instead, and logged, and the registry's hooks
    /// hear of it.
    Refuse,
}

/// What an operation may answer, by status.
#[derive(Debug, Default)]
pub(crate) struct Replies(BTreeMap<u16, Contents>);

/// By media type; empty for no body.
type Contents = BTreeMap<String, Content>;

#[derive(Debug)]
struct Content {
    described: Arc<Described>,
    /// Made when somebody looks for the first time; `None` where the schema
    /// says what values cannot be held against.
    contract: OnceLock<Option<Contract>>,
}

impl Replies {
    pub(crate) fn new(answers: &BTreeMap<u16, Answer>) -> Self {
        let contents = |answer: &Answer| {
            let contents = answer.content.iter().map(|(media_type, described)| {
                let content = Content {
                    described: Arc::clone(described),
                    contract: OnceLock::new(),
                };
                (media_type.clone(), content)
            });
            contents.collect()
        };
        Self(
            answers
                .iter()
                .map(|(status, answer)| (*status, contents(answer)))
                .collect(),
        )
    }

    /// The response, and what it breaks. A stream is not looked into.
    pub(crate) fn verify(&self, response: HttpResponse) -> (HttpResponse, Option<String>) {
        let status = response.status().as_u16();
        let Some(contents) = self.0.get(&status) else {
            let words = format!("the status {status} is not declared");
            return (response, Some(words));
        };
        let (response, body) = response.into_parts();
        let size = body.size();
        let (body, bytes) = match body.try_into_bytes() {
            Ok(bytes) => (BoxBody::new(bytes.clone()), Some(bytes)),
            Err(stream) => (stream, None),
        };
        let response = response.set_body(body);
        let is_empty = matches!(size, BodySize::None | BodySize::Sized(0));
        if contents.is_empty() {
            let words =
                (!is_empty).then(|| format!("a {status} is declared without a body, and has one"));
            return (response, words);
        }
        let media_type = response
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .map_or("", |value| {
                value.split(';').next().unwrap_or_default().trim()
            });
        let Some(content) = contents.get(media_type).or(contents.get("*/*")) else {
            let declared: Vec<_> = contents.keys().map(String::as_str).collect();
            let words = format!(
                "the media type `{media_type}` of a {status} is not declared; declared are {}",
                declared.join(", ")
            );
            return (response, Some(words));
        };
        let words = bytes
            .filter(|_| media_type.ends_with("json"))
            .and_then(|bytes| content.violations(status, &bytes));
        (response, words)
    }
}

impl Content {
    fn violations(&self, status: u16, bytes: &[u8]) -> Option<String> {
        let value = match serde_json::from_slice(bytes) {
            Ok(value) => value,
            Err(error) => return Some(format!("the body of a {status} is not JSON: {error}")),
        };
        let contract = self
            .contract
            .get_or_init(|| Contract::of_described(&self.described).ok())
            .as_ref()?;
        let mut violations = Vec::new();
        contract.walk(Location::Body, &value, &mut violations);
        if violations.is_empty() {
            return None;
        }
        let words: Vec<_> = violations
            .iter()
            .map(|violation| format!("`{}` {}", violation.pointer, violation.message()))
            .collect();
        Some(format!(
            "the body of a {status} breaks its schema: {}",
            words.join("; ")
        ))
    }
}
