//! The content of an error, before a style gives it a form.

use std::borrow::Cow;

use actix_web::http::StatusCode;
use purlin_schemas::{MAX_VIOLATIONS, Violation};
use serde_json::{Map, Value};

use crate::error::{
    Reason, Rejection, content_too_large, reason_phrase::reason_phrase, statuses::Statuses,
};

/// The content of an error.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ErrorParts<'r> {
    /// The HTTP status.
    pub status: StatusCode,
    /// The stable, machine-readable code, in snake case.
    pub code: &'static str,
    /// What is wrong, for people to read.
    pub detail: String,
    /// Every rule of the contract that the request breaks.
    pub violations: Cow<'r, [Violation]>,
    /// What the handler's failure adds, by name.
    pub additional: Cow<'r, Map<String, Value>>,
}

impl ErrorParts<'_> {
    /// The reason phrase of the status, as RFC 9110 has it.
    #[must_use]
    pub fn title(&self) -> &'static str {
        reason_phrase(self.status)
    }
}

impl Rejection {
    /// Returns the content of this rejection.
    pub(crate) fn parts(&self, statuses: &Statuses) -> ErrorParts<'_> {
        let status = self.status(statuses);
        let mut violations = Cow::Borrowed(self.violations.as_slice());
        let (code, detail) = match &self.reason {
            Reason::NotFound => ("not_found", NOT_FOUND.to_owned()),
            _ if self.is_unknown_path(statuses) => ("not_found", NOT_FOUND.to_owned()),
            Reason::Invalid => ("validation_failed", count(&violations)),
            Reason::EmptyBody => {
                violations.to_mut().push(Violation::empty_body());
                ("empty_body", "the body is empty; send JSON".to_owned())
            }
            Reason::MalformedBody {
                line,
                column,
                message,
            } => {
                let malformed = Violation::malformed_body(*line, *column, message);
                violations.to_mut().push(malformed);
                (
                    "malformed_json",
                    format!("the body is not JSON: {message} at line {line} column {column}"),
                )
            }
            Reason::UnreadableBody(message) => ("unreadable_body", message.clone()),
            Reason::UnsupportedMediaType { found } => (
                "unsupported_media_type",
                match found {
                    Some(found) => {
                        format!("the body is {found}; send `application/json`, in UTF-8")
                    }
                    None => "the body has no Content-Type; send `application/json`".to_owned(),
                },
            ),
            Reason::ContentTooLarge { limit } => (
                "content_too_large",
                content_too_large("the body", *limit as u64),
            ),
            Reason::Unauthenticated { failure, .. } => {
                (failure.code(), failure.message().to_owned())
            }
            Reason::MethodNotAllowed { allow } => (
                "method_not_allowed",
                format!(
                    "this path allows {}",
                    allow.to_str().unwrap_or("other methods")
                ),
            ),
            Reason::Internal(_) => (
                "internal_server_error",
                "the server failed; the failure is in its log".to_owned(),
            ),
            Reason::Api(failure) => (failure.code, failure.message.clone()),
            Reason::Foreign(foreign) => (
                "request_refused",
                foreign
                    .message
                    .clone()
                    .unwrap_or_else(|| reason_phrase(status).to_owned()),
            ),
        };
        let additional = match &self.reason {
            Reason::Api(failure) => Cow::Borrowed(&failure.additional),
            _ => Cow::Owned(Map::new()),
        };
        ErrorParts {
            status,
            code,
            detail,
            violations,
            additional,
        }
    }
}

const NOT_FOUND: &str = "nothing is served at this path";

/// Returns how many rules are broken; of each section no more than [`MAX_VIOLATIONS`]
/// are looked for, so there may be more where that many were found.
fn count(violations: &[Violation]) -> String {
    let is_cut_off = violations.len() >= MAX_VIOLATIONS
        && violations.iter().any(|one| {
            let section = violations.iter().filter(|v| v.location == one.location);
            section.count() >= MAX_VIOLATIONS
        });
    match violations.len() {
        1 => "the request breaks 1 rule".to_owned(),
        n if is_cut_off => format!("the request breaks at least {n} rules"),
        n => format!("the request breaks {n} rules"),
    }
}
