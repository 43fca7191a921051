//! The identity of an authenticated caller, as an extractor.

use std::{
    fmt,
    future::{Ready, ready},
    ops::Deref,
    rc::Rc,
};

use actix_web::{FromRequest, HttpMessage, HttpRequest, dev::Payload};

use super::AuthFailure;
use crate::{context::Context, describe::OperationBuilder, error::Rejection, extractor::Extractor};

/// The caller, as the authenticator of the request identified them.
///
/// `build()` rejects an operation that takes an identity which not every
/// alternative of its requirement gives; where only some do, take an
/// `Option<Identity<T>>`.
///
/// ```
/// use purlin_router::{Json, Operation, Registry, auth::{Application, HeaderApiKey, Identity}};
///
/// async fn who(caller: Identity<Application>) -> Json<String> {
///     Json(caller.name().to_owned())
/// }
///
/// # fn main() -> Result<(), purlin_router::RegistryErrors> {
/// let registry = Registry::new("Who", "1.0.0")
///     .authenticator("apiKey", HeaderApiKey::new("X-Key").key("ada", "s3cret"))
///     .operation(Operation::get("/who", who).authenticators(["apiKey"]));
/// registry.build()?;
/// # Ok(())
/// # }
/// ```
pub struct Identity<T>(Rc<T>);

impl<T: 'static> Identity<T> {
    pub(crate) fn new(identity: Rc<T>) -> Self {
        Self(identity)
    }

    /// Returns the caller of a request, for middleware and plain handlers.
    #[must_use]
    pub fn of(request: &HttpRequest) -> Option<Self> {
        request.extensions().get::<Self>().cloned()
    }
}

impl<T> Clone for Identity<T> {
    fn clone(&self) -> Self {
        Self(Rc::clone(&self.0))
    }
}

impl<T> Deref for Identity<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: fmt::Debug> fmt::Debug for Identity<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Identity").field(&self.0).finish()
    }
}

impl<T: 'static> FromRequest for Identity<T> {
    type Error = Rejection;
    type Future = Ready<Result<Self, Rejection>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::of(request).ok_or_else(|| Rejection::unauthenticated(AuthFailure::Missing)))
    }
}

#[diagnostic::do_not_recommend]
impl<T: 'static> Extractor for Identity<T> {
    fn describe(describe: &mut OperationBuilder<'_>) {
        describe.identity::<T>(true);
    }

    async fn read(context: &Context<'_>, _: &mut Payload) -> Result<Self, Rejection> {
        Self::of(context.request()).ok_or_else(|| Rejection::unauthenticated(AuthFailure::Missing))
    }
}

#[diagnostic::do_not_recommend]
impl<T: 'static> Extractor for Option<Identity<T>> {
    fn describe(describe: &mut OperationBuilder<'_>) {
        describe.identity::<T>(false);
    }

    async fn read(context: &Context<'_>, _: &mut Payload) -> Result<Self, Rejection> {
        Ok(Identity::of(context.request()))
    }
}
