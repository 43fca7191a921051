//! One verification key of tokens, and key sets (RFC 7517).

use std::sync::Arc;

use jsonwebtoken::{
    Algorithm, DecodingKey, DecodingKeyKind, Header,
    jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyOperations, PublicKeyUse},
};
use serde::Deserialize;
use serde_json::Value;

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

/// The largest number of keys in a set, usable or not.
const MAX_KEYS: usize = 100;

/// The sizes of RSA keys that are safe (RFC 7518 section 3.3), and that can be
/// verified with.
const RSA_BITS: std::ops::RangeInclusive<usize> = 2048..=4096;

/// A key and the algorithms it may be used with.
#[derive(Clone)]
pub(super) struct Key {
    pub(super) id: Option<String>,
    pub(super) algorithms: Vec<Algorithm>,
    pub(super) decoding: DecodingKey,
}

impl Key {
    /// Returns whether a token that names the key `id`, or none, may mean this key.
    pub(super) fn may_be(&self, id: Option<&str>) -> bool {
        match (self.id.as_deref(), id) {
            (Some(own), Some(named)) => own == named,
            _ => true,
        }
    }

    /// Returns whether the key can verify a token with this header.
    pub(super) fn may_have_signed(&self, header: &Header) -> bool {
        self.may_be(header.kid.as_deref()) && self.algorithms.contains(&header.alg)
    }

    /// Returns a key that verifies signatures, or why this one does not.
    pub(super) fn from_jwk(jwk: &Jwk) -> Result<Self, String> {
        let common = &jwk.common;
        if matches!(&common.public_key_use, Some(purpose) if *purpose != PublicKeyUse::Signature) {
            return Err("its `use` is not `sig`".to_owned());
        }
        if matches!(&common.key_operations, Some(all) if !all.contains(&KeyOperations::Verify)) {
            return Err("its `key_ops` are without `verify`".to_owned());
        }
        let mut algorithms = match &jwk.algorithm {
            AlgorithmParameters::RSA(_) => RSA.to_vec(),
            AlgorithmParameters::EllipticCurve(key) => match key.curve {
                EllipticCurve::P256 => vec![Algorithm::ES256],
                EllipticCurve::P384 => vec![Algorithm::ES384],
                _ => return Err("its curve is not supported".to_owned()),
            },
            AlgorithmParameters::OctetKeyPair(key) if key.curve == EllipticCurve::Ed25519 => {
                vec![Algorithm::EdDSA]
            }
            AlgorithmParameters::OctetKey(_) => {
                return Err("it is a secret, which no key set may contain".to_owned());
            }
            _ => return Err("its type is not supported, or a member is missing".to_owned()),
        };
        if let Some(named) = common.key_algorithm {
            algorithms.retain(|algorithm| Algorithm::try_from(named).ok() == Some(*algorithm));
        }
        if algorithms.is_empty() {
            return Err("its `alg` is not one that keys of its type verify".to_owned());
        }
        let decoding = DecodingKey::from_jwk(jwk).map_err(|error| error.to_string())?;
        if let Err(error) = check_rsa_size(&decoding) {
            return Err(error.to_string());
        }
        Ok(Self {
            id: common.key_id.clone(),
            algorithms,
            decoding,
        })
    }
}

/// Rejects an RSA key of an unsafe or unsupported size; other keys pass.
fn check_rsa_size(key: &DecodingKey) -> Result<(), JwtKeysError> {
    let DecodingKeyKind::RsaModulusExponent { n, .. } = key.kind() else {
        return Ok(());
    };
    let mut bytes = n.iter().skip_while(|byte| **byte == 0);
    let bits = match bytes.next() {
        Some(first) => (bytes.count() + 1) * 8 - first.leading_zeros() as usize,
        None => 0,
    };
    match RSA_BITS.contains(&bits) {
        true => Ok(()),
        false => Err(JwtKeysError::RsaKeySize(bits)),
    }
}

/// Returns the RSA key of a PEM text.
pub(super) fn rsa_from_pem(pem: &[u8]) -> Result<DecodingKey, JwtKeysError> {
    // By way of a JWK, which has the modulus.
    let read = || {
        let key = DecodingKey::from_rsa_pem(pem)?;
        DecodingKey::from_jwk(&Jwk::from_decoding_key(&key, None)?)
    };
    let key = read().map_err(|error| JwtKeysError::Pem {
        kind: "RSA",
        reason: error.to_string(),
    })?;
    check_rsa_size(&key)?;
    Ok(key)
}

/// A key set whose keys have not been looked at.
#[derive(Deserialize)]
struct KeySet {
    keys: Vec<Value>,
}

/// Returns the keys of a set that verify signatures. Keys for other purposes, of
/// unknown types and with unknown values are ignored (RFC 7517 section 5).
pub(super) fn read(json: &str, origin: &str) -> Result<Arc<[Key]>, JwtKeysError> {
    let invalid = |reason: String| JwtKeysError::Jwks {
        origin: origin.to_owned(),
        reason,
    };
    let set: KeySet = serde_json::from_str(json).map_err(|error| invalid(error.to_string()))?;
    if set.keys.len() > MAX_KEYS {
        let count = set.keys.len();
        return Err(invalid(format!(
            "it has {count} keys; at most {MAX_KEYS} are read"
        )));
    }
    let mut keys = Vec::with_capacity(set.keys.len());
    let mut ignored = String::new();
    for (index, jwk) in set.keys.iter().enumerate() {
        let key = Jwk::deserialize(jwk).map_err(|error| error.to_string());
        match key.and_then(|jwk| Key::from_jwk(&jwk)) {
            Ok(key) => keys.push(key),
            Err(reason) => ignored.push_str(&format!("; key {index}: {reason}")),
        }
    }
    if keys.is_empty() {
        return Err(invalid(format!(
            "it has no key that verifies signatures{ignored}"
        )));
    }
    if !ignored.is_empty() {
        log::debug!(target: "purlin::auth", "{origin}: keys are ignored{ignored}");
    }
    Ok(keys.into())
}
