//! The keys that may have signed a token: fixed ones, or a set that is reloaded.

use std::{path::PathBuf, sync::Arc, time::Duration};

use jsonwebtoken::{Algorithm, DecodingKey};

use super::{
    error::JwtKeysError,
    key::{EC, HMAC, Key, RSA, read, rsa_from_pem},
    origin::Origin,
    reloaded::ReloadedKeys,
};
use crate::auth::AuthFailure;

/// Keys that may have signed a token; cloning shares them.
///
/// Key sets in files and at URLs are *reloaded*: by a thread of their own, in the
/// background, before they are older than the [refresh
/// interval](Self::refresh_interval), and when a token names an unknown key, with a
/// [cooldown](Self::cooldown) between two attempts. There is never more than one
/// attempt at a time, and no request waits for one whose key is known. If reloading
/// fails, the last keys are used up to their [maximum age](Self::max_age).
///
/// A token waits for keys only while they are being loaded, and only if there are
/// none yet or it names an unknown key: for at most three seconds, and at most 256
/// requests at a time. After that, and for all other requests at once, a token
/// with an unknown key is invalid (401), and without any keys no token can be
/// checked (503).
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
        check_secret(secret)?;
        Ok(Self::one(DecodingKey::from_secret(secret), &HMAC))
    }

    /// Uses an RSA public key in PEM: RS256 to RS512, PS256 to PS512.
    ///
    /// # Errors
    ///
    /// Returns [`JwtKeysError::Pem`] when the text has none, and
    /// [`JwtKeysError::RsaKeySize`] unless it has 2048 to 4096 bits.
    pub fn rsa_pem(pem: impl AsRef<[u8]>) -> Result<Self, JwtKeysError> {
        Ok(Self::one(rsa_from_pem(pem.as_ref())?, &RSA))
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

    /// Uses a JSON Web Key Set (RFC 7517 section 5) of at most 100 keys. Those that
    /// do not verify signatures, by their `kty`, `use`, `key_ops` or `alg`, are
    /// ignored, and so are secrets and RSA keys of fewer than 2048 or more than 4096
    /// bits.
    ///
    /// # Errors
    ///
    /// Returns [`JwtKeysError::Jwks`] when it has no usable key.
    pub fn jwks(json: impl AsRef<str>) -> Result<Self, JwtKeysError> {
        let keys = read(json.as_ref(), "the text")?;
        Ok(Self(Source::Fixed(keys)))
    }

    /// Uses a file with a JSON Web Key Set, of at most 512 KiB, which is reloaded.
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

    /// Uses a JSON Web Key Set at a URL, which is fetched for the first token and
    /// then reloaded.
    ///
    /// A response has the status 200, whatever its media type, and at most 512 KiB.
    /// Connecting, the head and the body of the response may take three seconds
    /// each. Redirects are not followed. Proxies are taken from the environment
    /// (`HTTPS_PROXY`, `NO_PROXY`).
    ///
    /// # Errors
    ///
    /// Returns [`JwtKeysError::Url`] unless the URL is `https`, or `http` with
    /// `localhost` or a loopback address, and has neither user name nor password.
    #[cfg(feature = "jwks-url")]
    pub fn jwks_url(url: impl AsRef<str>) -> Result<Self, JwtKeysError> {
        let origin = Origin::url(url.as_ref())?;
        Ok(Self(Source::Reloaded(Arc::new(ReloadedKeys::new(
            origin, None,
        )))))
    }

    /// Sets the age before which reloaded keys are loaded again; five minutes by
    /// default. A key that its issuer withdraws is accepted for that long. Intervals
    /// under 100 milliseconds are 100 milliseconds.
    #[must_use]
    pub fn refresh_interval(self, interval: Duration) -> Self {
        self.with_reloaded(|keys| keys.with_refresh_interval(interval))
    }

    /// Sets the shortest time between two attempts to load keys that tokens cause;
    /// ten seconds by default.
    #[must_use]
    pub fn cooldown(self, cooldown: Duration) -> Self {
        self.with_reloaded(|keys| keys.with_cooldown(cooldown))
    }

    /// Sets the age up to which keys are used while they cannot be reloaded; one hour
    /// by default, after which the tokens of an issuer that is unavailable have
    /// usually expired. It is never less than the refresh interval.
    #[must_use]
    pub fn max_age(self, age: Duration) -> Self {
        self.with_reloaded(|keys| keys.with_max_age(age))
    }

    fn with_reloaded(self, change: impl FnOnce(&ReloadedKeys) -> ReloadedKeys) -> Self {
        match self.0 {
            Source::Reloaded(keys) => Self(Source::Reloaded(Arc::new(change(&keys)))),
            fixed @ Source::Fixed(_) => Self(fixed),
        }
    }

    fn one(decoding: DecodingKey, algorithms: &[Algorithm]) -> Self {
        Self::of(Key {
            id: None,
            algorithms: algorithms.to_vec(),
            decoding,
        })
    }

    pub(super) fn of(key: Key) -> Self {
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

/// Rejects a secret that is shorter than a hash of HS256.
pub(super) fn check_secret(secret: &[u8]) -> Result<(), JwtKeysError> {
    match secret.len() {
        32.. => Ok(()),
        length => Err(JwtKeysError::WeakSecret(length)),
    }
}

impl std::fmt::Debug for JwtKeys {
    /// Writes nothing of the keys.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("JwtKeys").finish_non_exhaustive()
    }
}
