//! Why a request was not answered by its handler. How that looks on the wire
//! is for `style.rs` to say.

use std::fmt;

use actix_web::{
    HttpMessage, HttpResponse, ResponseError,
    dev::{ServiceRequest, ServiceResponse},
    http::{
        StatusCode,
        header::{self, HeaderName, HeaderValue},
    },
};
use purlin_schemas::{DecodeError, Location, Violation};
use serde_json::{Map, Value};

use super::{ApiError, ErrorStyle, foreign::Foreign, http::reason_phrase};
use crate::{auth::AuthFailure, context::Context, unread};

/// A request turned down, with everything that is wrong with it.
///
/// Rejections are rendered in the registry's [`ErrorStyle`]. In a plain actix
/// handler they are rendered in the default style.
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
    /// A panic, or a mistake of ours, in words the client never reads.
    Internal(String),
    /// A failure the handler declares.
    Api(Box<ApiAnswer>),
    /// An actix error from an extractor that is not ours.
    Foreign(Foreign),
}

/// What a failure the handler declares is answered with.
#[derive(Debug)]
pub(crate) struct ApiAnswer {
    pub(crate) status: StatusCode,
    pub(crate) code: &'static str,
    pub(crate) message: String,
    pub(crate) additional: Map<String, Value>,
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
}

/// Which rules the request broke. Who counts them puts an empty list into the request's extensions.
#[derive(Debug, Default)]
pub(crate) struct Broken(pub(crate) Vec<(Location, String)>);

impl From<Reason> for Rejection {
    fn from(reason: Reason) -> Self {
        Self {
            reason,
            violations: Vec::new(),
        }
    }
}

