//! The rejection of a request and its reason. The response is rendered in
//! `policy.rs`, its body in `style/`.

use std::fmt;

use actix_web::http::{
    StatusCode,
    header::{self, HeaderName, HeaderValue},
};
use purlin_schemas::{DecodeError, Location, Violation};
use serde_json::{Map, Value};

use super::{ApiError, foreign::ForeignError, reason_phrase::reason_phrase, statuses::Statuses};
use crate::auth::failure::AuthFailure;

/// A request that was rejected, with everything that is wrong with it.
///
/// A rejection is rendered in the registry's [`ErrorStyle`](super::ErrorStyle); in a plain actix
/// handler, in the default style. Your own errors become one by `?`:
/// every [`ApiError`] converts into a `Rejection`.
#[derive(Debug)]
#[non_exhaustive]
pub struct Rejection {
    pub(crate) reason: Reason,
    /// What is wrong with each section of the request, as far as it could be read.
    pub(crate) violations: Vec<Violation>,
}

#[derive(Debug)]
pub(crate) enum Reason {
    /// The request was read; its violations say what is wrong.
    Invalid,
    /// The body is empty where JSON is required.
    EmptyBody,
    /// The body is not JSON.
    MalformedBody {
        line: usize,
        column: usize,
        message: String,
    },
    /// The connection broke, or the transfer coding is not what it says.
    UnreadableBody(String),
    UnsupportedMediaType {
        found: Option<String>,
    },
    ContentTooLarge {
        limit: usize,
    },
    Unauthenticated {
        failure: AuthFailure,
        challenges: Vec<String>,
    },
    NotFound,
    MethodNotAllowed {
        allow: actix_web::http::header::HeaderValue,
    },
    /// A panic, or another failure of the server; the client never reads the message.
    Internal(String),
    /// A failure the handler declares.
    Api(Box<ApiFailure>),
    /// An actix error from an extractor that is not ours.
    Foreign(ForeignError),
}

/// A failure the handler declares.
#[derive(Debug)]
pub(crate) struct ApiFailure {
    pub(crate) status: StatusCode,
    pub(crate) code: &'static str,
    pub(crate) message: String,
    pub(crate) additional: Map<String, Value>,
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
}

/// The rules a request broke, by section and code; they are collected where the request's extensions have an empty
/// list.
#[derive(Debug, Default)]
pub(crate) struct BrokenRules(pub(crate) Vec<(Location, String)>);

impl From<Reason> for Rejection {
    fn from(reason: Reason) -> Self {
        Self {
            reason,
            violations: Vec::new(),
        }
    }
}

impl<E: ApiError> From<E> for Rejection {
    /// Converts a declared failure. From status 500 up it is logged, with its sources, and
    /// the client reads the reason phrase.
    fn from(error: E) -> Self {
        Self::api(&error)
    }
}

impl Rejection {
    /// Returns the rejection of a request whose values break the rules declared for them.
    #[must_use]
    pub fn invalid(violations: impl Into<Vec<Violation>>) -> Self {
        Self {
            reason: Reason::Invalid,
            violations: violations.into(),
        }
    }

    pub(crate) fn decode(error: DecodeError) -> Self {
        match error {
            DecodeError::Empty => Reason::EmptyBody.into(),
            DecodeError::Malformed {
                line,
                column,
                message,
            } => Reason::MalformedBody {
                line,
                column,
                message,
            }
            .into(),
            DecodeError::Invalid(violations) => Self::invalid(violations),
            // The enum is non-exhaustive; a reason added later is a plain 400.
            other => Reason::UnreadableBody(other.to_string()).into(),
        }
    }

    /// Returns the rejection for a failure of the server, whose message is for the log and the registry's hooks.
    pub(crate) fn internal(message: impl Into<String>) -> Self {
        Reason::Internal(message.into()).into()
    }

