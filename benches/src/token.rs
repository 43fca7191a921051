//! JSON Web Tokens by hand.

use jsonwebtoken::{Algorithm, DecodingKey, Validation};

use crate::{problem::Failure, types::Claims};

/// The secret that tokens are signed with.
pub const SECRET: &str = "a secret of at least 32 bytes, that is";

/// The issuer of tokens.
pub const ISSUER: &str = "https://id.example";

/// The audience of tokens.
pub const AUDIENCE: &str = "benches";

/// What tokens are verified with, prepared once.
pub struct Tokens {
    key: DecodingKey,
    validation: Validation,
}

impl Default for Tokens {
    fn default() -> Self {
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_issuer(&[ISSUER]);
        validation.set_audience(&[AUDIENCE]);
        validation.set_required_spec_claims(&["exp", "iss", "aud"]);
        validation.validate_nbf = true;
        Self {
            key: DecodingKey::from_secret(SECRET.as_bytes()),
            validation,
        }
    }
}

impl Tokens {
    /// Verifies the token in the value of a header `Authorization`.
    ///
    /// # Errors
    ///
    /// Returns a failure when there is no valid token.
    pub fn verify(&self, authorization: Option<&[u8]>) -> Result<Claims, Failure> {
        let value = authorization.and_then(|it| std::str::from_utf8(it).ok());
        let token = value.and_then(|it| it.split_once(' '));
        let Some((scheme, token)) = token else {
            return Err(Failure::Unauthenticated);
        };
        if !scheme.eq_ignore_ascii_case("Bearer") {
            return Err(Failure::Unauthenticated);
        }
        let token = jsonwebtoken::decode(token.trim(), &self.key, &self.validation);
        token
            .map(|it| it.claims)
            .map_err(|_| Failure::Unauthenticated)
    }
}
