//! Issuing tokens: the counterpart of [`Bearer`].

use std::{
    borrow::Cow,
    fmt,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use jsonwebtoken::{
    Algorithm, DecodingKey, EncodingKey, Header,
    jwk::{Jwk, JwkSet, PublicKeyUse, ThumbprintHash},
};
use serde::Serialize;
use serde_json::{Map, Value};

use super::{
    Bearer,
    error::JwtKeysError,
    key::Key,
    keys::{JwtKeys, check_secret},
};

/// How long a token is valid by default.
const DEFAULT_LIFETIME: Duration = Duration::from_secs(60 * 60);

/// Issues JSON Web Tokens, and makes the authenticator that accepts them: key, issuer, audience and type are declared once.
///
/// An issuer is cloned at little cost and is shared with handlers as `web::Data`.
///
/// ```
/// use actix_web::web;
/// use purlin_router::{
///     ApiError, Json, Registry, schema, get, post,
///     auth::{Identity, JwtIssuer, JwtIssueError, Token},
/// };
///
/// #[derive(serde::Serialize, serde::Deserialize)]
/// struct Claims {
///     sub: String,
/// }
///
/// #[schema(request)]
/// struct Credentials {
///     name: String,
///     password: String,
/// }
///
/// #[schema(response)]
/// struct Session {
///     token: String,
/// }
///
/// #[derive(Debug, thiserror::Error, ApiError)]
/// enum LoginError {
///     #[error("wrong name or password")]
///     #[status(401)]
///     WrongCredentials,
///     #[error("no token can be issued")]
///     #[status(500)]
///     Token(#[from] JwtIssueError),
/// }
///
/// /// Exchanges a name and a password for a token.
/// #[post("/login", public)]
/// async fn log_in(
///     sent: Json<Credentials>,
///     issuer: web::Data<JwtIssuer>,
/// ) -> Result<Json<Session>, LoginError> {
///     // A service looks up the hash of the user's password, and verifies it with `Passwords`.
///     if (sent.name.as_str(), sent.password.as_str()) != ("ada", "s3cret") {
///         return Err(LoginError::WrongCredentials);
///     }
///     let token = issuer.issue(&Claims { sub: sent.into_inner().name })?;
///     Ok(Json(Session { token }))
/// }
///
/// /// Returns the caller's name.
/// #[get("/who")]
/// async fn who(caller: Identity<Token<Claims>>) -> Json<String> {
///     Json(caller.claims.sub.clone())
/// }
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let issuer = JwtIssuer::hmac("a secret of at least 32 bytes, that is")?
///     .issuer("https://who.example")
///     .audience("who");
/// let api = Registry::new("Who", "1.0.0")
///     .authenticator("token", issuer.bearer::<Claims>())
///     .default_authenticators(["token"])
///     .app_data(web::Data::new(issuer))
///     .operation(log_in)
///     .operation(who)
///     .build()?;
///
/// let client = purlin_router::testing::TestClient::new(&api);
/// let sent = serde_json::json!({"name": "ada", "password": "s3cret"});
/// let session: serde_json::Value = client.post("/login").json(&sent).send().json();
/// let token = format!("Bearer {}", session["token"].as_str().unwrap_or_default());
/// assert_eq!(client.get("/who").header("Authorization", token).send().json::<String>(), "ada");
/// assert_eq!(client.get("/who").send().status(), 401);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct JwtIssuer {
    signing: EncodingKey,
    algorithm: Algorithm,
    verifying: Key,
    /// The public part of an asymmetric key.
    public: Option<Jwk>,
    issuer: Option<Cow<'static, str>>,
    audience: Option<Cow<'static, str>>,
    token_type: Option<Cow<'static, str>>,
    lifetime: Duration,
}

/// The error of a token that cannot be issued: a mistake of the program.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JwtIssueError {
    /// The claims are not serialized as JSON.
    #[error("the claims are not serializable: {0}")]
    Serialize(#[source] serde_json::Error),
    /// The claims are serialized as something other than an object.
    #[error("the claims are no JSON object; use a struct with a field for each claim")]
    NoObject,
    /// The key does not sign.
    #[error("the token cannot be signed: {0}")]
    Sign(String),
}

