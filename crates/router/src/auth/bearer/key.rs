//! One verification key of tokens, and key sets (RFC 7517).

use std::sync::Arc;

use jsonwebtoken::{
    Algorithm, DecodingKey, Header,
    jwk::{AlgorithmParameters, EllipticCurve, Jwk, JwkSet, PublicKeyUse},
};

use super::error::JwtKeysError;

pub(super) const HMAC: [Algorithm; 3] = [Algorithm::HS256, Algorithm::HS384, Algorithm::HS512];
pub(super) const RSA: [Algorithm; 6] = [
    Algorithm::RS256,
    Algorithm::RS384,
    Algorithm::RS512,
    Algorithm::PS256,
    Algorithm::PS384,
    Algorithm::PS512,
];
pub(super) const EC: [Algorithm; 2] = [Algorithm::ES256, Algorithm::ES384];

/// A key and the algorithms it may be used with.
#[derive(Clone)]
pub(super) struct Key {
    pub(super) id: Option<String>,
    pub(super) algorithms: Vec<Algorithm>,
    pub(super) decoding: DecodingKey,
}

impl Key {
    /// Returns whether the key can verify a token with this header.
    pub(super) fn may_have_signed(&self, header: &Header) -> bool {
        let is_named = match (&self.id, &header.kid) {
            (Some(own), Some(named)) => own == named,
            _ => true,
        };
        is_named && self.algorithms.contains(&header.alg)
    }

    /// Returns a key that verifies signatures; `None` for other keys.
    fn from_jwk(jwk: &Jwk) -> Option<Self> {
        if matches!(&jwk.common.public_key_use, Some(purpose) if *purpose != PublicKeyUse::Signature)
        {
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
            // A public secret protects nothing.
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

/// Returns the keys of a set. Keys for other purposes and of unknown types are
/// ignored (RFC 7517 section 5).
pub(super) fn read(json: &str, origin: &str) -> Result<Arc<[Key]>, JwtKeysError> {
    let invalid = |reason: String| JwtKeysError::Jwks {
        origin: origin.to_owned(),
        reason,
    };
    let set: JwkSet = serde_json::from_str(json).map_err(|error| invalid(error.to_string()))?;
    let keys: Vec<Key> = set.keys.iter().filter_map(Key::from_jwk).collect();
    if keys.is_empty() {
        return Err(invalid("it has no key that verifies signatures".to_owned()));
    }
    Ok(keys.into())
}
