//! Bearer tokens (RFC 6750) that are JSON Web Tokens (RFC 7519).
//!
//! What lives here: what a token has to say. Which keys may have signed it is
//! `keys.rs`' business, where they come from `source.rs`'.

mod keys;
mod source;

use std::{borrow::Cow, fmt, marker::PhantomData, time::Duration};

use actix_web::HttpRequest;
use jsonwebtoken::{Algorithm, Validation};
use purlin_openapi::SecurityScheme;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{AuthFailure, Authenticator, ChallengeContext, authorization::credentials};
pub use keys::{JwtKeys, JwtKeysError};

/// Lets in whoever sends a JSON Web Token that one of the keys signed.
///
/// A token has to have an expiry (`exp`) that is not over and, where it has
/// them, a `nbf` that has come. Whatever else it says is read as `C`; a token
/// that does not say so is not let in. Its scopes are those of the claim
/// `scope` (RFC 9068 section 2.2.3) or `scp`.
///
/// ```
/// use purlin_router::{Json, Operation, Registry, auth::{Bearer, Identity, JwtKeys, Token, scopes}};
///
/// #[derive(serde::Deserialize)]
/// struct Claims {
///     sub: String,
/// }
///
/// async fn who(caller: Identity<Token<Claims>>) -> Json<String> {
///     Json(caller.claims.sub.clone())
/// }
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let keys = JwtKeys::hmac("a secret of at least 32 bytes, that is")?;
/// let registry = Registry::new("Who", "1.0.0")
///     .authenticator("token", Bearer::<Claims>::new(keys).issuer("https://id.example").audience("who"))
///     .operation(Operation::get("/who", who).authenticators([scopes("token", ["who:read"])]));
/// registry.build()?;
/// # Ok(())
/// # }
/// ```
pub struct Bearer<C> {
    keys: JwtKeys,
    issuers: Vec<Cow<'static, str>>,
    audiences: Vec<Cow<'static, str>>,
    leeway: Duration,
    scheme: SecurityScheme,
    claims: PhantomData<fn() -> C>,
}

/// What a token says that was let in.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Token<C> {
    /// Its claims.
    pub claims: C,
    scopes: Vec<String>,
}

impl<C> Token<C> {
    /// What the caller may do.
    pub fn scopes(&self) -> impl Iterator<Item = &str> {
        self.scopes.iter().map(String::as_str)
    }
}

impl<C> Bearer<C> {
    /// Tokens signed with one of these keys.
    #[must_use]
    pub fn new(keys: JwtKeys) -> Self {
        Self {
            keys,
            issuers: Vec::new(),
            audiences: Vec::new(),
            leeway: Duration::from_secs(60),
            scheme: SecurityScheme::bearer("JWT"),
            claims: PhantomData,
        }
    }

    /// Who has to have issued the token (`iss`); any one of several.
    #[must_use]
    pub fn issuer(mut self, issuer: impl Into<Cow<'static, str>>) -> Self {
        self.issuers.push(issuer.into());
        self
    }

    /// Whom the token has to be meant for (`aud`); any one of several. Without
    /// one, a token that names an audience is not let in.
    #[must_use]
    pub fn audience(mut self, audience: impl Into<Cow<'static, str>>) -> Self {
        self.audiences.push(audience.into());
        self
    }

    /// By how much clocks may differ; a minute unless said otherwise.
    #[must_use]
    pub fn leeway(mut self, leeway: Duration) -> Self {
        self.leeway = leeway;
        self
    }

    /// How the document tells clients to get a token: by an OAuth 2 flow
    /// ([`SecurityScheme::oauth2`]) or from an OpenID provider
    /// ([`SecurityScheme::open_id_connect`]), instead of just that it is a
    /// bearer token.
    #[must_use]
    pub fn described(mut self, scheme: SecurityScheme) -> Self {
        self.scheme = scheme;
        self
    }

