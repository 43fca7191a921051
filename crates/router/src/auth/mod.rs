//! Who may call an operation. An authenticator is declared once with the
//! registry and named by operations; the same declaration is enforced, and
//! written into the document.

mod header_api_key;

use std::{borrow::Cow, sync::Arc};

use actix_web::{HttpRequest, http::StatusCode};
use purlin_openapi::SecurityScheme;

pub use header_api_key::{Authenticated, HeaderApiKey};

use crate::error::{Reason, Rejection};

/// Lets requests in, or says why not.
///
/// Authentication comes before validation: what an unauthenticated client sends
/// is not read.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an authenticator",
    label = "not an authenticator",
    note = "use `HeaderApiKey`, or implement `purlin_router::Authenticator`"
)]
pub trait Authenticator: Send + Sync + 'static {
    /// How the document describes it (OpenAPI 3.1 section 4.8.27).
    fn scheme(&self) -> SecurityScheme;

    /// Checks the request's credential. What it learns of the caller it may put
    /// into the request's extensions.
    ///
    /// # Errors
    ///
    /// [`AuthFailure`] when the request may not pass.
    fn authenticate(&self, request: &HttpRequest) -> Result<(), AuthFailure>;

    /// The value of the `WWW-Authenticate` header a 401 carries
    /// (RFC 9110 section 11.6.1).
    fn challenge(&self) -> String;

    /// Whether [`AuthFailure::Forbidden`] is among its answers; the document
    /// then lists 403.
    fn can_forbid(&self) -> bool {
        false
    }
}

/// Why a request may not pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum AuthFailure {
    /// There is no credential: 401.
    Missing,
    /// There is one, and it is not valid: 401.
    Invalid,
    /// The caller is known and may not do this: 403.
    Forbidden,
}

impl AuthFailure {
    pub(crate) fn status(self) -> StatusCode {
        match self {
            Self::Missing | Self::Invalid => StatusCode::UNAUTHORIZED,
            Self::Forbidden => StatusCode::FORBIDDEN,
        }
    }

    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Missing => "credential_missing",
            Self::Invalid => "credential_invalid",
            Self::Forbidden => "forbidden",
        }
    }

    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Missing => "this operation needs a credential, and the request has none",
            Self::Invalid => "the request's credential is not valid",
            Self::Forbidden => "the caller may not do this",
        }
    }
}

/// An authenticator and the name operations call it by.
#[derive(Clone)]
pub(crate) struct Named {
    pub(crate) name: Cow<'static, str>,
    pub(crate) authenticator: Arc<dyn Authenticator>,
}

impl std::fmt::Debug for Named {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Named").field(&self.name).finish()
    }
}

/// The authenticators of one operation: any one of them lets a request in.
#[derive(Debug, Default)]
pub(crate) struct Guards(pub(crate) Vec<Named>);

impl Guards {
    /// Lets the request in, or answers with the failure that says most: a
    /// credential that is there and bad outranks one that is absent.
    pub(crate) fn check(&self, request: &HttpRequest) -> Result<(), Rejection> {
        let mut worst = None;
        for guard in &self.0 {
            match guard.authenticator.authenticate(request) {
                Ok(()) => return Ok(()),
                Err(failure) => worst = worst.max(Some(failure)),
            }
        }
        match worst {
            None => Ok(()),
            Some(failure) => Err(Reason::Unauthenticated {
                failure,
                challenges: match failure {
                    AuthFailure::Forbidden => Vec::new(),
                    _ => self.0.iter().map(|g| g.authenticator.challenge()).collect(),
                },
            }
            .into()),
        }
    }
}
