//! Authenticators with their types erased, so that a registry can hold any of
//! them.

use std::{
    any::{Any, TypeId},
    borrow::Cow,
    future::Future,
    pin::Pin,
    rc::Rc,
    sync::Arc,
};

use actix_web::{HttpMessage, HttpRequest};
use purlin_openapi::SecurityScheme;

use super::{AuthFailure, Authenticator, ChallengeContext, Identity};

/// An identity without its type.
pub(super) type ErasedIdentity = Rc<dyn Any>;

type AuthFuture<'r> = Pin<Box<dyn Future<Output = Result<ErasedIdentity, AuthFailure>> + 'r>>;

type StoreFuture<'r> = Pin<Box<dyn Future<Output = Result<(), AuthFailure>> + 'r>>;

/// [`Authenticator`] without its identity's type.
pub(crate) trait Erased: Send + Sync {
    fn scheme(&self) -> SecurityScheme;
    fn challenge(&self, context: &ChallengeContext<'_>) -> Option<String>;
    fn has_scopes(&self) -> bool;
    fn other_failures(&self) -> &'static [AuthFailure];
    fn errors(&self) -> Vec<String>;
    fn warnings(&self) -> Vec<String>;
    /// Returns the identity's type.
    fn identity(&self) -> TypeId;
    fn authenticate<'r>(&'r self, request: &'r HttpRequest) -> AuthFuture<'r>;
    /// Does [`authenticate`](Self::authenticate) and [`store`](Self::store) in one,
    /// where nothing else is required.
    fn authenticate_into<'r>(&'r self, request: &'r HttpRequest) -> StoreFuture<'r>;
    fn grants(&self, identity: &ErasedIdentity, scope: &str) -> bool;
    /// Returns the subject of an identity of this authenticator.
    fn subject(&self, identity: &ErasedIdentity) -> Option<String>;
    /// Stores the identity in the request.
    fn store(&self, identity: ErasedIdentity, request: &HttpRequest);
}

impl<A: Authenticator> Erased for A {
    fn scheme(&self) -> SecurityScheme {
        Authenticator::scheme(self)
    }

    fn challenge(&self, context: &ChallengeContext<'_>) -> Option<String> {
        Authenticator::challenge(self, context)
    }

    fn has_scopes(&self) -> bool {
        Authenticator::has_scopes(self)
    }

    fn other_failures(&self) -> &'static [AuthFailure] {
        Authenticator::other_failures(self)
    }

    fn errors(&self) -> Vec<String> {
        Authenticator::errors(self)
    }

    fn warnings(&self) -> Vec<String> {
        Authenticator::warnings(self)
    }

    fn identity(&self) -> TypeId {
        TypeId::of::<A::Identity>()
    }

    fn authenticate<'r>(&'r self, request: &'r HttpRequest) -> AuthFuture<'r> {
        Box::pin(async move {
            let identity = Authenticator::authenticate(self, request).await?;
            let identity: ErasedIdentity = Rc::new(identity);
            Ok(identity)
        })
    }

    fn authenticate_into<'r>(&'r self, request: &'r HttpRequest) -> StoreFuture<'r> {
        Box::pin(async move {
            let identity = Authenticator::authenticate(self, request).await?;
            let identity = Identity::new(Rc::new(identity));
            request.extensions_mut().insert(identity);
            Ok(())
        })
    }

    fn grants(&self, identity: &ErasedIdentity, scope: &str) -> bool {
        identity
            .downcast_ref::<A::Identity>()
            .is_some_and(|identity| Authenticator::grants(self, identity, scope))
    }

    fn subject(&self, identity: &ErasedIdentity) -> Option<String> {
        let identity = identity.downcast_ref::<A::Identity>()?;
        Some(Authenticator::subject(self, identity).into_owned())
    }

    fn store(&self, identity: ErasedIdentity, request: &HttpRequest) {
        if let Ok(identity) = identity.downcast::<A::Identity>() {
            request.extensions_mut().insert(Identity::new(identity));
        }
    }
}

/// An authenticator and its name in the registry.
#[derive(Clone)]
pub(crate) struct Named {
    pub(crate) name: Cow<'static, str>,
    pub(crate) authenticator: Arc<dyn Erased>,
}

impl std::fmt::Debug for Named {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Named").field(&self.name).finish()
    }
}
