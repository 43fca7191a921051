//! Bearer tokens (RFC 6750) that are JSON Web Tokens (RFC 7519).
//!
//! This file verifies a token, `header.rs` validates its header and `claims.rs` its
//! registered claims. The keys that may have signed it are in `keys.rs`;
//! `reloaded.rs` says when they are loaded, and `origin.rs` where from. `subject.rs`
//! says who a token was issued for, and `mapped.rs` replaces the claims by what a
//! program finds for them. `issuer.rs` issues tokens.
//!
//! Header and claims are read once, and the claims as the type that the program
//! declares: `jsonwebtoken::decode` would read the header twice more, and could not
//! return the registered claims beside those of the program.

mod claims;
mod error;
mod header;
mod issuer;
mod key;
mod keys;
mod mapped;
mod origin;
mod reloaded;
mod subject;

use std::{borrow::Cow, fmt, marker::PhantomData, time::Duration};

use actix_web::{HttpRequest, http::header::HeaderName};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::crypto;
use purlin_openapi::{ApiKeyLocation, SecurityScheme};
use serde::de::DeserializeOwned;

use super::{AuthFailure, Authenticator, ChallengeContext, authorization::credentials};
use claims::{RegisteredClaims, Requirements};
pub use error::JwtKeysError;
use header::{is_accepted_type, is_understood};
pub use issuer::{JwtIssueError, JwtIssuer};
pub use keys::JwtKeys;
pub use mapped::MappedClaims;
use subject::Subject;

/// The largest number of keys that the signature of a token is verified with.
const MAX_CANDIDATES: usize = 8;

/// The largest difference of clocks; sums with it do not overflow.
const MAX_LEEWAY: Duration = Duration::from_secs(24 * 60 * 60);

/// The name of the HTTP authentication scheme (RFC 6750 section 2.1).
const BEARER: &str = "Bearer";

/// Authenticates requests with a JSON Web Token that one of the keys signed.
///
/// A token needs an expiry (`exp`) in the future and, where it has one, an `nbf`
/// in the past. Its claims are deserialized as `C`; a token for which that fails
/// is rejected. Its scopes are those of the claim `scope` (RFC 9068 section
/// 2.2.3) or `scp`.
///
/// A token is rejected if its header has `crit` (RFC 7515 section 4.1.11) or
/// declares another kind of token, such as `logout+jwt`; see
/// [`token_type`](Self::token_type). Its signature is verified with at most eight
/// keys: if a set has several, the token should name one with `kid`.
///
/// State the [issuer](Self::issuer) and the [audience](Self::audience) of tokens:
/// otherwise a token that the same keys signed for another service is accepted.
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
    token_types: Vec<Cow<'static, str>>,
    accepts_any_issuer: bool,
    leeway: Duration,
    scheme_name: Cow<'static, str>,
    /// `None`: that of the scheme name.
    described: Option<SecurityScheme>,
    claims: PhantomData<fn() -> C>,
}

/// The content of a valid token.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Token<C> {
    /// Its claims, or what [`Bearer::map_claims`] found for them.
    pub claims: C,
    scopes: Vec<String>,
    subject: Subject,
}

impl<C> Token<C> {
    /// Returns the scopes of the caller.
    pub fn scopes(&self) -> impl Iterator<Item = &str> {
        self.scopes.iter().map(String::as_str)
    }
}

impl<C> Bearer<C> {
    /// Returns an authenticator of tokens signed with one of these keys.
    #[must_use]
    pub fn new(keys: JwtKeys) -> Self {
        Self {
            keys,
            issuers: Vec::new(),
            audiences: Vec::new(),
            token_types: Vec::new(),
            accepts_any_issuer: false,
            leeway: Duration::from_secs(60),
            scheme_name: Cow::Borrowed(BEARER),
            described: None,
            claims: PhantomData,
        }
    }

    /// Adds an accepted issuer (`iss`); a token has to have any one of them.
    #[must_use]
    pub fn issuer(mut self, issuer: impl Into<Cow<'static, str>>) -> Self {
        self.issuers.push(issuer.into());
        self
    }

