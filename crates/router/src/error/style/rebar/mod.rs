//! Flask-Rebar 3.4.1's errors: statuses, messages and codes.

mod envelope;
mod messages;

use actix_web::http::StatusCode;
use purlin_schemas::{Direction, Location, SchemaWithDefinitions, ValidatorErrors, Violation};
use serde_json::{Map, Value};

pub use envelope::RebarError;

use crate::{
    auth::failure::AuthFailure,
    error::{Reason, Rejection, reason_phrase::reason_phrase, statuses::Statuses},
};

/// Flask-Rebar's name of the member that holds the code.
pub(super) const CODE: &str = "rebar_error_code";

const NOT_FOUND: &str = "The requested URL was not found on the server. If you entered the URL manually please check your spelling and try again.";
const METHOD_NOT_ALLOWED: &str = "The method is not allowed for the requested URL.";

/// Returns the status and body of a rejection. Where several sections are invalid, the first one in Flask-Rebar's
/// order is reported: path, query, body, headers.
pub(super) fn body(
    rejection: &Rejection,
    code_name: Option<&str>,
    statuses: &Statuses,
) -> (StatusCode, Vec<u8>) {
    let status = rejection.status(statuses);
    let violations = &rejection.violations;
    let ahead_of_the_body =
        |violation: &&Violation| matches!(violation.location, Location::Path | Location::Query);
    let about_the_body = !matches!(rejection.reason, Reason::Invalid)
        && matches!(
            rejection.reason,
            Reason::EmptyBody | Reason::MalformedBody { .. } | Reason::UnsupportedMediaType { .. }
        );
    let invalid = matches!(rejection.reason, Reason::Invalid)
        || (about_the_body && violations.iter().any(|v| ahead_of_the_body(&v)));
    if invalid {
        if rejection.is_unknown_path(statuses) {
            let error = RebarError::new(NOT_FOUND, None);
            return (StatusCode::NOT_FOUND, json(&error, code_name, None));
        }
        let error = RebarError::from_violations(violations);
        return (StatusCode::BAD_REQUEST, json(&error, code_name, None));
    }
    let (status, message, code) = match &rejection.reason {
        Reason::EmptyBody => (
            status,
            "Fields must be in JSON body.",
            Some("empty_json_body"),
        ),
        Reason::MalformedBody { .. } => {
            (status, "Failed to decode JSON body.", Some("invalid_json"))
        }
        Reason::UnsupportedMediaType { .. } => (
            status,
            "Only payloads with 'content-type' 'application/json' are supported.",
            Some("unsupported_content_type"),
        ),
        Reason::Unauthenticated { failure, .. } => (
            status,
            match failure {
                AuthFailure::Missing => "No auth token provided.",
                AuthFailure::Invalid => "Invalid authentication.",
                AuthFailure::Busy | AuthFailure::Unavailable => "Service Unavailable",
                AuthFailure::Forbidden => "Forbidden",
            },
            match failure {
                AuthFailure::Missing => Some("missing_auth_token"),
                AuthFailure::Invalid => Some("invalid_auth_token"),
                AuthFailure::Busy | AuthFailure::Unavailable | AuthFailure::Forbidden => None,
            },
        ),
        Reason::NotFound => (status, NOT_FOUND, None),
        Reason::MethodNotAllowed { .. } => (status, METHOD_NOT_ALLOWED, None),
        Reason::Internal(_) => (
            status,
            "Sorry, there was an internal error.",
            Some("internal_server_error"),
        ),
        Reason::Api(failure) => (status, failure.message.as_str(), None),
        Reason::Foreign(foreign) => (
            status,
            foreign
                .message
                .as_deref()
                .unwrap_or_else(|| reason_phrase(status)),
            None,
        ),
        Reason::Invalid | Reason::ContentTooLarge { .. } | Reason::UnreadableBody(_) => {
            (status, reason_phrase(status), None)
        }
    };
    let additional = match &rejection.reason {
        Reason::Api(failure) if !failure.additional.is_empty() => Some(&failure.additional),
        _ => None,
    };
    let error = RebarError::new(phrase(message), code);
    (status, json(&error, code_name, additional))
}

/// Returns the reason phrase Flask-Rebar uses: some are those of RFC 2616.
fn phrase(message: &str) -> &str {
    match message {
        "Content Too Large" => "Request Entity Too Large",
        "URI Too Long" => "Request URI Too Long",
        "Range Not Satisfiable" => "Requested Range Not Satisfiable",
        "Unprocessable Content" => "Unprocessable Entity",
        other => other,
    }
}

/// Returns the envelope's bytes. Additional members are merged at the root and may replace the message; the code is
/// written last and cannot be replaced.
fn json(
    error: &RebarError,
    code_name: Option<&str>,
    additional: Option<&Map<String, Value>>,
) -> Vec<u8> {
    // Strings and JSON values always serialise; if that ever failed, the status alone would state the error.
    if code_name == Some(CODE) && additional.is_none() {
        return serde_json::to_vec(error).unwrap_or_default();
    }
    let Ok(Value::Object(mut members)) = serde_json::to_value(error) else {
        return Vec::new();
    };
    let code = members.remove(CODE);
    members.extend(additional.cloned().unwrap_or_default());
    if let (Some(name), Some(code)) = (code_name, code) {
        members.insert(name.to_owned(), code);
    }
    serde_json::to_vec(&members).unwrap_or_default()
}

/// Returns the envelope's schema with another name of the code, or without the code.
pub(super) fn described(code_name: Option<&str>) -> Result<SchemaWithDefinitions, ValidatorErrors> {
    let mut described = purlin_schemas::describe::<RebarError>(Direction::Output)?;
    for definition in described.definitions.values_mut() {
        let properties = definition.schema.get_mut("properties");
        let Some(properties) = properties.and_then(Value::as_object_mut) else {
            continue;
        };
        if let (Some(code), Some(name)) = (properties.remove(CODE), code_name) {
            properties.insert(name.to_owned(), code);
        }
    }
    Ok(described)
}
