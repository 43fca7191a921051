//! Replies in place of handlers: examples of what each operation declares.
//!
//! Everything before the handler is unchanged: authentication, validation, errors.

use std::collections::BTreeMap;

use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        StatusCode,
        header::{self, HeaderMap, HeaderName, HeaderValue},
    },
    web::Bytes,
};
use purlin_schemas::{SchemaWithDefinitions, example};
use serde_json::Value;

use crate::{
    auth::failure::AuthFailure,
    describe::{Notes, ResponseNotes},
    error::{ForeignError, Reason, Rejection, policy::ErrorPolicy},
    media::{self, Accept},
    operation::example::OperationExample,
    verify::Replies,
};

/// The example replies of an operation, by status.
#[derive(Debug)]
pub(crate) struct Mock {
    replies: BTreeMap<u16, Ready>,
    /// The status where the request prefers none.
    default: StatusCode,
}

/// A reply, or an error as the registry writes it.
#[derive(Debug)]
enum Ready {
    Made {
        headers: Vec<(HeaderName, HeaderValue)>,
        /// By media type, JSON first; none for a response without a body.
        bodies: Vec<Body>,
    },
    Error,
}

#[derive(Debug)]
struct Body {
    /// As the document has it.
    declared: String,
    /// As it is sent.
    media_type: HeaderValue,
    bytes: Bytes,
}

const PREFER: HeaderName = HeaderName::from_static("prefer");
const APPLIED: HeaderName = HeaderName::from_static("preference-applied");

impl Mock {
    /// Returns an example of every declared response, or why there is none of some.
    pub(crate) fn of(
        examples: &[OperationExample],
        notes: &Notes,
        replies: &Replies,
    ) -> Result<Self, Vec<String>> {
        let responses = &notes.responses;
        let mut ready = BTreeMap::new();
        let mut reasons = Vec::new();
        for (number, response) in responses {
            let Ok(status) = StatusCode::from_u16(*number) else {
                continue;
            };
            let stated = examples.iter().find(|it| it.status == Some(*number));
            let made = match is_an_error(status, replies, &notes.policy) {
                true if stated.is_none() => Ok(Ready::Error),
                _ => make(response, stated.map(|it| &it.value)),
            };
            match made {
                Ok(made) => drop(ready.insert(*number, made)),
                Err(reason) => reasons.push(format!("there is no example of a {number}: {reason}")),
            }
        }
        let mut successes = responses
            .keys()
            .filter(|status| (200..300).contains(*status));
        let default = successes.next().or(responses.keys().next());
        let default = default.and_then(|status| StatusCode::from_u16(*status).ok());
        match reasons.is_empty() {
            true => Ok(Self {
                replies: ready,
                default: default.unwrap_or(StatusCode::NO_CONTENT),
            }),
            false => Err(reasons),
        }
    }

    /// Returns the reply to a request that prefers a status: `Prefer: code=404` (RFC 7240).
    pub(crate) fn preferred(
        &self,
        request: &HttpRequest,
        errors: &ErrorPolicy,
    ) -> Option<HttpResponse> {
        let status = StatusCode::from_u16(wanted(request.headers())?).ok()?;
        let mut response = self.reply(request, status, errors)?;
        if let Ok(applied) = HeaderValue::try_from(format!("code={}", status.as_u16())) {
            response.headers_mut().insert(APPLIED, applied);
        }
        Some(response)
    }

    /// Returns the reply to a valid request.
    pub(crate) fn default_reply(
        &self,
        request: &HttpRequest,
        errors: &ErrorPolicy,
    ) -> HttpResponse {
        let response = self.reply(request, self.default, errors);
        response.unwrap_or_else(|| HttpResponse::new(self.default))
    }

    fn reply(
        &self,
        request: &HttpRequest,
        status: StatusCode,
        errors: &ErrorPolicy,
    ) -> Option<HttpResponse> {
        Some(match self.replies.get(&status.as_u16())? {
            Ready::Error => errors.render(&error(status)),
            Ready::Made { headers, bodies } => {
                let mut response = HttpResponse::build(status);
                for header in headers {
                    response.append_header(header.clone());
                }
                match chosen(request, bodies) {
                    None => response.finish(),
                    Some(body) => {
                        response.insert_header((header::CONTENT_TYPE, body.media_type.clone()));
                        response.body(body.bytes.clone())
                    }
                }
            }
        })
    }
}

