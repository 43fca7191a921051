//! The error responses of one registry: their style, and the statuses it chooses.

use actix_web::{
    HttpResponse, ResponseError,
    body::BoxBody,
    http::{
        StatusCode,
        header::{self, HeaderValue},
    },
};
use purlin_schemas::Location;
use serde_json::Value;

use super::{ErrorStyle, Problem, Reason, Rejection, statuses::Statuses};
use crate::{auth::failure::AuthFailure, compatibility::Compatibility, media};

/// The style of a registry's errors and the behaviour beside it.
#[derive(Clone, Debug)]
pub(crate) struct ErrorPolicy {
    pub(crate) style: ErrorStyle,
    pub(crate) compatibility: Compatibility,
    pub(crate) statuses: Statuses,
    /// The `Content-Type` of the bodies.
    content_type: Option<HeaderValue>,
}

/// The policy outside of a registry.
pub(crate) static DEFAULT_POLICY: ErrorPolicy = ErrorPolicy {
    style: ErrorStyle::Problem,
    compatibility: Compatibility::new(),
    statuses: Statuses::DEFAULT,
    content_type: Some(HeaderValue::from_static(Problem::MEDIA_TYPE)),
};

impl Default for ErrorPolicy {
    fn default() -> Self {
        DEFAULT_POLICY.clone()
    }
}

impl ErrorPolicy {
    /// Returns the policy of a style, with the behaviour it brings or another one.
    pub(crate) fn new(style: ErrorStyle, compatibility: Option<Compatibility>) -> Self {
        let compatibility = compatibility.unwrap_or(style.compatibility());
        Self {
            statuses: style.statuses().with(compatibility),
            compatibility,
            // A custom style's media type is any text of the program.
            content_type: HeaderValue::from_str(style.media_type()).ok(),
            style,
        }
    }

    /// Returns the response to a rejection.
    pub(crate) fn render(&self, rejection: &Rejection) -> HttpResponse {
        let (status, body) = self.style.body(rejection, &self.statuses);
        let mut response = HttpResponse::new(status);
        let headers = response.headers_mut();
        for (name, value) in rejection.headers() {
            headers.append(name, value);
        }
        if let Some(media_type) = &self.content_type {
            headers.insert(header::CONTENT_TYPE, media_type.clone());
        }
        if let Reason::Unauthenticated {
            failure: failure @ AuthFailure::Busy,
            ..
        } = rejection.reason
        {
            // For middleware that counts.
            response.extensions_mut().insert(failure);
        }
        response.set_body(BoxBody::new(body))
    }

    /// Returns the body of the response to a rejection, for the document; text, where it is not JSON.
    pub(crate) fn example(&self, rejection: &Rejection) -> Option<Value> {
        let (_, body) = self.style.body(rejection, &self.statuses);
        if media::is_json(self.style.media_type()) {
            serde_json::from_slice(&body).ok()
        } else {
            String::from_utf8(body).ok().map(Value::String)
        }
    }

    /// Returns the status of a section's violations.
    pub(crate) fn violation_status(&self, location: Location) -> StatusCode {
        self.statuses.of_violations(location)
    }

    /// Returns the status of a body of another media type.
    pub(crate) fn media_type_status(&self) -> StatusCode {
        self.statuses.media_type
    }
}

impl Rejection {
    /// Returns the response in a style, with the behaviour the style brings.
    #[must_use]
    pub fn render(&self, style: &ErrorStyle) -> HttpResponse {
        ErrorPolicy::new(style.clone(), None).render(self)
    }
}

impl ResponseError for Rejection {
    fn status_code(&self) -> StatusCode {
        self.status(&Statuses::DEFAULT)
    }

    fn error_response(&self) -> HttpResponse {
        DEFAULT_POLICY.render(self)
    }
}
