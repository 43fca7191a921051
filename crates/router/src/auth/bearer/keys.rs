//! The keys that may have signed a token.

use std::{io, path::PathBuf, sync::Arc};

use jsonwebtoken::{
    Algorithm, DecodingKey, Header,
    jwk::{AlgorithmParameters, EllipticCurve, Jwk, JwkSet, PublicKeyUse},
};

use super::source::{Changing, Origin};
use crate::auth::AuthFailure;

/// Keys that may have signed a token; cloning shares them.
#[derive(Clone)]
pub struct JwtKeys(Source);

#[derive(Clone)]
enum Source {
    Fixed(Arc<[Key]>),
    Changing(Arc<Changing>),
}

/// One key and what it may be used for.
#[derive(Clone)]
pub(super) struct Key {
    pub(super) id: Option<String>,
    pub(super) algorithms: Vec<Algorithm>,
    pub(super) decoding: DecodingKey,
}

/// Keys that cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JwtKeysError {
    /// A secret that can be guessed.
    #[error("the secret has {0} bytes; HS256 asks for 32 at least (RFC 7518 section 3.2)")]
    WeakSecret(usize),
    /// A PEM text that holds no such key.
    #[error("the PEM text holds no {kind} public key: {reason}")]
    Pem {
        /// What it should hold.
        kind: &'static str,
        /// What is wrong.
        reason: String,
    },
    /// A text that is no JSON Web Key Set (RFC 7517 section 5), or holds no key
    /// that signatures can be checked with.
    #[error("{origin} holds no usable JSON Web Key Set: {reason}")]
    Jwks {
        /// Where it comes from.
        origin: String,
        /// What is wrong.
        reason: String,
    },
    /// A file that cannot be read.
    #[error("{}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        source: io::Error,
    },
    /// An address that is not to be trusted.
    #[error("{0}: keys are fetched over https, or from this machine")]
    InsecureUrl(String),
}

const HMAC: [Algorithm; 3] = [Algorithm::HS256, Algorithm::HS384, Algorithm::HS512];
const RSA: [Algorithm; 6] = [
    Algorithm::RS256,
    Algorithm::RS384,
    Algorithm::RS512,
    Algorithm::PS256,
    Algorithm::PS384,
    Algorithm::PS512,
];
const EC: [Algorithm; 2] = [Algorithm::ES256, Algorithm::ES384];

impl JwtKeys {
    /// A secret shared with whoever issues tokens: HS256, HS384, HS512.
    ///
    /// # Errors
    ///
    /// [`JwtKeysError::WeakSecret`] under 32 bytes.
    pub fn hmac(secret: impl AsRef<[u8]>) -> Result<Self, JwtKeysError> {
        let secret = secret.as_ref();
        if secret.len() < 32 {
            return Err(JwtKeysError::WeakSecret(secret.len()));
        }
        Ok(Self::one(DecodingKey::from_secret(secret), &HMAC))
    }

    /// An RSA public key in PEM: RS256 to RS512, PS256 to PS512.
    ///
    /// # Errors
    ///
    /// [`JwtKeysError::Pem`] when the text holds none.
    pub fn rsa_pem(pem: impl AsRef<[u8]>) -> Result<Self, JwtKeysError> {
        Self::pem("RSA", DecodingKey::from_rsa_pem(pem.as_ref()), &RSA)
    }

    /// An elliptic-curve public key in PEM: ES256, ES384.
    ///
    /// # Errors
    ///
    /// [`JwtKeysError::Pem`] when the text holds none.
    pub fn ec_pem(pem: impl AsRef<[u8]>) -> Result<Self, JwtKeysError> {
        Self::pem("EC", DecodingKey::from_ec_pem(pem.as_ref()), &EC)
    }

    /// An Ed25519 public key in PEM: EdDSA.
    ///
    /// # Errors
    ///
    /// [`JwtKeysError::Pem`] when the text holds none.
    pub fn ed_pem(pem: impl AsRef<[u8]>) -> Result<Self, JwtKeysError> {
        let key = DecodingKey::from_ed_pem(pem.as_ref());
        Self::pem("Ed25519", key, &[Algorithm::EdDSA])
    }

