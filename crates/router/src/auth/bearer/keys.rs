//! The keys that may have signed a token: fixed ones, or a set that is reloaded.

use std::{path::PathBuf, sync::Arc};

use jsonwebtoken::{Algorithm, DecodingKey};

use super::{
    error::JwtKeysError,
    key::{EC, HMAC, Key, RSA, read},
    source::{Origin, ReloadedKeys},
};
use crate::auth::AuthFailure;

/// Keys that may have signed a token; cloning shares them.
#[derive(Clone)]
pub struct JwtKeys(Source);

#[derive(Clone)]
enum Source {
    Fixed(Arc<[Key]>),
    Reloaded(Arc<ReloadedKeys>),
}

impl JwtKeys {
    /// Uses a secret shared with the issuer of tokens: HS256, HS384, HS512.
    ///
    /// # Errors
    ///
    /// Returns [`JwtKeysError::WeakSecret`] under 32 bytes.
    pub fn hmac(secret: impl AsRef<[u8]>) -> Result<Self, JwtKeysError> {
        let secret = secret.as_ref();
        if secret.len() < 32 {
            return Err(JwtKeysError::WeakSecret(secret.len()));
        }
        Ok(Self::one(DecodingKey::from_secret(secret), &HMAC))
    }

    /// Uses an RSA public key in PEM: RS256 to RS512, PS256 to PS512.
    ///
    /// # Errors
    ///
    /// Returns [`JwtKeysError::Pem`] when the text has none.
    pub fn rsa_pem(pem: impl AsRef<[u8]>) -> Result<Self, JwtKeysError> {
        Self::pem("RSA", DecodingKey::from_rsa_pem(pem.as_ref()), &RSA)
    }

    /// Uses an elliptic-curve public key in PEM: ES256, ES384.
    ///
    /// # Errors
    ///
    /// Returns [`JwtKeysError::Pem`] when the text has none.
    pub fn ec_pem(pem: impl AsRef<[u8]>) -> Result<Self, JwtKeysError> {
        Self::pem("EC", DecodingKey::from_ec_pem(pem.as_ref()), &EC)
    }

    /// Uses an Ed25519 public key in PEM: EdDSA.
    ///
    /// # Errors
    ///
    /// Returns [`JwtKeysError::Pem`] when the text has none.
    pub fn ed_pem(pem: impl AsRef<[u8]>) -> Result<Self, JwtKeysError> {
        let key = DecodingKey::from_ed_pem(pem.as_ref());
        Self::pem("Ed25519", key, &[Algorithm::EdDSA])
    }

    /// Uses a JSON Web Key Set (RFC 7517 section 5).
    ///
    /// # Errors
    ///
    /// Returns [`JwtKeysError::Jwks`] when it has no usable key.
    pub fn jwks(json: impl AsRef<str>) -> Result<Self, JwtKeysError> {
        let keys = read(json.as_ref(), "the text")?;
        Ok(Self(Source::Fixed(keys)))
    }

    /// Uses a file with a JSON Web Key Set. It is reloaded when a token names an
    /// unknown key, at most every ten seconds, and otherwise every five minutes.
    ///
    /// # Errors
    ///
    /// Returns [`JwtKeysError::File`] or [`JwtKeysError::Jwks`], so that a missing
    /// file is found at startup.
    pub fn jwks_file(path: impl Into<PathBuf>) -> Result<Self, JwtKeysError> {
        let origin = Origin::File(path.into());
        let keys = origin.load()?;
        Ok(Self(Source::Reloaded(Arc::new(ReloadedKeys::new(
            origin,
            Some(keys),
        )))))
    }

    /// Uses a JSON Web Key Set at a URL. Keys are fetched for the first token, and
    /// again when a token names an unknown key, at most every ten seconds, and
    /// otherwise every five minutes. While the URL is unavailable, the last keys
    /// stay valid; without any, requests are rejected with 503.
    ///
    /// # Errors
    ///
    /// Returns [`JwtKeysError::InsecureUrl`] when the URL is neither `https` nor on
    /// this machine.
    #[cfg(feature = "jwks-url")]
    pub fn jwks_url(url: impl Into<String>) -> Result<Self, JwtKeysError> {
        let origin = Origin::url(url.into())?;
        Ok(Self(Source::Reloaded(Arc::new(ReloadedKeys::new(
            origin, None,
        )))))
    }

    fn one(decoding: DecodingKey, algorithms: &[Algorithm]) -> Self {
        let key = Key {
            id: None,
            algorithms: algorithms.to_vec(),
            decoding,
        };
        Self(Source::Fixed([key].into()))
    }

    fn pem(
        kind: &'static str,
        key: jsonwebtoken::errors::Result<DecodingKey>,
        algorithms: &[Algorithm],
    ) -> Result<Self, JwtKeysError> {
        let key = key.map_err(|error| JwtKeysError::Pem {
            kind,
            reason: error.to_string(),
        })?;
        Ok(Self::one(key, algorithms))
    }

    /// Returns the keys, which include the one of this id if it exists.
    pub(super) async fn for_token(&self, id: Option<&str>) -> Result<Arc<[Key]>, AuthFailure> {
        match &self.0 {
            Source::Fixed(keys) => Ok(Arc::clone(keys)),
            Source::Reloaded(reloaded) => reloaded.keys(id).await,
        }
    }

    pub(super) fn may_be_unavailable(&self) -> bool {
        matches!(self.0, Source::Reloaded(_))
    }
}

impl std::fmt::Debug for JwtKeys {
    /// Writes nothing of the keys.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("JwtKeys").finish_non_exhaustive()
    }
}
