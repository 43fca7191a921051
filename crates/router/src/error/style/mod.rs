//! How an error looks on the wire. One style per registry, for every error it
//! answers with; the document describes the same style.
//!
//! What lives here: the choice, and what all styles have in common. Each body
//! has a file of its own.

mod custom;
mod parts;
mod problem;
mod rebar;

use actix_web::{
    HttpResponse,
    body::BoxBody,
    http::{
        StatusCode,
        header::{self, HeaderValue},
    },
};
use purlin_schemas::{Direction, Location, SchemaWithDefinitions, ValidatorErrors};

pub use custom::{CustomStyle, ErrorFormat};
pub use parts::ErrorParts;
pub use problem::Problem;
pub use rebar::RebarError;

use super::Rejection;

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
    /// Flask-Rebar's envelope with another name for `rebar_error_code`, or
    /// without it: see [`ErrorStyle::rebar_code`].
    RebarCode(Option<&'static str>),
    /// A style of your own: see [`ErrorStyle::custom`].
    Custom(CustomStyle),
}

impl ErrorStyle {
    /// Flask-Rebar's envelope with `rebar_error_code` under another name, or,
    /// for `None`, without it.
    #[must_use]
    pub fn rebar_code(name: Option<&'static str>) -> Self {
        Self::RebarCode(name)
    }

    /// A style of your own, which supplies the body and its schema.
    #[must_use]
    pub fn custom(format: &'static dyn ErrorFormat) -> Self {
        Self::Custom(CustomStyle(format))
    }

    /// The media type of this style's error bodies.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Problem => Problem::MEDIA_TYPE,
            Self::Rebar | Self::RebarCode(_) => "application/json",
            Self::Custom(custom) => custom.0.media_type(),
        }
    }

    /// The schema of this style's error bodies.
    pub(crate) fn described(self) -> Result<SchemaWithDefinitions, ValidatorErrors> {
        match self {
            Self::Problem => purlin_schemas::describe::<Problem>(Direction::Output),
            Self::Rebar => purlin_schemas::describe::<RebarError>(Direction::Output),
            Self::RebarCode(name) => rebar::described(name),
            Self::Custom(custom) => custom.0.schema(),
        }
    }

    pub(crate) fn render(self, rejection: &Rejection) -> HttpResponse {
        let (status, body) = match self {
            Self::Problem => problem::body(&rejection.parts()),
            Self::Rebar => rebar::body(rejection, Some(rebar::CODE)),
            Self::RebarCode(name) => rebar::body(rejection, name),
            Self::Custom(custom) => {
                let parts = rejection.parts();
                (parts.status, custom.0.body(&parts))
            }
        };
        let mut response = HttpResponse::new(status);
        let headers = response.headers_mut();
        for (name, value) in rejection.headers() {
            headers.append(name, value);
        }
        // What a custom style says is a static text of the program's.
        if let Ok(media_type) = HeaderValue::from_str(self.media_type()) {
            headers.insert(header::CONTENT_TYPE, media_type);
        }
        response.set_body(BoxBody::new(body))
    }

    /// Whether this is Flask-Rebar's envelope, with all its manners.
    pub(crate) fn is_rebar(self) -> bool {
        matches!(self, Self::Rebar | Self::RebarCode(_))
    }

    /// The statuses a section's violations are answered with.
    pub(crate) fn violation_status(self, location: Location) -> StatusCode {
        match location {
            // A Flask URL converter that does not match is an unknown address.
            Location::Path if self.is_rebar() => StatusCode::NOT_FOUND,
            _ => StatusCode::BAD_REQUEST,
        }
    }

    pub(crate) fn media_type_status(self) -> StatusCode {
        if self.is_rebar() {
            StatusCode::BAD_REQUEST
        } else {
            StatusCode::UNSUPPORTED_MEDIA_TYPE
        }
    }

    /// Whether a path whose parameters are not what an operation asks for is
    /// not that operation's, as for Flask's URL converters: another may be at
    /// home there, else the address is unknown, to whoever asks.
    pub(crate) fn routes_by_type(self) -> bool {
        self.is_rebar()
    }

    /// OPTIONS: Flask answers 200, everybody else 204.
    pub(crate) fn options_status(self) -> StatusCode {
        if self.is_rebar() {
            StatusCode::OK
        } else {
            StatusCode::NO_CONTENT
        }
    }
}
