//! Ed25519 keys in PEM, as `openssl genpkey -algorithm ed25519` writes them.

use std::path::Path;

use ed25519_dalek::{
    Signature, Signer as _,
    pkcs8::{
        ALGORITHM_OID, EncodePublicKey as _, ObjectIdentifier, PrivateKeyInfo,
        spki::{
            SubjectPublicKeyInfoRef,
            der::{Document, SecretDocument},
        },
    },
};
use fs_err as fs;

use crate::{Error, Result, oci::Digest};

const PRIVATE: &str = "PRIVATE KEY";
const PUBLIC: &str = "PUBLIC KEY";

/// Why a file is not a key that can be used.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The file has no PEM block.
    #[error("is not PEM: there is no line `-----BEGIN {expected}-----`")]
    NotPem {
        /// The label that is needed.
        expected: &'static str,
    },
    /// The file has a PEM block of another kind.
    #[error("contains a {found}, and a {expected} is needed; {remedy}")]
    Label {
        /// The label in the file.
        found: String,
        /// The label that is needed.
        expected: &'static str,
        /// How to get the right file.
        remedy: &'static str,
    },
    /// The key is of another algorithm.
    #[error(
        "is a key for {found}, and Ed25519 is needed; `openssl genpkey -algorithm ed25519` makes one"
    )]
    Algorithm {
        /// The name of the algorithm, or its object identifier.
        found: String,
    },
    /// The block cannot be decoded.
    #[error("is damaged: {0}")]
    Malformed(String),
}

/// A private key, which signs.
#[derive(Debug)]
pub struct SigningKey(ed25519_dalek::SigningKey);

impl SigningKey {
    /// Reads a private key: PKCS#8, not encrypted, in PEM.
    ///
    /// # Errors
    /// Fails for a file that cannot be read, and for one that is no such key.
    pub fn read(path: &Path) -> Result<Self> {
        let text = fs::read_to_string(path)?;
        Self::parse(&text).map_err(|error| Error::invalid(path.display(), error))
    }

    fn parse(text: &str) -> Result<Self, KeyError> {
        expect_label(text, PRIVATE)?;
        let (_, document) = SecretDocument::from_pem(text).map_err(malformed)?;
        let info = PrivateKeyInfo::try_from(document.as_bytes()).map_err(malformed)?;
        expect_ed25519(&info.algorithm.oid)?;
        let key = ed25519_dalek::SigningKey::try_from(info).map_err(malformed)?;
        Ok(Self(key))
    }

    #[cfg(test)]
    pub(super) fn of_bytes(bytes: [u8; 32]) -> Self {
        Self(ed25519_dalek::SigningKey::from_bytes(&bytes))
    }

    /// Returns the signature of `message`.
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.0.sign(message).to_vec()
    }

    /// Returns the public key.
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key())
    }
}

/// A public key, which verifies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey(ed25519_dalek::VerifyingKey);

impl PublicKey {
    /// Reads a public key: SubjectPublicKeyInfo, in PEM.
    ///
    /// # Errors
    /// Fails for a file that cannot be read, and for one that is no such key.
    pub fn read(path: &Path) -> Result<Self> {
        let text = fs::read_to_string(path)?;
        Self::parse(&text).map_err(|error| Error::invalid(path.display(), error))
    }

    fn parse(text: &str) -> Result<Self, KeyError> {
        expect_label(text, PUBLIC)?;
        let (_, document) = Document::from_pem(text).map_err(malformed)?;
        let info = SubjectPublicKeyInfoRef::try_from(document.as_bytes()).map_err(malformed)?;
        expect_ed25519(&info.algorithm.oid)?;
        let key = ed25519_dalek::VerifyingKey::try_from(info).map_err(malformed)?;
        match key.is_weak() {
            // Signatures for such a key can be forged.
            true => Err(KeyError::Malformed("a point of low order".to_owned())),
            false => Ok(Self(key)),
        }
    }

    /// Returns the id of the key: the SHA-256 digest of its SubjectPublicKeyInfo, in hexadecimal digits.
    pub fn id(&self) -> String {
        // Encoding 44 bytes does not fail.
        let document = self.0.to_public_key_der();
        let id = document.map(|document| Digest::of(document.as_bytes()).hex().to_owned());
        id.unwrap_or_default()
    }

    /// Returns whether `signature` is by this key and of `message`.
    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        let signature = Signature::from_slice(signature);
        signature.is_ok_and(|signature| self.0.verify_strict(message, &signature).is_ok())
    }
}

/// Checks the label of the first PEM block.
fn expect_label(text: &str, expected: &'static str) -> Result<(), KeyError> {
    let begin = text.lines().find_map(|line| {
        let label = line.trim().strip_prefix("-----BEGIN ")?;
        label.strip_suffix("-----")
    });
    let remedy = match begin {
        None => return Err(KeyError::NotPem { expected }),
        Some(found) if found == expected => return Ok(()),
        Some(PRIVATE) => "`openssl pkey -in FILE -pubout -out PUBLIC` writes the public key",
        Some(PUBLIC) => "the private key signs, and verifies nothing",
        Some("ENCRYPTED PRIVATE KEY") => "`openssl pkey -in FILE -out DECRYPTED` decrypts it",
        Some(_) => "`openssl genpkey -algorithm ed25519` makes one",
    };
    let found = begin.unwrap_or_default().to_owned();
    Err(KeyError::Label {
        found,
        expected,
        remedy,
    })
}

