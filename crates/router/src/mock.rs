//! Answers in place of handlers: what each operation declares, as examples.
//!
//! Everything before the handler is as ever: authentication, validation, errors.

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
    auth::AuthFailure,
    describe::{Answer, Notes},
    error::{ErrorStyle, Foreign, Reason, Rejection},
    operation::Operation,
    verify::Replies,
};

/// What an operation answers, by status.
#[derive(Debug)]
pub(crate) struct Mock {
    answers: BTreeMap<u16, Ready>,
    /// The status where nobody prefers another.
    usual: StatusCode,
}

/// An answer, or the registry's own words for an error.
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
    /// The answers an operation declares; or, of each that no example was found for, why.
    pub(crate) fn of(
        operation: &Operation,
        notes: &Notes,
        replies: &Replies,
    ) -> Result<Self, Vec<String>> {
        let (answers, examples) = (&notes.responses, &operation.examples);
        let mut ready = BTreeMap::new();
        let mut reasons = Vec::new();
        for (number, answer) in answers {
            let Ok(status) = StatusCode::from_u16(*number) else {
                continue;
            };
            let stated = examples.iter().find(|it| it.status == Some(*number));
            let made = match is_an_error(status, replies, notes.style) {
                true if stated.is_none() => Ok(Ready::Error),
                _ => make(answer, stated.map(|it| &it.value)),
            };
            match made {
                Ok(made) => drop(ready.insert(*number, made)),
                Err(reason) => reasons.push(format!("there is no example of a {number}: {reason}")),
            }
        }
        let mut successes = answers.keys().filter(|status| (200..300).contains(*status));
        let usual = successes.next().or(answers.keys().next());
        let usual = usual.and_then(|status| StatusCode::from_u16(*status).ok());
        match reasons.is_empty() {
            true => Ok(Self {
                answers: ready,
                usual: usual.unwrap_or(StatusCode::NO_CONTENT),
            }),
            false => Err(reasons),
        }
    }

    /// What a request gets that asks for a status by `Prefer: code=404` (RFC 7240).
    pub(crate) fn preferred(
        &self,
        request: &HttpRequest,
        style: ErrorStyle,
    ) -> Option<HttpResponse> {
        let status = StatusCode::from_u16(wanted(request.headers())?).ok()?;
        let mut response = self.answer(status, style)?;
        if let Ok(applied) = HeaderValue::try_from(format!("code={}", status.as_u16())) {
            response.headers_mut().insert(APPLIED, applied);
        }
        Some(response)
    }

    /// What a request gets that all is well with.
    pub(crate) fn usual(&self, style: ErrorStyle) -> HttpResponse {
        let response = self.answer(self.usual, style);
        response.unwrap_or_else(|| HttpResponse::new(self.usual))
    }

    fn answer(&self, status: StatusCode, style: ErrorStyle) -> Option<HttpResponse> {
        Some(match self.answers.get(&status.as_u16())? {
            Ready::Error => error(status).render(style),
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

/// The status in `Prefer: code=404`, beside which others may stand.
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

/// An error as the registry words it itself, or as it words what others say.
fn error(status: StatusCode) -> Rejection {
    if status == StatusCode::INTERNAL_SERVER_ERROR {
        return Rejection::internal(String::new());
    }
    if status == StatusCode::UNAUTHORIZED {
        return Rejection::unauthenticated(AuthFailure::Missing);
    }
    let foreign = Foreign {
        status,
        headers: HeaderMap::new(),
        message: None,
        cause: String::new(),
    };
    Reason::Foreign(foreign).into()
}

/// Whether a status is answered as the registry's errors are, and not with a body of the operation's own.
fn is_an_error(status: StatusCode, replies: &Replies, style: ErrorStyle) -> bool {
    let is_error = status.is_client_error() || status.is_server_error();
    is_error && replies.verify(error(status).render(style)).1.is_none()
}

fn make(answer: &Answer, stated: Option<&Value>) -> Result<Ready, String> {
    let mut headers = Vec::new();
    for (name, note) in answer.headers.iter().filter(|(_, note)| note.is_required) {
        let value = example(&SchemaWithDefinitions::inline(note.schema.clone()))
            .map_err(|it| it.to_string())?;
        let value = HeaderValue::try_from(text(&value)).map_err(|it| it.to_string())?;
        let name = HeaderName::try_from(name.as_str()).map_err(|it| it.to_string())?;
        headers.push((name, value));
    }
    // JSON, where there is a choice.
    let json = answer
        .content
        .iter()
        .find(|(name, _)| name.ends_with("json"));
    let Some((media_type, described)) = json.or(answer.content.first_key_value()) else {
        let body = Bytes::new();
        return Ok(Ready::Made { headers, body });
    };
    let value = match stated {
        Some(value) => value.clone(),
        None => example(described).map_err(|error| error.to_string())?,
    };
    let body = match media_type.as_str() {
        "text/event-stream" => format!("data: {value}\n\n"),
        json if json.ends_with("json") => value.to_string(),
        _ => text(&value),
    };
    let of_any = media_type.contains('*');
    let media_type = if of_any {
        "application/octet-stream"
    } else {
        media_type
    };
    let media_type = HeaderValue::try_from(media_type).map_err(|it| it.to_string())?;
    headers.push((header::CONTENT_TYPE, media_type));
    Ok(Ready::Made {
        headers,
        body: body.into(),
    })
}

/// A value where there is only text.
fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(text).collect::<Vec<_>>().join(","),
        value => value.to_string(),
    }
}
