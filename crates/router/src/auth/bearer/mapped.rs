//! Tokens whose claims are replaced by what is found for them.

use std::{borrow::Cow, error::Error, fmt, marker::PhantomData};

use actix_web::HttpRequest;
use purlin_openapi::SecurityScheme;
use serde::de::DeserializeOwned;

use super::{Bearer, Token};
use crate::{
    auth::{AuthFailure, Authenticator, ChallengeContext},
    error::chain,
};

/// The authenticator that [`Bearer::map_claims`] returns.
pub struct MappedClaims<C, T, E, F> {
    bearer: Bearer<C>,
    map: F,
    found: PhantomData<fn() -> Result<T, E>>,
}

impl<C> Bearer<C> {
    /// Replaces the claims of each valid token by what `map` finds for them, such as the row of its owner: for tokens that can
    /// be revoked before they expire.
    ///
    /// A token for which there is nothing is rejected with 401. An error of `map` is logged, and rejects the request with 503.
    /// `map` is called for each request with a valid token, before the rest of the request is read.
    ///
    /// ```
    /// use std::collections::BTreeMap;
    ///
    /// use actix_web::{HttpRequest, web::Data};
    /// use purlin_router::{auth::{Bearer, JwtKeys, Token}, prelude::*};
    ///
    /// #[derive(serde::Deserialize)]
    /// struct Claims {
    ///     sub: String,
    /// }
    ///
    /// struct User {
    ///     name: String,
    /// }
    ///
    /// /// Stands for a query of the database.
    /// async fn user(request: &HttpRequest, claims: Claims) -> Result<Option<User>, std::io::Error> {
    ///     let users = request.app_data::<Data<BTreeMap<String, String>>>();
    ///     let name = users.and_then(|users| users.get(&claims.sub)).cloned();
    ///     Ok(name.map(|name| User { name }))
    /// }
    ///
    /// /// Returns the name of the caller.
    /// #[get("/name", authenticators = ["token"])]
    /// async fn name(caller: Identity<Token<User>>) -> Json<String> {
    ///     Json(caller.claims.name.clone())
    /// }
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let keys = JwtKeys::hmac("a secret of at least 32 bytes, that is")?;
    /// let tokens = Bearer::<Claims>::new(keys).issuer("https://id.example").map_claims(user);
    /// let users = BTreeMap::from([("7".to_owned(), "Ada".to_owned())]);
    /// let registry = Registry::new("Users", "1.0.0")
    ///     .authenticator("token", tokens)
    ///     .app_data(Data::new(users))
    ///     .operation(name);
    /// registry.build()?;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn map_claims<T, E, F>(self, map: F) -> MappedClaims<C, T, E, F>
    where
        F: AsyncFn(&HttpRequest, C) -> Result<Option<T>, E> + Send + Sync + 'static,
        E: Into<Box<dyn Error + Send + Sync>>,
    {
        MappedClaims {
            bearer: self,
            map,
            found: PhantomData,
        }
    }
}

impl<C, T, E, F> Authenticator for MappedClaims<C, T, E, F>
where
    C: DeserializeOwned + 'static,
    T: 'static,
    E: Into<Box<dyn Error + Send + Sync>> + 'static,
    F: AsyncFn(&HttpRequest, C) -> Result<Option<T>, E> + Send + Sync + 'static,
{
    type Identity = Token<T>;

    fn scheme(&self) -> SecurityScheme {
        self.bearer.scheme()
    }

    async fn authenticate(&self, request: &HttpRequest) -> Result<Token<T>, AuthFailure> {
        let Token {
            claims,
            scopes,
            subject,
        } = self.bearer.authenticate(request).await?;
        match (self.map)(request, claims).await {
            Ok(Some(claims)) => Ok(Token {
                claims,
                scopes,
                subject,
            }),
            Ok(None) => Err(AuthFailure::Invalid),
            Err(error) => {
                let error = error.into();
                let error = chain(error.to_string(), error.source());
                log::error!(target: "purlin::auth", "the owner of a token cannot be looked up: {error}");
                Err(AuthFailure::Unavailable)
            }
        }
    }

    fn subject<'i>(&self, token: &'i Token<T>) -> Cow<'i, str> {
        token.subject.text()
    }

    fn challenge(&self, context: &ChallengeContext<'_>) -> Option<String> {
        self.bearer.challenge(context)
    }

    fn grants(&self, identity: &Token<T>, scope: &str) -> bool {
        identity.scopes().any(|granted| granted == scope)
    }

    fn has_scopes(&self) -> bool {
        true
    }

    fn other_failures(&self) -> &'static [AuthFailure] {
        &[AuthFailure::Unavailable]
    }

    fn errors(&self) -> Vec<String> {
        self.bearer.errors()
    }

    fn warnings(&self) -> Vec<String> {
        self.bearer.warnings()
    }
}

impl<C, T, E, F> fmt::Debug for MappedClaims<C, T, E, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MappedClaims")
            .field("bearer", &self.bearer)
            .finish_non_exhaustive()
    }
}
