//! The two ways an error looks on the wire. One style per registry, for every
//! error it answers with; the document describes the same style.

use actix_web::{
    HttpResponse,
    http::{
        StatusCode,
        header::{self, HeaderValue},
    },
};
use purlin_schemas::{Location, Problem, RebarError, Violation};
use serde::Serialize;

use super::{Reason, Rejection, http::reason_phrase};
use crate::auth::AuthFailure;

/// How a registry's errors look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorStyle {
    /// Problem details (RFC 9457), with a `violations` array:
    /// `application/problem+json`.
    #[default]
    Problem,
    /// Flask-Rebar's envelope, for drop-in replacement of a service that
    /// clients know: `{"errors": …, "message": …, "rebar_error_code": …}`.
    Rebar,
}

impl ErrorStyle {
    /// The media type of this style's error bodies.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Problem => Problem::MEDIA_TYPE,
            Self::Rebar => "application/json",
        }
    }

    pub(crate) fn render(self, rejection: &Rejection) -> HttpResponse {
        let (status, body) = match self {
            Self::Problem => problem(rejection),
            Self::Rebar => rebar(rejection),
        };
        let mut response = HttpResponse::new(status);
        let headers = response.headers_mut();
        if let Reason::Foreign(foreign) = &rejection.reason {
            for (name, value) in &foreign.headers {
                headers.append(name.clone(), value.clone());
            }
        }
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static(self.media_type()),
        );
        match &rejection.reason {
            Reason::MethodNotAllowed { allow } => {
                headers.insert(header::ALLOW, allow.clone());
            }
            Reason::Unauthenticated { challenges, .. } => {
                for challenge in challenges {
                    match HeaderValue::from_str(challenge) {
                        Ok(value) => headers.append(header::WWW_AUTHENTICATE, value),
                        Err(error) => log::error!(
                            target: "purlin::error",
                            "the challenge {challenge:?} cannot be sent: {error}"
                        ),
                    }
                }
            }
            _ => {}
        }
        response.set_body(actix_web::body::BoxBody::new(body))
    }

    /// The statuses a section's violations are answered with.
    pub(crate) fn violation_status(self, location: Location) -> StatusCode {
        match (self, location) {
            // A Flask URL converter that does not match is an unknown address.
            (Self::Rebar, Location::Path) => StatusCode::NOT_FOUND,
            _ => StatusCode::BAD_REQUEST,
        }
    }

    pub(crate) fn media_type_status(self) -> StatusCode {
        match self {
            Self::Problem => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Rebar => StatusCode::BAD_REQUEST,
        }
    }

    /// Whether a path whose parameters are not what an operation asks for is
    /// not that operation's, as for Flask's URL converters: another may be at
    /// home there, else the address is unknown, to whoever asks.
    pub(crate) fn routes_by_type(self) -> bool {
        self == Self::Rebar
    }

    /// OPTIONS: Flask answers 200, everybody else 204.
    pub(crate) fn options_status(self) -> StatusCode {
        match self {
            Self::Problem => StatusCode::NO_CONTENT,
            Self::Rebar => StatusCode::OK,
        }
    }
}

/// Bytes of an error body. Both bodies are strings and numbers, which always
/// serialise; were that ever untrue, the status alone still says what is wrong.
fn json(body: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(body).unwrap_or_default()
}