    /// Returns the rejection of a request without a valid credential, outside of a registry.
    pub(crate) fn unauthenticated(failure: AuthFailure) -> Self {
        Reason::Unauthenticated {
            failure,
            challenges: Vec::new(),
        }
        .into()
    }

    /// Returns the rejection for an error of a type's schema found while serving:
    /// it is logged, and the client reads a 500. A built registry has none.
    pub(crate) fn validator(errors: &purlin_schemas::ValidatorErrors) -> Self {
        log::error!(target: "purlin::contract", "{errors}");
        Self::internal(errors.to_string())
    }

    /// Returns a rejection whose message the client reads whatever the status; nothing is logged.
    pub(crate) fn unlogged<E: ApiError>(error: &E) -> Self {
        Reason::Api(Box::new(ApiFailure {
            status: error.status(),
            code: error.code(),
            message: error.to_string(),
            additional: error.additional(),
            headers: error.headers(),
        }))
        .into()
    }

    /// Returns the rejection with a status, a code and a message.
    pub(crate) fn declared(status: StatusCode, code: &'static str, message: &str) -> Self {
        Reason::Api(Box::new(ApiFailure {
            status,
            code,
            message: message.to_owned(),
            additional: Map::new(),
            headers: Vec::new(),
        }))
        .into()
    }

    pub(crate) fn api<E: ApiError>(error: &E) -> Self {
        let status = error.status();
        if error.is_unexpected() {
            let message = chain(error.to_string(), error.source_error());
            log::error!(target: "purlin::error", "an unexpected error: {message}");
            return Self::internal(message);
        }
        let message = if status.is_server_error() {
            let message = chain(error.to_string(), error.source_error());
            log::error!(target: "purlin::error", "failed with {status}: {message}");
            reason_phrase(status).to_owned()
        } else {
            error.to_string()
        };
        Reason::Api(Box::new(ApiFailure {
            status,
            code: error.code(),
            message,
            additional: error.additional(),
            headers: error.headers(),
        }))
        .into()
    }

    pub(crate) fn foreign(error: actix_web::Error) -> Self {
        Reason::Foreign(ForeignError::new(&error)).into()
    }

    /// Combines the rejections of all extractors: the first that is more than a
    /// list of violations gives the status, and every violation is kept.
    pub(crate) fn combine(all: Vec<Self>) -> Self {
        let mut all = all.into_iter();
        let mut combined = all.next().unwrap_or_else(|| Reason::Invalid.into());
        for rejection in all {
            combined.violations.extend(rejection.violations);
            if matches!(combined.reason, Reason::Invalid) {
                combined.reason = rejection.reason;
            }
        }
        let violations = &mut combined.violations;
        violations.sort_by_key(|violation| section_order(violation.location));
        combined
    }

    /// Drops a failure of the server, such as state that a mocked registry does not have; returns `None` if nothing else is
    /// wrong with the request.
    pub(crate) fn of_request(self) -> Option<Self> {
        match &self.reason {
            _ if self.is_server_failure() => {
                let violations = self.violations;
                (!violations.is_empty()).then_some(Self {
                    reason: Reason::Invalid,
                    violations,
                })
            }
            _ => Some(self),
        }
    }

    /// Returns whether an extractor of another crate failed, and not the request.
    pub(crate) fn is_server_failure(&self) -> bool {
        matches!(&self.reason, Reason::Foreign(foreign) if foreign.status.is_server_error())
    }

    /// Returns every violation found, in the order path, query, header, cookie, body.
    #[must_use]
    pub fn violations(&self) -> &[Violation] {
        &self.violations
    }

    /// Returns the message for the log, where the failure is one no handler declares.
    pub(crate) fn unexpected(&self) -> Option<&str> {
        match &self.reason {
            Reason::Internal(message) => Some(message),
            Reason::Foreign(foreign) if foreign.status.is_server_error() => {
                Some(foreign.cause.as_str())
            }
            _ => None,
        }
    }

