//! Why a request may not pass, and what is said of it.

use std::borrow::Cow;

use actix_web::http::StatusCode;

/// Why a request may not pass. Of several failures the greatest is answered:
/// a credential that is there and bad says more than one that is absent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum AuthFailure {
    /// There is no credential: 401.
    Missing,
    /// There is one, and it is not valid: 401.
    Invalid,
    /// It cannot be checked now, since whoever knows does not answer: 503.
    Unavailable,
    /// The caller is known and may not do this: 403.
    Forbidden,
}

/// What a challenge is made for.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct ChallengeContext<'r> {
    /// Why this authenticator did not let the request in.
    pub failure: AuthFailure,
    /// The scopes the operation requires of it.
    pub scopes: &'r [Cow<'static, str>],
}

impl AuthFailure {
    pub(crate) fn status(self) -> StatusCode {
        match self {
            Self::Missing | Self::Invalid => StatusCode::UNAUTHORIZED,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::Forbidden => StatusCode::FORBIDDEN,
        }
    }

    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Missing => "credential_missing",
            Self::Invalid => "credential_invalid",
            Self::Unavailable => "credential_unchecked",
            Self::Forbidden => "forbidden",
        }
    }

    pub(crate) fn message(self) -> &'static str {
        match self {
            Self::Missing => "this operation needs a credential, and the request has none",
            Self::Invalid => "the request's credential is not valid",
            Self::Unavailable => "the request's credential cannot be checked now; try again later",
            Self::Forbidden => "the caller may not do this",
        }
    }

    /// What the document says of it.
    pub(crate) fn description(self) -> &'static str {
        match self {
            Self::Missing | Self::Invalid => "The request has no valid credential.",
            Self::Unavailable => "The credential cannot be checked now.",
            Self::Forbidden => "The caller may not do this.",
        }
    }
}
