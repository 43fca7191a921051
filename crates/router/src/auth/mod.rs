//! Authentication. An authenticator is declared once in the registry and named
//! by operations; the same declaration is enforced and written into the document.
//!
//! This module has the trait and its failures (`failure.rs`), the requirements
//! of operations (`requirement.rs`), the check of a request against them
//! (`guards.rs`), the identity of the caller (`identity.rs`), and the built-in
//! authenticators.

mod api_key;
#[cfg(any(feature = "basic", feature = "jwt"))]
mod authorization;
#[cfg(feature = "basic")]
mod basic;
#[cfg(feature = "jwt")]
mod bearer;
mod erased;
pub(crate) mod failure;
mod guards;
mod identity;
#[cfg(feature = "passwords")]
mod passwords;
mod requirement;

use std::{borrow::Cow, future::Future};

use actix_web::HttpRequest;
use purlin_openapi::SecurityScheme;

pub use api_key::{Application, CookieApiKey, HeaderApiKey, KeyRing, QueryApiKey};
#[cfg(feature = "basic")]
pub use basic::{Basic, PasswordHashError, User};
#[cfg(feature = "jwt")]
pub use bearer::{Bearer, JwtIssueError, JwtIssuer, JwtKeys, JwtKeysError, MappedClaims, Token};
pub(crate) use erased::Named;
pub use failure::{AuthFailure, ChallengeContext};
pub(crate) use guards::{Guards, Step};
pub use identity::Identity;
#[cfg(feature = "passwords")]
pub use passwords::{PasswordError, Passwords};
pub use requirement::{Requirement, all_of, any_of, anyone, registry_default, scopes};

/// Identifies the caller of a request, or rejects the request.
///
/// Authentication comes before validation: the parameters and the body of an
/// unauthenticated request are not read.
///
/// ```
/// use std::borrow::Cow;
///
/// use actix_web::HttpRequest;
/// use purlin_router::{auth::{AuthFailure, Authenticator}, openapi::SecurityScheme};
///
/// /// Identifies the user by the header that a reverse proxy sets.
/// struct Proxy;
///
/// struct UserName(String);
///
/// impl Authenticator for Proxy {
///     type Identity = UserName;
///
///     fn scheme(&self) -> SecurityScheme {
///         SecurityScheme::http("negotiate")
///     }
///
///     async fn authenticate(&self, request: &HttpRequest) -> Result<UserName, AuthFailure> {
///         let user = request.headers().get("x-remote-user").ok_or(AuthFailure::Missing)?;
///         let user = user.to_str().map_err(|_| AuthFailure::Invalid)?;
///         Ok(UserName(user.to_owned()))
///     }
///
///     fn subject<'i>(&self, identity: &'i UserName) -> Cow<'i, str> {
///         Cow::Borrowed(&identity.0)
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an authenticator",
    label = "not an authenticator",
    note = "use `HeaderApiKey`, or implement `purlin_router::auth::Authenticator`"
)]
pub trait Authenticator: Send + Sync + 'static {
    /// The type of the caller's identity. Handlers take it as [`Identity<T>`](Identity).
    type Identity: 'static;

    /// Returns the security scheme in the document (OpenAPI 3.1.1 section 4.8.27).
    fn scheme(&self) -> SecurityScheme;

    /// Checks the credential of a request.
    ///
    /// # Errors
    ///
    /// Returns [`AuthFailure`] when the request is rejected.
    fn authenticate(
        &self,
        request: &HttpRequest,
    ) -> impl Future<Output = Result<Self::Identity, AuthFailure>>;

    /// Names the caller: a text that no other caller of this authenticator has,
    /// and that is the same in every request of this one, such as the id of a
    /// user. What is kept for a caller is kept under this name, as responses to
    /// requests with an idempotency key are: two callers of one name would get
    /// each other's.
    ///
    /// Where no part of an identity distinguishes callers, use a digest of the
    /// credential. An authenticator that has a single caller may use any text.
    fn subject<'i>(&self, identity: &'i Self::Identity) -> Cow<'i, str>;

    /// Returns the challenge for the `WWW-Authenticate` header (RFC 9110 section
    /// 11.6.1). By default it is the name of an HTTP authentication scheme, and
    /// there is none for other schemes.
    fn challenge(&self, context: &ChallengeContext<'_>) -> Option<String> {
        let _ = context;
        match self.scheme() {
            SecurityScheme::Http { scheme, .. } => Some(scheme),
            _ => None,
        }
    }

    /// Returns whether the caller has a scope. It is called only where an operation
    /// requires scopes, which needs an authenticator that [has
    /// scopes](Self::has_scopes).
    fn grants(&self, identity: &Self::Identity, scope: &str) -> bool {
        let _ = (identity, scope);
        false
    }

    /// Returns whether callers have scopes.
    fn has_scopes(&self) -> bool {
        false
    }

    /// Returns the failures of [`authenticate`](Self::authenticate) other than a
    /// missing or invalid credential; the document lists their statuses.
    fn other_failures(&self) -> &'static [AuthFailure] {
        &[]
    }

    /// Returns what is wrong with the configuration, each with its remedy: errors
    /// of [`Registry::build`](crate::Registry::build).
    fn errors(&self) -> Vec<String> {
        Vec::new()
    }

    /// Returns what is probably wrong with the configuration, each with its remedy.
    /// [`Registry::build`](crate::Registry::build) logs it with the name of the
    /// authenticator.
    fn warnings(&self) -> Vec<String> {
        Vec::new()
    }
}
