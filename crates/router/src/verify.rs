//! Checking replies against the document: the status and the media type are
//! declared, and headers and body match their schemas.
//!
//! Replies are typed, so only an escape hatch (an [`Opaque`](crate::reply::Opaque)
//! reply, an extractor that describes nothing, a limit declared for a field that
//! a handler fills) can break this. The registry chooses whether it is checked.

use std::{
    collections::BTreeMap,
    sync::{Arc, OnceLock},
};

use actix_web::{
    HttpResponse,
    body::{BodySize, BoxBody, MessageBody},
    http::header::{self, HeaderMap, HeaderValue},
};
use purlin_schemas::{Definition, Location, SchemaWithDefinitions, Validator};
use serde_json::{Map, Value, json};

use crate::{describe::ResponseNotes, media};

/// What happens to a reply that breaks its contract.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ResponseChecks {
    /// Replies are not checked.
    #[default]
    Off,
    /// It is sent, and logged at `error`.
    Log,
    /// It is replaced by a 500, and logged, and the registry's hooks are called.
    Refuse,
}

/// The declared responses of an operation, by status.
#[derive(Debug, Default)]
pub(crate) struct Replies(BTreeMap<u16, Declared>);

#[derive(Debug)]
struct Declared {
    /// By media type; empty for no body.
    contents: BTreeMap<String, Content>,
    /// One object, each header a member; none where no header is declared.
    headers: Option<Content>,
    /// The headers of which each line is a value.
    repeated: Vec<Repeated>,
}

#[derive(Debug)]
struct Repeated {
    name: String,
    is_required: bool,
    /// One object, whose member is one value.
    value: Content,
}

#[derive(Debug)]
struct Content {
    described: Arc<SchemaWithDefinitions>,
    /// Compiled at the first use; `None` where the schema cannot be compiled.
    validator: OnceLock<Option<Validator>>,
}

impl Replies {
    /// Returns the declared responses, with the named schemas their headers refer to.
    pub(crate) fn new(
        responses: &BTreeMap<u16, ResponseNotes>,
        of_headers: &[(String, Definition)],
    ) -> Self {
        let declared = responses.iter().map(|(status, response)| {
            let contents = response.content.iter();
            let contents = contents.map(|(media_type, described)| {
                (media_type.clone(), Content::new(Arc::clone(described)))
            });
            let declared = Declared {
                contents: contents.collect(),
                headers: headers(response, of_headers),
                repeated: repeated(response, of_headers),
            };
            (*status, declared)
        });
        Self(declared.collect())
    }

    /// Returns the declared statuses.
    pub(crate) fn statuses(&self) -> impl Iterator<Item = u16> {
        self.0.keys().copied()
    }

    /// Returns the response, and what it breaks. Streams are not read.
    pub(crate) fn verify(&self, response: HttpResponse) -> (HttpResponse, Option<String>) {
        let status = response.status().as_u16();
        let Some(declared) = self.0.get(&status) else {
            let message = format!("the status {status} is not declared");
            return (response, Some(message));
        };
        if let Some(message) = declared.broken_header(status, response.headers()) {
            return (response, Some(message));
        }
        let contents = &declared.contents;
        let (response, body) = response.into_parts();
        let size = body.size();
        let (body, bytes) = match body.try_into_bytes() {
            Ok(bytes) => (BoxBody::new(bytes.clone()), Some(bytes)),
            Err(stream) => (stream, None),
        };
        let response = response.set_body(body);
        let is_empty = matches!(size, BodySize::None | BodySize::Sized(0));
        if contents.is_empty() {
            let message =
                (!is_empty).then(|| format!("a {status} is declared without a body, and has one"));
            return (response, message);
        }
        let media_type = response
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .map_or("", media::essence);
        let Some(content) = contents.get(media_type).or(contents.get("*/*")) else {
            let declared: Vec<_> = contents.keys().map(String::as_str).collect();
            let message = format!(
                "the media type `{media_type}` of a {status} is not declared; declared are {}",
                declared.join(", ")
            );
            return (response, Some(message));
        };
        let message = bytes
            .filter(|_| media::is_json_essence(media_type))
            .and_then(|bytes| content.violations("the body", status, &bytes));
        (response, message)
    }
}