    /// A JSON Web Key Set (RFC 7517 section 5).
    ///
    /// # Errors
    ///
    /// [`JwtKeysError::Jwks`] when it holds no key that is of use.
    pub fn jwks(json: impl AsRef<str>) -> Result<Self, JwtKeysError> {
        let keys = read(json.as_ref(), "the text")?;
        Ok(Self(Source::Fixed(keys)))
    }

    /// A file that holds a JSON Web Key Set. It is read again when a token
    /// names a key it does not hold, at most every ten seconds, and every five
    /// minutes in any case.
    ///
    /// # Errors
    ///
    /// [`JwtKeysError::File`] and [`JwtKeysError::Jwks`], so that a file that is
    /// not there is a mistake found at start.
    pub fn jwks_file(path: impl Into<PathBuf>) -> Result<Self, JwtKeysError> {
        let origin = Origin::File(path.into());
        let keys = origin.load()?;
        Ok(Self(Source::Changing(Arc::new(Changing::new(
            origin,
            Some(keys),
        )))))
    }

    /// An address that answers a JSON Web Key Set. Keys are fetched when the
    /// first token comes, again when a token names a key they do not hold, at
    /// most every ten seconds, and every five minutes in any case. When the
    /// address does not answer, the keys it gave last stay good; without any,
    /// requests are answered 503.
    ///
    /// # Errors
    ///
    /// [`JwtKeysError::InsecureUrl`] when the address is neither `https` nor on
    /// this machine.
    #[cfg(feature = "jwks-url")]
    pub fn jwks_url(url: impl Into<String>) -> Result<Self, JwtKeysError> {
        let origin = Origin::url(url.into())?;
        Ok(Self(Source::Changing(Arc::new(Changing::new(
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

    /// The keys among which the one of this id should be.
    pub(super) async fn for_token(&self, id: Option<&str>) -> Result<Arc<[Key]>, AuthFailure> {
        match &self.0 {
            Source::Fixed(keys) => Ok(Arc::clone(keys)),
            Source::Changing(changing) => changing.keys(id).await,
        }
    }

    pub(super) fn may_be_unavailable(&self) -> bool {
        matches!(self.0, Source::Changing(_))
    }
}

impl std::fmt::Debug for JwtKeys {
    /// Not the keys.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("JwtKeys").finish_non_exhaustive()
    }
}

impl Key {
    pub(super) fn may_have_signed(&self, header: &Header) -> bool {
        let is_named = match (&self.id, &header.kid) {
            (Some(own), Some(named)) => own == named,
            _ => true,
        };
        is_named && self.algorithms.contains(&header.alg)
    }

    fn of(jwk: &Jwk) -> Option<Self> {
        if matches!(&jwk.common.public_key_use, Some(to) if *to != PublicKeyUse::Signature) {
            return None;
        }
        let mut algorithms = match &jwk.algorithm {
            AlgorithmParameters::RSA(_) => RSA.to_vec(),
            AlgorithmParameters::EllipticCurve(curve) => match curve.curve {
                EllipticCurve::P256 => vec![Algorithm::ES256],
                EllipticCurve::P384 => vec![Algorithm::ES384],
                _ => return None,
            },
            AlgorithmParameters::OctetKeyPair(_) => vec![Algorithm::EdDSA],
            // A secret that everybody may fetch is none.
            _ => return None,
        };
        if let Some(named) = jwk.common.key_algorithm {
            let named: Algorithm = named.to_string().parse().ok()?;
            algorithms.retain(|algorithm| *algorithm == named);
        }
        Some(Self {
            id: jwk.common.key_id.clone(),
            algorithms,
            decoding: DecodingKey::from_jwk(jwk).ok()?,
        })
    }
}

/// The keys of a set; those for other purposes, and of kinds nobody knows, are
/// passed over (RFC 7517 section 5).
pub(super) fn read(json: &str, origin: &str) -> Result<Arc<[Key]>, JwtKeysError> {
    let refuse = |reason: String| JwtKeysError::Jwks {
        origin: origin.to_owned(),
        reason,
    };
    let set: JwkSet = serde_json::from_str(json).map_err(|error| refuse(error.to_string()))?;
    let keys: Vec<Key> = set.keys.iter().filter_map(Key::of).collect();
    if keys.is_empty() {
        return Err(refuse("no key in it checks signatures".to_owned()));
    }
    Ok(keys.into())
}