fn problem(rejection: &Rejection) -> (StatusCode, Vec<u8>) {
    let status = rejection.status();
    let mut violations = rejection.violations.clone();
    let (code, detail) = match &rejection.reason {
        Reason::Invalid => ("validation_failed", count(violations.len())),
        Reason::EmptyBody => {
            violations.push(Violation::empty_body());
            ("empty_body", "the body is empty; send JSON".to_owned())
        }
        Reason::MalformedBody {
            line,
            column,
            message,
        } => {
            violations.push(Violation::malformed_body(*line, *column, message));
            (
                "malformed_json",
                format!("the body is not JSON: {message} at line {line} column {column}"),
            )
        }
        Reason::UnreadableBody(message) => ("unreadable_body", message.clone()),
        Reason::UnsupportedMediaType { found } => (
            "unsupported_media_type",
            match found {
                Some(found) => format!(
                    "the body is {found}; send `application/json`, in UTF-8 and not compressed"
                ),
                None => "the body has no Content-Type; send `application/json`".to_owned(),
            },
        ),
        Reason::ContentTooLarge { limit } => (
            "content_too_large",
            format!("the body is larger than {limit} bytes"),
        ),
        Reason::Unauthenticated { failure, .. } => (failure.code(), failure.words().to_owned()),
        Reason::NotFound => ("not_found", "nothing is served at this path".to_owned()),
        Reason::MethodNotAllowed { allow } => (
            "method_not_allowed",
            format!(
                "this path answers {}",
                allow.to_str().unwrap_or("other methods")
            ),
        ),
        Reason::Internal => (
            "internal_server_error",
            "the server failed; the failure is in its log".to_owned(),
        ),
        Reason::Api { code, message, .. } => (*code, message.clone()),
        Reason::Foreign(foreign) => (
            "request_refused",
            foreign
                .message
                .clone()
                .unwrap_or_else(|| reason_phrase(status).to_owned()),
        ),
    };
    let mut body = Problem::new(status.as_u16(), reason_phrase(status));
    body.detail = Some(detail);
    body.code = Some(code.to_owned());
    body.violations = violations;
    (status, json(&body))
}

fn count(violations: usize) -> String {
    match violations {
        1 => "the request breaks 1 rule".to_owned(),
        n => format!("the request breaks {n} rules"),
    }
}

const NOT_FOUND: &str = "The requested URL was not found on the server. If you entered the URL manually please check your spelling and try again.";
const METHOD_NOT_ALLOWED: &str = "The method is not allowed for the requested URL.";

/// Flask-Rebar 3.4.1's words and codes. Where several sections fail, the first
/// one in its order speaks: path, query, body, headers.
fn rebar(rejection: &Rejection) -> (StatusCode, Vec<u8>) {
    let status = rejection.status();
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
        if violations.iter().any(|v| v.location == Location::Path) {
            return (
                StatusCode::NOT_FOUND,
                json(&RebarError::new(NOT_FOUND, None)),
            );
        }
        return (
            StatusCode::BAD_REQUEST,
            json(&RebarError::from_violations(violations)),
        );
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
            StatusCode::BAD_REQUEST,
            "Only payloads with 'content-type' 'application/json' are supported.",
            Some("unsupported_content_type"),
        ),
        Reason::Unauthenticated { failure, .. } => (
            status,
            match failure {
                AuthFailure::Missing => "No auth token provided.",
                AuthFailure::Invalid => "Invalid authentication.",
                AuthFailure::Unavailable => "Service Unavailable",
                AuthFailure::Forbidden => "Forbidden",
            },
            match failure {
                AuthFailure::Missing => Some("missing_auth_token"),
                AuthFailure::Invalid => Some("invalid_auth_token"),
                AuthFailure::Unavailable | AuthFailure::Forbidden => None,
            },
        ),
        Reason::NotFound => (status, NOT_FOUND, None),
        Reason::MethodNotAllowed { .. } => (status, METHOD_NOT_ALLOWED, None),
        Reason::Internal => (
            status,
            "Sorry, there was an internal error.",
            Some("internal_server_error"),
        ),
        Reason::Api { message, .. } => (status, message.as_str(), None),
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
    (status, json(&RebarError::new(phrase(message), code)))
}

/// Flask-Rebar calls some statuses as RFC 2616 did.
fn phrase(message: &str) -> &str {
    match message {
        "Content Too Large" => "Request Entity Too Large",
        "URI Too Long" => "Request URI Too Long",
        "Range Not Satisfiable" => "Requested Range Not Satisfiable",
        "Unprocessable Content" => "Unprocessable Entity",
        other => other,
    }
}