impl Replies {
    /// Returns what is wrong with an item of a stream that has been read to its end: a line of JSON Lines, or the data of a
    /// Server-Sent Event.
    pub(crate) fn broken_item(
        &self,
        status: u16,
        media_type: &str,
        bytes: &[u8],
    ) -> Option<String> {
        let media_type = media::essence(media_type);
        let content = self.0.get(&status)?.contents.get(media_type)?;
        let lines = bytes.split(|byte| *byte == b'\n');
        let mut items: Box<dyn Iterator<Item = &[u8]>> = match media_type {
            media::JSON_LINES => Box::new(lines.filter(|line| !line.is_empty())),
            media::EVENTS => Box::new(lines.filter_map(|line| line.strip_prefix(b"data: "))),
            _ => return None,
        };
        items.find_map(|item| content.violations("an item", status, item))
    }
}

/// Returns the headers of a response as the members of an object.
fn headers(response: &ResponseNotes, definitions: &[(String, Definition)]) -> Option<Content> {
    if response.headers.is_empty() {
        return None;
    }
    let single = || response.headers.iter().filter(|(_, it)| !it.is_repeated);
    let properties = single().map(|(name, note)| (name.clone(), note.schema.clone()));
    let required = single().filter(|(_, note)| note.is_required);
    let required: Vec<&String> = required.map(|(name, _)| name).collect();
    Some(object(properties.collect(), &required, definitions))
}

/// Returns the headers of a response of which each line is a value.
fn repeated(response: &ResponseNotes, definitions: &[(String, Definition)]) -> Vec<Repeated> {
    let repeated = response.headers.iter().filter(|(_, it)| it.is_repeated);
    repeated
        .map(|(name, note)| Repeated {
            name: name.clone(),
            is_required: note.is_required,
            value: object(
                Map::from_iter([(name.clone(), note.schema.clone())]),
                &[],
                definitions,
            ),
        })
        .collect()
}

fn object(
    properties: Map<String, Value>,
    required: &[&String],
    definitions: &[(String, Definition)],
) -> Content {
    let mut described = SchemaWithDefinitions::inline(json!({
        "type": "object", "properties": properties, "required": required,
    }));
    described.definitions.extend(definitions.iter().cloned());
    Content::new(Arc::new(described))
}

impl Declared {
    /// Returns what is wrong with a header, if anything is.
    fn broken_header(&self, status: u16, headers: &HeaderMap) -> Option<String> {
        let single = self.headers.as_ref();
        let broken = single.and_then(|it| {
            it.broken_headers(status, |name, lines| {
                lines.extend(headers.get_all(name).map(HeaderValue::as_bytes));
            })
        });
        broken.or_else(|| {
            let mut repeated = self.repeated.iter();
            repeated.find_map(|it| it.broken_line(status, headers))
        })
    }
}

impl Repeated {
    fn broken_line(&self, status: u16, headers: &HeaderMap) -> Option<String> {
        let mut values = headers.get_all(&self.name).peekable();
        if self.is_required && values.peek().is_none() {
            let name = &self.name;
            return Some(format!("the header `{name}` of a {status} is missing"));
        }
        values.find_map(|value| {
            self.value
                .broken_headers(status, |_, lines| lines.push(value.as_bytes()))
        })
    }
}

impl Content {
    fn new(described: Arc<SchemaWithDefinitions>) -> Self {
        Self {
            described,
            validator: OnceLock::new(),
        }
    }

    fn validator(&self) -> Option<&Validator> {
        self.validator
            .get_or_init(|| Validator::from_schema(&self.described).ok())
            .as_ref()
    }

    fn broken_headers<'h>(
        &self,
        status: u16,
        lines_of: impl Fn(&str, &mut Vec<&'h [u8]>),
    ) -> Option<String> {
        let validator = self.validator()?;
        let violations = validator.check_headers(&|_, name, lines| lines_of(name, lines));
        (!violations.is_empty())
            .then(|| format!("a header of a {status} breaks its schema: {violations}"))
    }

    fn violations(&self, what: &str, status: u16, bytes: &[u8]) -> Option<String> {
        let value = match serde_json::from_slice(bytes) {
            Ok(value) => value,
            Err(error) => return Some(format!("{what} of a {status} is not JSON: {error}")),
        };
        let violations = self.validator()?.validate(Location::Body, &value);
        (!violations.is_empty())
            .then(|| format!("{what} of a {status} breaks its schema: {violations}"))
    }
}
