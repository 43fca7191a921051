//! Who may call an operation. An authenticator is declared once with the
//! registry and named by operations; the same declaration is enforced, and
//! written into the document.
//!
//! What lives here: the trait and how it fails (`failure.rs`), what operations
//! require (`requirement.rs`), holding requests to that (`guards.rs`), who was
//! let in (`identity.rs`), and the authenticators that are ready made.

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
mod requirement;

use std::future::Future;

use actix_web::HttpRequest;
use purlin_openapi::SecurityScheme;

pub use api_key::{Application, CookieApiKey, HeaderApiKey, KeyRing, QueryApiKey};
#[cfg(feature = "basic")]
pub use basic::{Basic, PasswordHashError, User};
#[cfg(feature = "jwt")]
pub use bearer::{Bearer, JwtKeys, JwtKeysError, Token};
pub(crate) use erased::Named;
pub use failure::{AuthFailure, ChallengeContext};
pub(crate) use guards::{Guards, Step};
pub use identity::Identity;
pub(crate) use requirement::Alternative;
pub use requirement::{Requirement, all_of, any_of, anyone, registry_default, scopes};

/// Lets requests in and says who the caller is, or says why not.
///
/// Authentication comes before validation: what an unauthenticated client sends
/// is not read.
///
/// ```
/// use actix_web::HttpRequest;
/// use purlin_router::{auth::{AuthFailure, Authenticator}, openapi::SecurityScheme};
///
/// /// Whoever the proxy in front of us says it is.
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
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an authenticator",
    label = "not an authenticator",
    note = "use `HeaderApiKey`, or implement `purlin_router::auth::Authenticator`"
)]
pub trait Authenticator: Send + Sync + 'static {
    /// Who the caller is. Handlers take it as [`Identity<T>`](Identity).
    type Identity: 'static;

    /// How the document describes it (OpenAPI 3.1.1 section 4.8.27).
    fn scheme(&self) -> SecurityScheme;

    /// Checks the request's credential.
    ///
    /// # Errors
    ///
    /// [`AuthFailure`] when the request may not pass.
    fn authenticate(
        &self,
        request: &HttpRequest,
    ) -> impl Future<Output = Result<Self::Identity, AuthFailure>>;

    /// The challenge of this scheme, for the `WWW-Authenticate` header
    /// (RFC 9110 section 11.6.1). Without one of its own it is the scheme's
    /// name, where HTTP knows it.
    fn challenge(&self, context: &ChallengeContext<'_>) -> Option<String> {
        let _ = context;
        match self.scheme() {
            SecurityScheme::Http { scheme, .. } => Some(scheme),
            _ => None,
        }
    }

    /// Whether the caller has a scope. Only asked where an operation requires
    /// scopes, which it may of authenticators that [have them](Self::has_scopes).
    fn grants(&self, identity: &Self::Identity, scope: &str) -> bool {
        let _ = (identity, scope);
        false
    }

    /// Whether callers have scopes.
    fn has_scopes(&self) -> bool {
        false
    }

    /// The ways [`authenticate`](Self::authenticate) may fail, beside a
    /// credential that is missing or invalid; the document lists their statuses.
    fn other_failures(&self) -> &'static [AuthFailure] {
        &[]
    }
}