fn expect_ed25519(algorithm: &ObjectIdentifier) -> Result<(), KeyError> {
    if *algorithm == ALGORITHM_OID {
        return Ok(());
    }
    let found = match algorithm.to_string().as_str() {
        "1.2.840.113549.1.1.1" => "RSA",
        "1.2.840.10045.2.1" => "ECDSA",
        "1.3.101.110" => "X25519",
        "1.3.101.113" => "Ed448",
        other => other,
    }
    .to_owned();
    Err(KeyError::Algorithm { found })
}

fn malformed(error: impl ToString) -> KeyError {
    KeyError::Malformed(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    // By `openssl genpkey -algorithm ed25519` and `openssl pkey -pubout`; for tests only.
    const PRIVATE_PEM: &str = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEICwItfe7vhNEU7t88Qr9qTkIjAZYfOKgMM6WVomdGsRP\n-----END PRIVATE KEY-----\n";
    const PUBLIC_PEM: &str = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAVLPVp+hvPEsUa/qwxie+rhYYiaMJJkur7kQHwkKx+cs=\n-----END PUBLIC KEY-----\n";

    // By `openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256` and `-algorithm X25519`.
    const EC_PRIVATE: &str = "-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgH4l0yMBhc9X45y9d\naBcLPndtueIxsf7SmI3/su/LOWChRANCAATZIKhaKWiWKIfGGfoCHhoDmMTLCyPy\nDVQSERgtjvECjMtJqLcKVjLR2o6BEZ/OES73i6qo180hT2e2Wo9Pw28H\n-----END PRIVATE KEY-----\n";
    const EC_PUBLIC: &str = "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE2SCoWiloliiHxhn6Ah4aA5jEywsj\n8g1UEhEYLY7xAozLSai3ClYy0dqOgRGfzhEu94uqqNfNIU9ntlqPT8NvBw==\n-----END PUBLIC KEY-----\n";
    const X25519_PUBLIC: &str = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VuAyEAZT7SeGQ87+qLMBnzZ2WhcFBvTuHaa0SQs2hhREY6kyM=\n-----END PUBLIC KEY-----\n";

    fn private(text: &str) -> String {
        SigningKey::parse(text).unwrap_err().to_string()
    }

    fn public(text: &str) -> String {
        PublicKey::parse(text).unwrap_err().to_string()
    }

    #[test]
    fn keys_of_openssl_belong_together() {
        let key = SigningKey::parse(PRIVATE_PEM).unwrap();
        let public = PublicKey::parse(PUBLIC_PEM).unwrap();
        assert_eq!(key.public(), public);
        let signature = key.sign(b"message");
        assert!(public.verifies(b"message", &signature));
        assert!(!public.verifies(b"massage", &signature));
        assert!(!public.verifies(b"message", &signature[1..]));
        // By `openssl pkey -pubin -outform DER | sha256sum`.
        assert_eq!(
            public.id(),
            "cbac5c84b75cf27c721d66c8d2b45470716090ac517eef29d96ebd67ab89a85f"
        );
    }

    #[test]
    fn key_of_another_algorithm_is_named() {
        let expected = "is a key for ECDSA, and Ed25519 is needed; `openssl genpkey -algorithm ed25519` makes one";
        assert_eq!(private(EC_PRIVATE), expected);
        assert_eq!(public(EC_PUBLIC), expected);
        assert!(public(X25519_PUBLIC).starts_with("is a key for X25519,"));
    }

    #[test]
    fn private_and_public_key_are_not_confused() {
        let error = public(PRIVATE_PEM);
        let expected =
            "contains a PRIVATE KEY, and a PUBLIC KEY is needed; `openssl pkey -in FILE -pubout";
        assert!(error.starts_with(expected), "{error}");
        let error = private(PUBLIC_PEM);
        let expected = "contains a PUBLIC KEY, and a PRIVATE KEY is needed";
        assert!(error.starts_with(expected), "{error}");
    }

    #[test]
    fn other_kinds_of_pem_are_named_with_the_remedy() {
        for (label, remedy) in [
            ("ENCRYPTED PRIVATE KEY", "decrypts it"),
            ("OPENSSH PRIVATE KEY", "openssl genpkey"),
            ("CERTIFICATE", "openssl genpkey"),
        ] {
            let error = private(&PRIVATE_PEM.replace(PRIVATE, label));
            assert!(
                error.starts_with(&format!("contains a {label},")),
                "{error}"
            );
            assert!(error.contains(remedy), "{error}");
        }
    }

    #[test]
    fn broken_pem_is_an_error() {
        let expected = "is not PEM: there is no line `-----BEGIN PRIVATE KEY-----`";
        assert_eq!(private(""), expected);
        assert_eq!(private("c2VjcmV0"), expected);
        for broken in [
            PRIVATE_PEM.replace("-----END PRIVATE KEY-----", ""),
            PRIVATE_PEM.replacen("MC4C", "MC4", 1),
            PRIVATE_PEM.replacen("MC4C", "MC5C", 1),
            PRIVATE_PEM.replacen("MC4C", "!!!!", 1),
        ] {
            assert!(private(&broken).starts_with("is damaged: "), "{broken}");
        }
        let broken = PUBLIC_PEM.replacen("MCow", "MCo!", 1);
        assert!(public(&broken).starts_with("is damaged: "));
    }

    #[test]
    fn weak_public_key_is_rejected() {
        // The neutral element: 44 bytes of SubjectPublicKeyInfo, of which the last 32 are 1, 0, 0 …
        let weak = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAAQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n-----END PUBLIC KEY-----\n";
        assert_eq!(public(weak), "is damaged: a point of low order");
    }
}
