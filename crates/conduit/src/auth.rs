//! Who a caller is: passwords and tokens.

use std::time::Duration;

use purlin_app::BoxError;
use purlin_router::{
    auth::{Bearer, Identity, JwtIssuer, Passwords, Token},
    error::Unexpected,
};
use serde::{Deserialize, Serialize};

use crate::{database::UserId, errors::ServerError, settings::TokenSettings};

/// The security scheme: `Authorization: Token …`.
pub const TOKEN: &str = "Token";

/// The owner of the token that a request carries.
pub type Caller = Identity<Token<Claims>>;

/// What a token states.
#[derive(Debug, Serialize, Deserialize)]
pub struct Claims {
    /// The user that it was issued for.
    pub sub: UserId,
}

/// Issues and accepts tokens, creates and verifies the hashes of passwords.
#[derive(Clone, Debug)]
pub struct Auth {
    issuer: JwtIssuer,
    passwords: Passwords,
}

impl Auth {
    /// Reads the secret from the settings, or generates one.
    pub fn new(settings: &TokenSettings) -> Result<Self, BoxError> {
        let mut secret = settings.secret.expose_secret().clone().into_bytes();
        if secret.is_empty() {
            secret.resize(32, 0);
            getrandom::fill(&mut secret)?;
        }
        let lifetime = Duration::from_secs(u64::from(settings.lifetime) * 60 * 60);
        let issuer = JwtIssuer::hmac(secret)?
            .issuer("conduit")
            .audience("conduit");
        Ok(Self {
            issuer: issuer.lifetime(lifetime),
            passwords: Passwords::new(),
        })
    }

    /// Returns the authenticator of the tokens.
    pub fn authenticator(&self) -> Bearer<Claims> {
        self.issuer.bearer().scheme_name(TOKEN)
    }

    /// Issues a token for a user.
    pub fn issue(&self, user: UserId) -> Result<String, ServerError> {
        let token = self.issuer.issue(&Claims { sub: user });
        Ok(token.map_err(Unexpected::new)?)
    }

    /// Hashes a password.
    pub async fn hash(&self, password: &str) -> Result<String, ServerError> {
        Ok(self.passwords.hash(password).await?)
    }

    /// Returns whether a password has this hash; `None` for a user who does not exist takes as long.
    pub async fn verify(&self, password: &str, hash: Option<String>) -> Result<bool, ServerError> {
        Ok(self.passwords.verify(password, hash).await?)
    }
}