    /// Adds an accepted audience (`aud`); a token has to have any one of them.
    /// Without any, a token that names an audience is rejected.
    #[must_use]
    pub fn audience(mut self, audience: impl Into<Cow<'static, str>>) -> Self {
        self.audiences.push(audience.into());
        self
    }

    /// States that a token needs neither issuer nor audience, since every token that
    /// the keys sign is meant for this service. Without that, an issuer or an
    /// audience, [`Registry::build`](crate::Registry::build) logs a warning (RFC 8725
    /// sections 3.8 and 3.9).
    #[must_use]
    pub fn any_issuer(mut self) -> Self {
        self.accepts_any_issuer = true;
        self
    }

    /// Adds an accepted type of token (`typ`), such as `at+jwt` for access tokens
    /// (RFC 9068 section 2.1); a token has to have any one of them. Types are compared
    /// without regard to case and to a leading `application/`.
    ///
    /// Without any, a token is accepted unless its type ends in `+jwt` and is not
    /// `at+jwt` (RFC 8725 section 3.11).
    #[must_use]
    pub fn token_type(mut self, typ: impl Into<Cow<'static, str>>) -> Self {
        self.token_types.push(typ.into());
        self
    }

    /// Sets by how much clocks may differ; a minute by default, and a day at most.
    #[must_use]
    pub fn leeway(mut self, leeway: Duration) -> Self {
        self.leeway = leeway.min(MAX_LEEWAY);
        self
    }

    /// Sets the word in front of the token in the `Authorization` header, for clients that send another one than `Bearer`:
    /// `Authorization: Token eyJ…`. It is compared without regard to case, and is the scheme of the challenge in a 401.
    ///
    /// Where it is not `Bearer`, the document has an API key in the header `Authorization` whose description gives the word:
    /// the scheme `bearer` would make clients send `Bearer`, and of other names of HTTP authentication schemes generators
    /// and docs pages know `basic` alone, whereas all of them send an API key as it is.
    ///
    /// ```
    /// use purlin_router::auth::{Bearer, JwtKeys};
    ///
    /// # #[derive(serde::Deserialize)]
    /// # struct Claims { sub: String }
    /// # fn main() -> Result<(), purlin_router::auth::JwtKeysError> {
    /// let keys = JwtKeys::hmac("a secret of at least 32 bytes, that is")?;
    /// let tokens = Bearer::<Claims>::new(keys).scheme_name("Token").issuer("https://id.example");
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn scheme_name(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.scheme_name = name.into();
        self
    }

    /// Sets the security scheme in the document, which describes how to get a
    /// token: an OAuth 2 flow ([`SecurityScheme::oauth2`]) or an OpenID provider
    /// ([`SecurityScheme::open_id_connect`]). By default it is a bearer token.
    #[must_use]
    pub fn described(mut self, scheme: SecurityScheme) -> Self {
        self.described = Some(scheme);
        self
    }

    /// Returns the claims of a token, in JSON, if one of the keys signed it.
    async fn verify(&self, token: &str) -> Result<Vec<u8>, AuthFailure> {
        let header = jsonwebtoken::decode_header(token).map_err(|_| AuthFailure::Invalid)?;
        if !is_understood(&header) || !is_accepted_type(header.typ.as_deref(), &self.token_types) {
            return Err(AuthFailure::Invalid);
        }
        let (message, signature) = token.rsplit_once('.').ok_or(AuthFailure::Invalid)?;
        let (_, claims) = message.rsplit_once('.').ok_or(AuthFailure::Invalid)?;
        let keys = self.keys.for_token(header.kid.as_deref()).await?;
        let candidates = keys.iter().filter(|key| key.may_have_signed(&header));
        for key in candidates.take(MAX_CANDIDATES) {
            match crypto::verify(signature, message.as_bytes(), &key.decoding, header.alg) {
                Ok(true) => {
                    let claims = URL_SAFE_NO_PAD.decode(claims);
                    return claims.map_err(|_| AuthFailure::Invalid);
                }
                Ok(false) => rejected("its signature is not of this key"),
                Err(error) => rejected(&error),
            }
        }
        Err(AuthFailure::Invalid)
    }

