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
    media,
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
        body: Bytes,
    },
    Error,
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
        let mut response = self.reply(status, errors)?;
        if let Ok(applied) = HeaderValue::try_from(format!("code={}", status.as_u16())) {
            response.headers_mut().insert(APPLIED, applied);
        }
        Some(response)
    }

    /// Returns the reply to a valid request.
    pub(crate) fn default_reply(&self, errors: &ErrorPolicy) -> HttpResponse {
        let response = self.reply(self.default, errors);
        response.unwrap_or_else(|| HttpResponse::new(self.default))
    }

    fn reply(&self, status: StatusCode, errors: &ErrorPolicy) -> Option<HttpResponse> {
        Some(match self.replies.get(&status.as_u16())? {
            Ready::Error => errors.render(&error(status)),
            Ready::Made { headers, body } => {
                let mut response = HttpResponse::build(status);
                for header in headers {
                    response.append_header(header.clone());
                }
                match body.is_empty() {
                    true => response.finish(),
                    false => response.body(body.clone()),
                }
            }
        })
    }
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
    // JSON, where there is a choice.
    let json = response
        .content
        .iter()
        .find(|(name, _)| media::is_json_essence(name));
    let Some((media_type, described)) = json.or(response.content.first_key_value()) else {
        let body = Bytes::new();
        return Ok(Ready::Made { headers, body });
    };
    let value = match stated {
        Some(value) => value.clone(),
        None => example(described).map_err(|error| error.to_string())?,
    };
    let body = match media_type.as_str() {
        "text/event-stream" => format!("data: {value}\n\n"),
        json if media::is_json_essence(json) => value.to_string(),
        _ => text(&value),
    };
    let media_type = if media::is_one(media_type) {
        media_type
    } else {
        "application/octet-stream"
    };
    let media_type = HeaderValue::try_from(media_type).map_err(|it| it.to_string())?;
    headers.push((header::CONTENT_TYPE, media_type));
    Ok(Ready::Made {
        headers,
        body: body.into(),
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
