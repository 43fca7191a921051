//! The error of keys that cannot be used.

use std::{io, path::PathBuf};

/// The error of keys that cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JwtKeysError {
    /// The secret is too short.
    #[error("the secret has {0} bytes; HS256 requires at least 32 (RFC 7518 section 3.2)")]
    WeakSecret(usize),
    /// The PEM text has no such key.
    #[error("the PEM text has no {kind} public key: {reason}")]
    Pem {
        /// The kind of key that is expected.
        kind: &'static str,
        /// What is wrong.
        reason: String,
    },
    /// The PEM text has no private key that can sign.
    #[error("the PEM text has no {kind} private key that can sign: {reason}")]
    PrivateKey {
        /// The kind of key that is expected.
        kind: &'static str,
        /// What is wrong.
        reason: String,
    },
    /// The RSA key is too short to be safe, or longer than is supported.
    #[error("the RSA key has {0} bits; use one of 2048 to 4096 (RFC 7518 section 3.3)")]
    RsaKeySize(usize),
    /// The text is not a JSON Web Key Set (RFC 7517 section 5), or has no key that
    /// signatures can be verified with.
    #[error("{origin} has no usable JSON Web Key Set: {reason}")]
    Jwks {
        /// The origin of the text.
        origin: String,
        /// What is wrong.
        reason: String,
    },
    /// The file cannot be read.
    #[error("{}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        source: io::Error,
    },
    /// Keys are not fetched from this URL.
    #[error("keys are not fetched from `{url}`: {reason}")]
    Url {
        /// The URL, without a user name and password.
        url: String,
        /// What is wrong, and the remedy.
        reason: String,
    },
}