    fn validation(&self, algorithm: Algorithm) -> Validation {
        let mut validation = Validation::new(algorithm);
        validation.leeway = self.leeway.as_secs();
        validation.validate_nbf = true;
        if !self.issuers.is_empty() {
            validation.set_issuer(&self.issuers);
            validation.required_spec_claims.insert("iss".to_owned());
        }
        if !self.audiences.is_empty() {
            validation.set_audience(&self.audiences);
            validation.required_spec_claims.insert("aud".to_owned());
        }
        validation
    }

    /// What a token says, if one of the keys signed it.
    async fn open(&self, token: &str) -> Result<Value, AuthFailure> {
        let header = jsonwebtoken::decode_header(token).map_err(|_| AuthFailure::Invalid)?;
        let validation = self.validation(header.alg);
        let keys = self.keys.for_token(header.kid.as_deref()).await?;
        let candidates = keys.iter().filter(|key| key.may_have_signed(&header));
        for key in candidates {
            match jsonwebtoken::decode::<Value>(token, &key.decoding, &validation) {
                Ok(token) => return Ok(token.claims),
                Err(error) => log::debug!(target: "purlin::auth", "a token was refused: {error}"),
            }
        }
        Err(AuthFailure::Invalid)
    }
}

impl<C> Clone for Bearer<C> {
    fn clone(&self) -> Self {
        Self {
            keys: self.keys.clone(),
            issuers: self.issuers.clone(),
            audiences: self.audiences.clone(),
            leeway: self.leeway,
            scheme: self.scheme.clone(),
            claims: PhantomData,
        }
    }
}

impl<C> fmt::Debug for Bearer<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bearer")
            .field("issuers", &self.issuers)
            .field("audiences", &self.audiences)
            .field("leeway", &self.leeway)
            .finish_non_exhaustive()
    }
}

impl<C: DeserializeOwned + 'static> Authenticator for Bearer<C> {
    type Identity = Token<C>;

    fn scheme(&self) -> SecurityScheme {
        self.scheme.clone()
    }

    async fn authenticate(&self, request: &HttpRequest) -> Result<Token<C>, AuthFailure> {
        let token = credentials(request, "Bearer")?;
        let claims = self.open(token).await?;
        let scopes = scopes(&claims);
        let claims = serde_json::from_value(claims).map_err(|_| AuthFailure::Invalid)?;
        Ok(Token { claims, scopes })
    }

    fn challenge(&self, refusal: &ChallengeContext<'_>) -> Option<String> {
        let mut challenge = "Bearer".to_owned();
        match refusal.failure {
            AuthFailure::Invalid => challenge.push_str(" error=\"invalid_token\""),
            AuthFailure::Forbidden => challenge.push_str(" error=\"insufficient_scope\""),
            _ => {}
        }
        if !refusal.scopes.is_empty() {
            let comma = if challenge.len() > 6 { "," } else { "" };
            let scopes = refusal.scopes.join(" ");
            challenge.push_str(&format!("{comma} scope=\"{scopes}\""));
        }
        Some(challenge)
    }

    fn grants(&self, identity: &Token<C>, scope: &str) -> bool {
        identity.scopes().any(|granted| granted == scope)
    }

    fn has_scopes(&self) -> bool {
        true
    }

    fn other_failures(&self) -> &'static [AuthFailure] {
        if self.keys.may_be_unavailable() {
            &[AuthFailure::Unavailable]
        } else {
            &[]
        }
    }
}

/// Words between spaces, or a list of words.
fn scopes(claims: &Value) -> Vec<String> {
    let found = ["scope", "scp"].iter().find_map(|name| claims.get(name));
    match found {
        Some(Value::String(words)) => words.split_whitespace().map(ToOwned::to_owned).collect(),
        Some(Value::Array(words)) => words
            .iter()
            .filter_map(|word| word.as_str().map(ToOwned::to_owned))
            .collect(),
        _ => Vec::new(),
    }
}