    /// Returns the headers of the response, beside those of the body.
    pub(crate) fn headers(&self) -> Vec<(HeaderName, HeaderValue)> {
        match &self.reason {
            Reason::Foreign(foreign) => {
                let headers = foreign.headers.iter();
                headers
                    .map(|(name, value)| (name.clone(), value.clone()))
                    .collect()
            }
            Reason::Api(failure) => failure.headers.clone(),
            Reason::MethodNotAllowed { allow } => vec![(header::ALLOW, allow.clone())],
            Reason::Unauthenticated {
                failure,
                challenges,
            } => {
                let challenges = challenges.iter().filter_map(|it| challenge_header(it));
                let retry_after = failure.retry_after();
                challenges
                    .chain(retry_after.map(|seconds| (header::RETRY_AFTER, seconds.into())))
                    .collect()
            }
            _ => Vec::new(),
        }
    }

    /// Returns whether the path is unknown because its parameters do not have
    /// the types of an operation.
    pub(crate) fn is_unknown_path(&self, statuses: &Statuses) -> bool {
        let is_about_the_request = matches!(
            self.reason,
            Reason::Invalid
                | Reason::EmptyBody
                | Reason::MalformedBody { .. }
                | Reason::UnsupportedMediaType { .. }
        );
        statuses.of_violations(Location::Path) == StatusCode::NOT_FOUND
            && is_about_the_request
            && self
                .violations
                .iter()
                .any(|it| it.location == Location::Path)
    }

    pub(crate) fn status(&self, statuses: &Statuses) -> StatusCode {
        match &self.reason {
            _ if self.is_unknown_path(statuses) => StatusCode::NOT_FOUND,
            Reason::Invalid => {
                let locations = self.violations.iter().map(|it| it.location);
                let first = locations.min_by_key(|location| section_order(*location));
                first.map_or(StatusCode::BAD_REQUEST, |it| statuses.of_violations(it))
            }
            Reason::EmptyBody | Reason::MalformedBody { .. } => statuses.malformed_body,
            Reason::UnreadableBody(_) => statuses.of_violations(Location::Body),
            Reason::UnsupportedMediaType { .. } => statuses.media_type,
            Reason::ContentTooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Reason::Unauthenticated { failure, .. } => failure.status(),
            Reason::NotFound => StatusCode::NOT_FOUND,
            Reason::MethodNotAllowed { .. } => StatusCode::METHOD_NOT_ALLOWED,
            Reason::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
            Reason::Api(failure) => failure.status,
            Reason::Foreign(foreign) => foreign.status,
        }
    }
}

fn challenge_header(challenge: &str) -> Option<(HeaderName, HeaderValue)> {
    match HeaderValue::from_str(challenge) {
        Ok(value) => Some((header::WWW_AUTHENTICATE, value)),
        Err(error) => {
            log::error!(
                target: "purlin::error",
                "the challenge {challenge:?} cannot be sent: {error}"
            );
            None
        }
    }
}

/// Returns the message of a 413.
pub(crate) fn content_too_large(part: &str, limit: u64) -> String {
    format!("{part} is larger than {limit} bytes")
}

/// Returns the message of an error and of its sources in one line. The message of a source that the one before
/// contains, as `#[error("the database: {0}")]` does, is not repeated.
pub(crate) fn chain(
    mut message: String,
    source: Option<&(dyn std::error::Error + 'static)>,
) -> String {
    let mut last = message.clone();
    let mut source = source;
    while let Some(error) = source {
        let text = error.to_string();
        if !last.contains(&text) {
            message.push_str(": ");
            message.push_str(&text);
        }
        last = text;
        source = error.source();
    }
    message
}

pub(crate) fn section_order(location: Location) -> u8 {
    match location {
        Location::Path => 0,
        Location::Query => 1,
        Location::Header => 2,
        Location::Body => 4,
        _ => 3,
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.status(&Statuses::DEFAULT))?;
        for violation in &self.violations {
            write!(f, "; {:?} {violation}", violation.location)?;
        }
        Ok(())
    }
}

impl std::error::Error for Rejection {}
