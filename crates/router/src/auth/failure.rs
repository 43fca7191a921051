//! The reasons for which authentication rejects a request.

use std::borrow::Cow;

use actix_web::http::StatusCode;

/// The reason for which authentication rejects a request. Of several failures
/// the greatest determines the response: an invalid credential takes precedence
/// over a missing one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum AuthFailure {
    /// The request has no credential: 401.
    Missing,
    /// The credential is not valid: 401.
    Invalid,
    /// The credential was not checked, because too many others are being checked: 503 with `Retry-After`.
    Busy,
    /// The credential cannot be checked, because a service it depends on is unavailable: 503 with `Retry-After`.
    Unavailable,
    /// The caller is authenticated and lacks a permission: 403.
    Forbidden,
}

/// The failure and the scopes that a challenge is written for.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct ChallengeContext<'r> {
    /// The reason for which this authenticator rejected the request.
    pub failure: AuthFailure,
    /// The scopes the operation requires.
    pub scopes: &'r [Cow<'static, str>],
}

impl AuthFailure {
    pub(crate) fn status(self) -> StatusCode {
        match self {
            Self::Missing | Self::Invalid => StatusCode::UNAUTHORIZED,
            Self::Busy | Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::Forbidden => StatusCode::FORBIDDEN,
        }
    }

    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Missing => "credential_missing",
            Self::Invalid => "credential_invalid",
            Self::Busy => "authentication_busy",
            Self::Unavailable => "credential_unchecked",
            Self::Forbidden => "forbidden",
        }
    }

    pub(crate) fn message(self) -> &'static str {
        match self {
            Self::Missing => "this operation needs a credential, and the request has none",
            Self::Invalid => "the request's credential is not valid",
            Self::Busy => "too many credentials are being checked; try again later",
            Self::Unavailable => "the request's credential cannot be checked now; try again later",
            Self::Forbidden => "the caller may not do this",
        }
    }

    /// Returns the description of the response in the document.
    pub(crate) fn description(self) -> &'static str {
        match self {
            Self::Missing | Self::Invalid => "The request has no valid credential.",
            Self::Busy | Self::Unavailable => "The credential cannot be checked now.",
            Self::Forbidden => "The caller may not do this.",
        }
    }

    /// Returns the seconds after which the request may be sent again (RFC 9110 section 10.2.3).
    pub(crate) fn retry_after(self) -> Option<u32> {
        matches!(self, Self::Busy | Self::Unavailable).then_some(1)
    }
}