    /// Checks the registered claims of a token.
    fn check(&self, claims: &RegisteredClaims) -> Result<(), AuthFailure> {
        let required = Requirements {
            issuers: &self.issuers,
            audiences: &self.audiences,
            leeway: self.leeway.as_secs(),
        };
        claims.check(&required).map_err(|reason| {
            rejected(reason);
            AuthFailure::Invalid
        })
    }
}

/// Logs why a token is rejected. The response does not state it.
fn rejected(reason: impl fmt::Display) {
    log::debug!(target: "purlin::auth", "a token was rejected: {reason}");
}

impl<C> Clone for Bearer<C> {
    fn clone(&self) -> Self {
        Self {
            keys: self.keys.clone(),
            issuers: self.issuers.clone(),
            audiences: self.audiences.clone(),
            token_types: self.token_types.clone(),
            accepts_any_issuer: self.accepts_any_issuer,
            leeway: self.leeway,
            scheme_name: self.scheme_name.clone(),
            described: self.described.clone(),
            claims: PhantomData,
        }
    }
}

impl<C> fmt::Debug for Bearer<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bearer")
            .field("issuers", &self.issuers)
            .field("audiences", &self.audiences)
            .field("token_types", &self.token_types)
            .field("leeway", &self.leeway)
            .finish_non_exhaustive()
    }
}

impl<C: DeserializeOwned + 'static> Authenticator for Bearer<C> {
    type Identity = Token<C>;

    fn scheme(&self) -> SecurityScheme {
        if let Some(described) = &self.described {
            return described.clone();
        }
        if self.scheme_name.eq_ignore_ascii_case(BEARER) {
            return SecurityScheme::bearer("JWT");
        }
        let name = &self.scheme_name;
        SecurityScheme::api_key(ApiKeyLocation::Header, "Authorization").description(format!(
            "The word `{name}`, a space, and a JSON Web Token: `{name} eyJ…`."
        ))
    }

    async fn authenticate(&self, request: &HttpRequest) -> Result<Token<C>, AuthFailure> {
        let token = credentials(request, &self.scheme_name)?;
        let json = self.verify(token).await?;
        let invalid = |error: serde_json::Error| {
            // Its message may have the value of a claim.
            rejected(format_args!(
                "its claims have another type at column {}",
                error.column()
            ));
            AuthFailure::Invalid
        };
        let registered: RegisteredClaims = serde_json::from_slice(&json).map_err(invalid)?;
        self.check(&registered)?;
        Ok(Token {
            claims: serde_json::from_slice(&json).map_err(invalid)?,
            scopes: registered.scopes(),
            subject: Subject::new(registered.iss, registered.sub, token),
        })
    }

    /// Returns the claims `iss` and `sub`; the digest of a token that has no `sub`.
    fn subject<'i>(&self, token: &'i Token<C>) -> Cow<'i, str> {
        token.subject.text()
    }

    fn challenge(&self, context: &ChallengeContext<'_>) -> Option<String> {
        let mut challenge = self.scheme_name.to_string();
        let error = match context.failure {
            AuthFailure::Invalid => " error=\"invalid_token\"",
            AuthFailure::Forbidden => " error=\"insufficient_scope\"",
            _ => "",
        };
        challenge.push_str(error);
        if !context.scopes.is_empty() {
            let comma = if error.is_empty() { "" } else { "," };
            let scopes = context.scopes.join(" ");
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

    fn errors(&self) -> Vec<String> {
        // A scheme name and a header name have one grammar (RFC 9110 sections 5.1 and 11.1).
        match HeaderName::try_from(self.scheme_name.as_ref()) {
            Ok(_) => Vec::new(),
            Err(_) => vec![format!(
                "`{}` is no name of an authentication scheme (RFC 9110 section 11.1); use one word",
                self.scheme_name
            )],
        }
    }

    fn warnings(&self) -> Vec<String> {
        let is_restricted = !self.issuers.is_empty() || !self.audiences.is_empty();
        if is_restricted || self.accepts_any_issuer {
            return Vec::new();
        }
        vec![
            "tokens need neither an issuer nor an audience, so one that the same keys signed for another service is \
             accepted; add `.issuer(…)` and `.audience(…)`, or state with `.any_issuer()` that there are no such tokens \
             (RFC 8725 sections 3.8 and 3.9)"
                .to_owned(),
        ]
    }
}