impl JwtIssuer {
    /// Signs tokens with a secret, by HS256. Each program that verifies tokens with it can issue them as well: use the other
    /// kinds of keys where other services verify them.
    ///
    /// # Errors
    ///
    /// Returns [`JwtKeysError::WeakSecret`] under 32 bytes.
    pub fn hmac(secret: impl AsRef<[u8]>) -> Result<Self, JwtKeysError> {
        let secret = secret.as_ref();
        check_secret(secret)?;
        let verifying = Key {
            id: None,
            algorithms: vec![Algorithm::HS256],
            decoding: DecodingKey::from_secret(secret),
        };
        let signing = EncodingKey::from_secret(secret);
        Ok(Self::of(signing, Algorithm::HS256, verifying, None))
    }

    /// Signs tokens with an RSA private key in PEM (PKCS #1 or PKCS #8), by RS256.
    ///
    /// # Errors
    ///
    /// Returns [`JwtKeysError::PrivateKey`] when the text has none of 2048 to 4096 bits.
    pub fn rsa_pem(pem: impl AsRef<[u8]>) -> Result<Self, JwtKeysError> {
        let key = EncodingKey::from_rsa_pem(pem.as_ref());
        Self::private("RSA", key, &[Algorithm::RS256])
    }

    /// Signs tokens with an elliptic-curve private key in PEM (PKCS #8): ES256 with the curve P-256, ES384 with P-384.
    ///
    /// # Errors
    ///
    /// Returns [`JwtKeysError::PrivateKey`] when the text has none of these.
    pub fn ec_pem(pem: impl AsRef<[u8]>) -> Result<Self, JwtKeysError> {
        let key = EncodingKey::from_ec_pem(pem.as_ref());
        Self::private("EC", key, &[Algorithm::ES256, Algorithm::ES384])
    }

    /// Signs tokens with an Ed25519 private key in PEM (PKCS #8), by EdDSA.
    ///
    /// # Errors
    ///
    /// Returns [`JwtKeysError::PrivateKey`] when the text has none.
    pub fn ed_pem(pem: impl AsRef<[u8]>) -> Result<Self, JwtKeysError> {
        let key = EncodingKey::from_ed_pem(pem.as_ref());
        Self::private("Ed25519", key, &[Algorithm::EdDSA])
    }

    /// Returns an issuer with a private key and the first of these algorithms that fits it.
    fn private(
        kind: &'static str,
        key: jsonwebtoken::errors::Result<EncodingKey>,
        algorithms: &[Algorithm],
    ) -> Result<Self, JwtKeysError> {
        let invalid = |reason: String| JwtKeysError::PrivateKey { kind, reason };
        let signing = key.map_err(|error| invalid(error.to_string()))?;
        let mut last = String::new();
        for algorithm in algorithms {
            let public = Jwk::from_encoding_key(&signing, *algorithm).and_then(|mut jwk| {
                jwk.common.key_id = Some(jwk.thumbprint(ThumbprintHash::SHA256)?);
                jwk.common.public_key_use = Some(PublicKeyUse::Signature);
                Ok(jwk)
            });
            let verifying = public
                .map_err(|error| error.to_string())
                .and_then(|jwk| Ok((Key::from_jwk(&jwk)?, jwk)));
            match verifying {
                Ok((verifying, jwk)) => {
                    return Ok(Self::of(signing, *algorithm, verifying, Some(jwk)));
                }
                Err(reason) => last = reason,
            }
        }
        Err(invalid(last))
    }

    fn of(signing: EncodingKey, algorithm: Algorithm, verifying: Key, public: Option<Jwk>) -> Self {
        Self {
            signing,
            algorithm,
            verifying,
            public,
            issuer: None,
            audience: None,
            token_type: None,
            lifetime: DEFAULT_LIFETIME,
        }
    }