impl Rejection {
    /// A request whose values break the rules declared for them.
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
            // The enum may grow; what we do not know yet is a plain 400.
            other => Reason::UnreadableBody(other.to_string()).into(),
        }
    }

    /// A mistake of ours, for the log and the registry's hooks.
    pub(crate) fn internal(words: impl Into<String>) -> Self {
        Reason::Internal(words.into()).into()
    }

    /// A caller nobody knows, outside a registry.
    pub(crate) fn unauthenticated(failure: AuthFailure) -> Self {
        Reason::Unauthenticated {
            failure,
            challenges: Vec::new(),
        }
        .into()
    }

    /// A mistake in a type's schema met while serving: it is logged, and the
    /// client reads a 500. A built registry has none.
    pub(crate) fn validator(errors: &purlin_schemas::ValidatorErrors) -> Self {
        log::error!(target: "purlin::contract", "{errors}");
        Self::internal(errors.to_string())
    }

    pub(crate) fn api<E: ApiError>(error: &E) -> Self {
        let status = error.status();
        let message = if status.is_server_error() {
            log::error!(target: "purlin::error", "answered {status}: {}", chain(error));
            reason_phrase(status).to_owned()
        } else {
            error.to_string()
        };
        Reason::Api(Box::new(ApiAnswer {
            status,
            code: error.code(),
            message,
            additional: error.additional(),
            headers: error.headers(),
        }))
        .into()
    }

    /// A request that middleware turns away before any operation runs, such as a
    /// 429 or a 503. Nothing is logged, and the client reads the error's words
    /// whatever its status.
    #[must_use]
    pub fn turned_away<E: ApiError>(error: &E) -> Self {
        Reason::Api(Box::new(ApiAnswer {
            status: error.status(),
            code: error.code(),
            message: error.to_string(),
            additional: error.additional(),
            headers: error.headers(),
        }))
        .into()
    }

    /// Answers a request that was turned away. What is small of its body is
    /// read and thrown away first, so that the connection can be used again.
    pub async fn answer(&self, mut request: ServiceRequest, style: ErrorStyle) -> ServiceResponse {
        let (head, payload) = request.parts_mut();
        if let Some(rest) = unread::rest(head.headers(), payload) {
            rest.await;
        }
        request.into_response(self.render(style))
    }

    pub(crate) fn foreign(error: actix_web::Error) -> Self {
        Reason::Foreign(Foreign::new(&error)).into()
    }

    /// The rejections of all arguments in one: the first that is more than a
    /// list of violations gives the status, and every violation is kept.
    pub(crate) fn combine(all: Vec<Self>) -> Self {
        let mut reason = Reason::Invalid;
        let mut violations = Vec::new();
        for rejection in all {
            violations.extend(rejection.violations);
            if matches!(reason, Reason::Invalid) {
                reason = rejection.reason;
            }
        }
        violations.sort_by_key(|violation| section_order(violation.location));
        Self { reason, violations }
    }

    /// Every violation found, in the order path, query, header, cookie, body.
    #[must_use]
    pub fn violations(&self) -> &[Violation] {
        &self.violations
    }

    /// The response, in the style of the request's registry, whose hooks hear
    /// of it when nobody expected it.
    pub(crate) fn respond(&self, context: &Context<'_>) -> HttpResponse {
        if let Some(words) = self.unexpected() {
            context.tell_hooks(words);
        }
        let mut response = self.render(context.error_style());
        if let Some(broken) = context.request().extensions_mut().get_mut::<Broken>() {
            let rules = self.violations.iter();
            broken
                .0
                .extend(rules.map(|it| (it.location, it.code().to_owned())));
        }
        let headers = response.headers_mut();
        // A 401 has a challenge, whoever answers it (RFC 9110 section 15.5.2).
        if self.status() == StatusCode::UNAUTHORIZED
            && !headers.contains_key(header::WWW_AUTHENTICATE)
        {
            for challenge in context.challenges() {
                headers.append(header::WWW_AUTHENTICATE, challenge.clone());
            }
        }
        response
    }

    /// What no handler declares, in words for those who mend it.
    fn unexpected(&self) -> Option<&str> {
        match &self.reason {
            Reason::Internal(words) => Some(words),
            Reason::Foreign(foreign) if foreign.status.is_server_error() => {
                Some(foreign.cause.as_str())
            }
            _ => None,
        }
    }

    /// The headers it is answered with, beside those of the body.
    pub(crate) fn headers(&self) -> Vec<(HeaderName, HeaderValue)> {
        match &self.reason {
            Reason::Foreign(foreign) => {
                let headers = foreign.headers.iter();
                headers
                    .map(|(name, value)| (name.clone(), value.clone()))
                    .collect()
            }
            Reason::Api(answer) => answer.headers.clone(),
            Reason::MethodNotAllowed { allow } => vec![(header::ALLOW, allow.clone())],
            Reason::Unauthenticated { challenges, .. } => challenges
                .iter()
                .filter_map(|challenge| match HeaderValue::from_str(challenge) {
                    Ok(value) => Some((header::WWW_AUTHENTICATE, value)),
                    Err(error) => {
                        log::error!(
                            target: "purlin::error",
                            "the challenge {challenge:?} cannot be sent: {error}"
                        );
                        None
                    }
                })
                .collect(),
            _ => Vec::new(),
        }
    }

    /// The response, in a given style.
    #[must_use]
    pub fn render(&self, style: ErrorStyle) -> HttpResponse {
        style.render(self)
    }

    pub(crate) fn status(&self) -> StatusCode {
        match &self.reason {
            Reason::Invalid
            | Reason::EmptyBody
            | Reason::MalformedBody { .. }
            | Reason::UnreadableBody(_) => StatusCode::BAD_REQUEST,
            Reason::UnsupportedMediaType { .. } => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Reason::ContentTooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Reason::Unauthenticated { failure, .. } => failure.status(),
            Reason::NotFound => StatusCode::NOT_FOUND,
            Reason::MethodNotAllowed { .. } => StatusCode::METHOD_NOT_ALLOWED,
            Reason::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
            Reason::Api(answer) => answer.status,
            Reason::Foreign(foreign) => foreign.status,
        }
    }
}

/// An error and its causes in one line.
fn chain(error: &dyn std::error::Error) -> String {
    let mut words = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        words.push_str(": ");
        words.push_str(&error.to_string());
        cause = error.source();
    }
    words
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
        write!(f, "{}", self.status())?;
        for violation in &self.violations {
            write!(f, "; {:?} {violation}", violation.location)?;
        }
        Ok(())
    }
}

impl std::error::Error for Rejection {}

impl ResponseError for Rejection {
    fn status_code(&self) -> StatusCode {
        self.status()
    }

    fn error_response(&self) -> HttpResponse {
        self.render(ErrorStyle::default())
    }
}