/// Returns the body that the client prefers, and the first where it accepts none.
fn chosen<'b>(request: &HttpRequest, bodies: &'b [Body]) -> Option<&'b Body> {
    let choose = |accept: Accept<'_>| accept.choose(bodies.iter().map(|body| &body.declared));
    let accept = Accept::of(request.headers()).filter(|_| bodies.len() > 1);
    bodies.get(accept.and_then(choose).unwrap_or_default())
}

/// Returns the status in `Prefer: code=404`, among other preferences.
fn wanted(headers: &HeaderMap) -> Option<u16> {
    let values = headers.get_all(PREFER).filter_map(|it| it.to_str().ok());
    let mut preferences = values.flat_map(|value| value.split([',', ';']));
    preferences.find_map(|preference| {
        let (name, value) = preference.split_once('=')?;
        let is_code = name.trim().eq_ignore_ascii_case("code");
        value
            .trim()
            .trim_matches('"')
            .parse()
            .ok()
            .filter(|_| is_code)
    })
}

/// Returns an error of a status, as the registry or another extractor would cause it.
fn error(status: StatusCode) -> Rejection {
    if status == StatusCode::INTERNAL_SERVER_ERROR {
        return Rejection::internal(String::new());
    }
    if status == StatusCode::UNAUTHORIZED {
        return Rejection::unauthenticated(AuthFailure::Missing);
    }
    let foreign = ForeignError {
        status,
        headers: HeaderMap::new(),
        message: None,
        cause: String::new(),
    };
    Reason::Foreign(foreign).into()
}

/// Returns whether a status has the body of the registry's errors, and not one of the operation.
fn is_an_error(status: StatusCode, replies: &Replies, errors: &ErrorPolicy) -> bool {
    let is_error = status.is_client_error() || status.is_server_error();
    is_error && replies.verify(errors.render(&error(status))).1.is_none()
}

fn make(response: &ResponseNotes, stated: Option<&Value>) -> Result<Ready, String> {
    let mut headers = Vec::new();
    for (name, note) in response.headers.iter().filter(|(_, note)| note.is_required) {
        let value = example(&SchemaWithDefinitions::inline(note.schema.clone()))
            .map_err(|it| it.to_string())?;
        let value = HeaderValue::try_from(text(&value)).map_err(|it| it.to_string())?;
        let name = HeaderName::try_from(name.as_str()).map_err(|it| it.to_string())?;
        headers.push((name, value));
    }
    let mut content: Vec<_> = response.content.iter().collect();
    content.sort_by_key(|(media_type, _)| !media::is_json_essence(media_type));
    let mut bodies = Vec::with_capacity(content.len());
    for (media_type, described) in content {
        // A stated example is of the first one.
        let stated = stated.filter(|_| bodies.is_empty());
        bodies.push(body(media_type, described, stated)?);
    }
    Ok(Ready::Made { headers, bodies })
}

fn body(
    media_type: &str,
    described: &SchemaWithDefinitions,
    stated: Option<&Value>,
) -> Result<Body, String> {
    let value = match stated {
        Some(value) => value.clone(),
        None => example(described).map_err(|error| error.to_string())?,
    };
    let bytes = match media_type {
        media::EVENTS => format!("data: {value}\n\n"),
        media::JSON_LINES => format!("{value}\n"),
        json if media::is_json_essence(json) => value.to_string(),
        _ => text(&value),
    };
    let sent = if media::is_one(media_type) {
        media_type
    } else {
        "application/octet-stream"
    };
    Ok(Body {
        declared: media_type.to_owned(),
        media_type: HeaderValue::try_from(sent).map_err(|it| it.to_string())?,
        bytes: bytes.into(),
    })
}

/// Returns a value as text.
fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(text).collect::<Vec<_>>().join(","),
        value => value.to_string(),
    }
}