    /// Sets the issuer of tokens (`iss`): the URL of this service, as a rule.
    #[must_use]
    pub fn issuer(mut self, issuer: impl Into<Cow<'static, str>>) -> Self {
        self.issuer = Some(issuer.into());
        self
    }

    /// Sets the audience of tokens (`aud`): the service that they are for.
    #[must_use]
    pub fn audience(mut self, audience: impl Into<Cow<'static, str>>) -> Self {
        self.audience = Some(audience.into());
        self
    }

    /// Sets the type of tokens (`typ`), such as `at+jwt` (RFC 9068 section 2.1); the default is `JWT`, which the
    /// authenticator does not require.
    #[must_use]
    pub fn token_type(mut self, typ: impl Into<Cow<'static, str>>) -> Self {
        self.token_type = Some(typ.into());
        self
    }

    /// Sets the id of the key (`kid`), by which verifiers find it in a key set. The default is the thumbprint of a public key
    /// (RFC 7638), and none for a secret.
    #[must_use]
    pub fn key_id(mut self, id: impl Into<String>) -> Self {
        let id = id.into();
        if let Some(public) = &mut self.public {
            public.common.key_id = Some(id.clone());
        }
        self.verifying.id = Some(id);
        self
    }

    /// Sets how long tokens are valid, in whole seconds; the default is one hour. A token cannot be revoked.
    #[must_use]
    pub fn lifetime(mut self, lifetime: Duration) -> Self {
        self.lifetime = lifetime;
        self
    }

    /// Issues a token with these claims. The claims `iat`, `exp` and, where they are set, `iss` and `aud` are those of the
    /// issuer, in place of members of these names.
    ///
    /// # Errors
    ///
    /// Returns [`JwtIssueError`] when the claims are not serialized as a JSON object.
    pub fn issue<C: Serialize + ?Sized>(&self, claims: &C) -> Result<String, JwtIssueError> {
        let claims = serde_json::to_value(claims).map_err(JwtIssueError::Serialize)?;
        let Value::Object(mut claims) = claims else {
            return Err(JwtIssueError::NoObject);
        };
        self.add_own(&mut claims);
        let mut header = Header::new(self.algorithm);
        header.kid.clone_from(&self.verifying.id);
        if let Some(typ) = &self.token_type {
            header.typ = Some(typ.to_string());
        }
        jsonwebtoken::encode(&header, &claims, &self.signing)
            .map_err(|error| JwtIssueError::Sign(error.to_string()))
    }

    fn add_own(&self, claims: &mut Map<String, Value>) {
        // A clock before 1970 makes tokens that have expired.
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        let now = now.unwrap_or_default().as_secs();
        claims.insert("iat".to_owned(), now.into());
        let end = now.saturating_add(self.lifetime.as_secs());
        claims.insert("exp".to_owned(), end.into());
        for (name, value) in [("iss", &self.issuer), ("aud", &self.audience)] {
            if let Some(value) = value {
                claims.insert(name.to_owned(), value.as_ref().into());
            }
        }
    }

    /// Returns the authenticator of these tokens: it requires the key, the issuer, the audience and the type that this issuer
    /// states.
    #[must_use]
    pub fn bearer<C>(&self) -> Bearer<C> {
        let mut bearer = Bearer::new(JwtKeys::of(self.verifying.clone()));
        bearer.issuers.extend(self.issuer.clone());
        bearer.audiences.extend(self.audience.clone());
        bearer.token_types.extend(self.token_type.clone());
        bearer
    }

    /// Returns the JSON Web Key Set (RFC 7517 section 5) by which other services verify the tokens; none for a secret.
    #[must_use]
    pub fn jwks(&self) -> Option<String> {
        let keys = vec![self.public.clone()?];
        serde_json::to_string(&JwkSet { keys }).ok()
    }
}

impl fmt::Debug for JwtIssuer {
    /// Writes nothing of the key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JwtIssuer")
            .field("algorithm", &self.algorithm)
            .field("key_id", &self.verifying.id)
            .field("issuer", &self.issuer)
            .field("audience", &self.audience)
            .field("lifetime", &self.lifetime)
            .finish_non_exhaustive()
    }
}
