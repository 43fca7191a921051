//! The statuses of requests that are not as declared: those of the registry's style, or those that its compatibility
//! asks for.

use actix_web::http::StatusCode;
use purlin_schemas::Location;

use crate::compatibility::Compatibility;

/// The statuses of one registry, chosen when it is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Statuses {
    pub(crate) path: StatusCode,
    pub(crate) query: StatusCode,
    pub(crate) header: StatusCode,
    pub(crate) cookie: StatusCode,
    pub(crate) body: StatusCode,
    /// Of a body that cannot be parsed, or is missing.
    pub(crate) malformed_body: StatusCode,
    /// Of a body of another media type.
    pub(crate) media_type: StatusCode,
}

impl Statuses {
    /// The statuses of a style that chooses none.
    pub(crate) const DEFAULT: Self = Self {
        path: StatusCode::BAD_REQUEST,
        query: StatusCode::BAD_REQUEST,
        header: StatusCode::BAD_REQUEST,
        cookie: StatusCode::BAD_REQUEST,
        body: StatusCode::BAD_REQUEST,
        malformed_body: StatusCode::BAD_REQUEST,
        media_type: StatusCode::UNSUPPORTED_MEDIA_TYPE,
    };

    /// Returns them with those that a compatibility asks for.
    pub(crate) fn with(mut self, compatibility: Compatibility) -> Self {
        if compatibility.routes_by_type() {
            self.path = StatusCode::NOT_FOUND;
        }
        if compatibility.media_type_is_bad_request() {
            self.media_type = StatusCode::BAD_REQUEST;
        }
        self
    }

    /// Returns the status of violations in a section of the request.
    pub(crate) fn of_violations(&self, location: Location) -> StatusCode {
        match location {
            Location::Path => self.path,
            Location::Query => self.query,
            Location::Header => self.header,
            Location::Cookie => self.cookie,
            // The enum is non-exhaustive; every other part of a request is in its body.
            _ => self.body,
        }
    }

    /// Returns what is wrong with them: each says that the request is at fault.
    pub(crate) fn errors(&self) -> Vec<String> {
        let all = [
            ("violations of the path", self.path),
            ("violations of the query", self.query),
            ("violations of headers", self.header),
            ("violations of cookies", self.cookie),
            ("violations of the body", self.body),
            ("a malformed body", self.malformed_body),
            ("a body of another media type", self.media_type),
        ];
        let wrong = all.iter().filter(|(_, status)| !status.is_client_error());
        wrong
            .map(|(of, status)| {
                format!(
                    "it gives {of} the status {}; choose one from 400 to 499",
                    status.as_u16()
                )
            })
            .collect()
    }
}
