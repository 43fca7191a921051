//! Who a caller is: passwords and tokens.

use std::time::Duration;

use actix_web::{HttpRequest, web::Data};
use purlin_app::BoxError;
use purlin_router::{
    auth::{Authenticator, Identity, JwtIssuer, Passwords, Token},
    error::Unexpected,
};
use serde::{Deserialize, Serialize};

use crate::{
    database::{Account, Database, UserId},
    errors::ServerError,
    settings::TokenSettings,
};

/// The security scheme: `Authorization: Token …`.
pub const TOKEN: &str = "Token";

/// The owner of the token that a request carries, in place of what the token states.
pub type Caller = Identity<Token<Account>>;

/// What a token states.
#[derive(Serialize, Deserialize)]
struct Claims {
    /// The id of the user that it was issued for: a text (RFC 7519 section 4.1.2).
    sub: String,
    /// How often the password had been changed by then.
    generation: i64,
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
        let issuer = JwtIssuer::hmac(secret)?.lifetime(lifetime);
        Ok(Self {
            issuer: issuer.issuer("conduit").audience("conduit"),
            passwords: Passwords::new().max_waiting(settings.max_waiting.get() as usize),
        })
    }

    /// Returns the authenticator of the tokens.
    pub fn authenticator(&self) -> impl Authenticator + use<> {
        let tokens = self.issuer.bearer().scheme_name(TOKEN);
        tokens.map_claims(owner)
    }

    /// Issues a token for a user.
    pub fn issue(&self, account: &Account) -> Result<String, ServerError> {
        let (sub, generation) = (account.id.0.to_string(), account.token_generation);
        let token = self.issuer.issue(&Claims { sub, generation });
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

/// Returns the owner of a token, unless the account is gone or its password was changed since.
async fn owner(request: &HttpRequest, claims: Claims) -> sqlx::Result<Option<Account>> {
    let (Some(db), Ok(id)) = (request.app_data::<Data<Database>>(), claims.sub.parse()) else {
        return Ok(None);
    };
    let account = db.account(UserId(id)).await?;
    Ok(account.filter(|account| account.token_generation == claims.generation))
}
