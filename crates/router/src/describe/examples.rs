//! Examples of error responses: each is a rejection as the registry renders it.

use std::borrow::Cow;

use actix_web::http::StatusCode;
use purlin_openapi::ParameterLocation;
use purlin_schemas::{__router::PathShape, Location, Violation};
use serde_json::{Value, json};

use super::Notes;
use crate::{
    error::{ErrorResponse, Reason, Rejection, http, reason_phrase},
    media,
    unknown_parameters::UnknownParameters,
};

/// Returns the rejection of a request with a violation in a section, of which no rules are known: text has to be UTF-8.
pub(super) fn violation_of(location: Location) -> Rejection {
    Rejection::invalid([Violation::not_utf8(location, "")])
}

/// Gives the responses to requests that break rules an example of the operation's own: one violation, of the first section
/// that may have one. `names` are the parameters of the path.
pub(crate) fn add_violations(notes: &mut Notes, names: &[String]) {
    let mut done = Vec::new();
    for location in std::mem::take(&mut notes.invalid) {
        let status = notes.policy.violation_status(location).as_u16();
        if done.contains(&status) {
            continue;
        }
        let Some(violation) = violation(notes, location, names) else {
            continue;
        };
        done.push(status);
        let example = notes.policy.example(&Rejection::invalid([violation]));
        let response = notes.responses.get_mut(&status);
        // Without an example, the body is the handler's own.
        if let Some(response) = response.filter(|it| it.example.is_some()) {
            response.example = example;
        }
    }
}

/// Returns a violation that a request may have in a section.
fn violation(notes: &Notes, location: Location, names: &[String]) -> Option<Violation> {
    let validator = notes.validators.of(location).next()?;
    let mut values = invalid_values(notes, location).into_iter();
    let found = values.find_map(|value| {
        let violations = validator.validate(location, &value);
        violations.iter().next().cloned()
    })?;
    // A path that is no struct has its values by position.
    let position = match &notes.path {
        Some(PathShape::Scalar(_)) if location == Location::Path => 0,
        Some(PathShape::Tuple(_)) if location == Location::Path => found
            .pointer
            .as_str()
            .trim_start_matches('/')
            .parse()
            .ok()?,
        _ => return Some(found),
    };
    let name: &String = names.get(position)?;
    Some(Violation::new(location, format!("/{name}"), found.rule))
}

/// Returns values that may be invalid and that a request can have, the likeliest mistake first.
fn invalid_values(notes: &Notes, location: Location) -> Vec<Value> {
    let (nothing, unknown) = (json!({}), json!({"unknown": "x"}));
    let text = |name: &str| json!({name: "x"});
    match location {
        Location::Path => match &notes.path {
            Some(PathShape::Scalar(_)) => vec![json!("x")],
            Some(PathShape::Tuple(items)) => vec![items.iter().map(|_| "x").collect()],
            Some(PathShape::Fields(fields)) => {
                let each = fields.iter().map(|field| (field.name.clone(), "x".into()));
                vec![Value::Object(each.collect())]
            }
            None => Vec::new(),
        },
        Location::Query => std::iter::once(nothing)
            .chain(not_text(notes, ParameterLocation::Query).map(text))
            .chain(Some(unknown).filter(|_| notes.unknown_parameters == UnknownParameters::Reject))
            .collect(),
        // Header fields that are not declared are ignored.
        Location::Header => std::iter::once(nothing)
            .chain(not_text(notes, ParameterLocation::Header).map(text))
            .collect(),
        Location::Cookie => std::iter::once(nothing)
            .chain(not_text(notes, ParameterLocation::Cookie).map(text))
            .collect(),
        Location::Body if is_json(notes) => vec![nothing, unknown, Value::Null, json!([])],
        Location::Body => vec![nothing, unknown],
        _ => Vec::new(),
    }
}

/// Returns the parameters of a section that are numbers or booleans.
fn not_text(notes: &Notes, location: ParameterLocation) -> impl Iterator<Item = &str> {
    let parameters = notes.parameters.iter();
    let parameters = parameters.filter(move |parameter| {
        let kind = parameter.schema.0.get("type").and_then(Value::as_str);
        parameter.location == location && matches!(kind, Some("integer" | "number" | "boolean"))
    });
    parameters.map(|parameter| parameter.name.as_str())
}

fn is_json(notes: &Notes) -> bool {
    let body = notes.body.as_ref();
    body.is_some_and(|body| body.content.keys().any(|name| name == media::JSON))
}

/// The code of failures that no handler declares.
const INTERNAL: &str = "internal_server_error";

/// Returns the rejection of an error with a status, about which nothing else is known.
pub(super) fn of_status(status: u16, code: Option<&'static str>) -> Option<Rejection> {
    let status = StatusCode::from_u16(status).ok()?;
    Some(match status {
        StatusCode::INTERNAL_SERVER_ERROR if code.is_none_or(|it| it == INTERNAL) => {
            Rejection::internal(String::new())
        }
        _ => Rejection::declared(
            status,
            code.unwrap_or_else(|| http::code(status)),
            reason_phrase(status),
        ),
    })
}

/// Returns the rejection of an error that a handler declares. Its message is not known before it happens; the description
/// stands for it, and the reason phrase from status 500 up.
pub(super) fn of_response(response: &ErrorResponse) -> Option<Rejection> {
    let code = match response.code {
        Cow::Borrowed(code) => Some(code),
        Cow::Owned(_) => None,
    };
    let description = response.description.trim().trim_end_matches('.');
    if response.status >= 500 || description.is_empty() {
        return of_status(response.status, code);
    }
    let status = StatusCode::from_u16(response.status).ok()?;
    Some(Rejection::declared(
        status,
        code.unwrap_or_else(|| http::code(status)),
        description,
    ))
}

/// Returns the rejection of a body that is too large.
pub(super) fn too_large(limit: usize) -> Rejection {
    Reason::ContentTooLarge { limit }.into()
}

/// Returns the rejection of a body that is empty where JSON is expected.
pub(super) fn malformed_body() -> Rejection {
    Reason::EmptyBody.into()
}

/// Returns the rejection of a body of another media type.
pub(super) fn unsupported_media_type() -> Rejection {
    Reason::UnsupportedMediaType {
        found: Some("`text/plain`".to_owned()),
    }
    .into()
}
