//! The bodies of errors. One style per registry, for every error it responds
//! with; the document describes the same style.
//!
//! This file has the choice, and what all styles have in common. Each body has
//! a file of its own.

mod custom;
mod parts;
mod problem;
mod rebar;

use std::{borrow::Cow, fmt, sync::Arc};

use actix_web::http::StatusCode;
use purlin_schemas::{Direction, Location, SchemaWithDefinitions, ValidatorErrors};

pub use custom::ErrorFormat;
pub use parts::ErrorParts;
pub use problem::Problem;
pub use rebar::RebarError;

use super::{Rejection, statuses::Statuses};
use crate::compatibility::Compatibility;

/// The style of a registry's errors.
#[derive(Clone, Default)]
#[non_exhaustive]
pub enum ErrorStyle {
    /// Problem details (RFC 9457), with a `violations` array:
    /// `application/problem+json`.
    #[default]
    Problem,
    /// Flask-Rebar's envelope, for drop-in replacement of a service that
    /// clients know: `{"errors": …, "message": …, "rebar_error_code": …}`.
    /// It brings [`Compatibility::FLASK_REBAR`] with it, unless the registry
    /// chooses another with [`compatibility`](crate::Registry::compatibility).
    Rebar,
    /// As [`Rebar`](Self::Rebar), with another name for `rebar_error_code`, or,
    /// for `None`, without it.
    RebarCode(Option<Cow<'static, str>>),
    /// A style of your own; see [`ErrorStyle::custom`].
    Custom(Arc<dyn ErrorFormat>),
}

impl ErrorStyle {
    /// Returns a style of your own, which supplies the body and its schema.
    #[must_use]
    pub fn custom(format: impl ErrorFormat) -> Self {
        Self::Custom(Arc::new(format))
    }

    /// Returns the media type of this style's error bodies.
    #[must_use]
    pub fn media_type(&self) -> &'static str {
        match self {
            Self::Problem => Problem::MEDIA_TYPE,
            Self::Rebar | Self::RebarCode(_) => "application/json",
            Self::Custom(format) => format.media_type(),
        }
    }

    /// Returns the behaviour that the style brings with it.
    #[must_use]
    pub fn compatibility(&self) -> Compatibility {
        match self {
            Self::Rebar | Self::RebarCode(_) => Compatibility::FLASK_REBAR,
            Self::Problem | Self::Custom(_) => Compatibility::new(),
        }
    }

    /// Returns the schema of this style's error bodies.
    pub(crate) fn described(&self) -> Result<SchemaWithDefinitions, ValidatorErrors> {
        match self {
            Self::Problem => purlin_schemas::describe::<Problem>(Direction::Output),
            Self::Rebar => purlin_schemas::describe::<RebarError>(Direction::Output),
            Self::RebarCode(name) => rebar::described(name.as_deref()),
            Self::Custom(format) => format.schema(),
        }
    }

    /// Returns the statuses of requests that are not as declared.
    pub(super) fn statuses(&self) -> Statuses {
        match self {
            Self::Problem | Self::Rebar | Self::RebarCode(_) => Statuses::DEFAULT,
            Self::Custom(format) => Statuses {
                path: format.violation_status(Location::Path),
                query: format.violation_status(Location::Query),
                header: format.violation_status(Location::Header),
                cookie: format.violation_status(Location::Cookie),
                body: format.violation_status(Location::Body),
                malformed_body: format.malformed_body_status(),
                media_type: format.media_type_status(),
            },
        }
    }

    /// Returns whether the bodies have the additional members of an error at their root.
    pub(crate) fn writes_members(&self) -> bool {
        match self {
            Self::Problem | Self::Rebar | Self::RebarCode(_) => true,
            Self::Custom(format) => format.writes_members(),
        }
    }

    /// Returns the status and the body of a rejection.
    pub(super) fn body(&self, rejection: &Rejection, statuses: &Statuses) -> (StatusCode, Vec<u8>) {
        match self {
            Self::Problem => problem::body(&rejection.parts(statuses)),
            Self::Rebar => rebar::body(rejection, Some(rebar::CODE), statuses),
            Self::RebarCode(name) => rebar::body(rejection, name.as_deref(), statuses),
            Self::Custom(format) => {
                let parts = rejection.parts(statuses);
                (parts.status, format.body(&parts))
            }
        }
    }
}

impl fmt::Debug for ErrorStyle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Problem => f.write_str("Problem"),
            Self::Rebar => f.write_str("Rebar"),
            Self::RebarCode(name) => f.debug_tuple("RebarCode").field(name).finish(),
            Self::Custom(format) => f.debug_tuple("Custom").field(&format.media_type()).finish(),
        }
    }
}
