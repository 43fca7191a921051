//! Authenticators with their types forgotten, so that a registry holds any of
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

/// Somebody an authenticator knows.
pub(super) type Somebody = Rc<dyn Any>;

type Known<'r> = Pin<Box<dyn Future<Output = Result<Somebody, AuthFailure>> + 'r>>;

type LetIn<'r> = Pin<Box<dyn Future<Output = Result<(), AuthFailure>> + 'r>>;

/// [`Authenticator`] without its identity's type.
pub(crate) trait Erased: Send + Sync {
    fn scheme(&self) -> SecurityScheme;
    fn challenge(&self, refusal: &ChallengeContext<'_>) -> Option<String>;
    fn has_scopes(&self) -> bool;
    fn other_failures(&self) -> &'static [AuthFailure];
    /// The identity's type.
    fn identity(&self) -> TypeId;
    fn authenticate<'r>(&'r self, request: &'r HttpRequest) -> Known<'r>;
    /// [`authenticate`](Self::authenticate) and [`admit`](Self::admit) in one,
    /// where nothing else is required.
    fn let_in<'r>(&'r self, request: &'r HttpRequest) -> LetIn<'r>;
    fn grants(&self, somebody: &Somebody, scope: &str) -> bool;
    /// Tells the request who its caller is.
    fn admit(&self, somebody: Somebody, request: &HttpRequest);
}

impl<A: Authenticator> Erased for A {
    fn scheme(&self) -> SecurityScheme {
        Authenticator::scheme(self)
    }

    fn challenge(&self, refusal: &ChallengeContext<'_>) -> Option<String> {
        Authenticator::challenge(self, refusal)
    }

    fn has_scopes(&self) -> bool {
        Authenticator::has_scopes(self)
    }

    fn other_failures(&self) -> &'static [AuthFailure] {
        Authenticator::other_failures(self)
    }

    fn identity(&self) -> TypeId {
        TypeId::of::<A::Identity>()
    }

    fn authenticate<'r>(&'r self, request: &'r HttpRequest) -> Known<'r> {
        Box::pin(async move {
            let identity = Authenticator::authenticate(self, request).await?;
            let somebody: Somebody = Rc::new(identity);
            Ok(somebody)
        })
    }

    fn let_in<'r>(&'r self, request: &'r HttpRequest) -> LetIn<'r> {
        Box::pin(async move {
            let identity = Authenticator::authenticate(self, request).await?;
            let identity = Identity::new(Rc::new(identity));
            request.extensions_mut().insert(identity);
            Ok(())
        })
    }

    fn grants(&self, somebody: &Somebody, scope: &str) -> bool {
        somebody
            .downcast_ref::<A::Identity>()
            .is_some_and(|identity| Authenticator::grants(self, identity, scope))
    }

    fn admit(&self, somebody: Somebody, request: &HttpRequest) {
        if let Ok(identity) = somebody.downcast::<A::Identity>() {
            request.extensions_mut().insert(Identity::new(identity));
        }
    }
}

/// An authenticator and the name operations call it by.
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
