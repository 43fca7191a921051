//! Reads PEM files: a certificate with its key, and authorities.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use rustls::{
    RootCertStore,
    crypto::CryptoProvider,
    pki_types::{
        CertificateDer, PrivateKeyDer,
        pem::{self, PemObject},
    },
    server::{VerifierBuilderError, WebPkiClientVerifier, danger::ClientCertVerifier},
    sign::{CertifiedKey, SigningKey},
};
use thiserror::Error;

/// Why a file cannot be used.
#[derive(Debug, Error)]
pub(super) enum PemError {
    #[error("cannot read {}: {error}", .file.display())]
    Read { file: PathBuf, error: io::Error },
    #[error("{} is not a PEM file: {}; write it again", .file.display(), form(error))]
    Form { file: PathBuf, error: pem::Error },
    #[error("there is no certificate in {}; it has to have a part that begins with -----BEGIN CERTIFICATE-----", .0.display())]
    NoCertificate(PathBuf),
    #[error("there is no private key in {} that can be used without a password; it has to have a part that begins with -----BEGIN PRIVATE KEY-----", .0.display())]
    NoKey(PathBuf),
    #[error(
        "the key in {} does not belong to the certificate in {}; use both from the same request to the authority, with \
         the certificate of the server first in its file", .key.display(), .certificate.display()
    )]
    Mismatch { certificate: PathBuf, key: PathBuf },
    #[error("the key in {} cannot be used: {error}; use an RSA key of 2048 bits and more, ECDSA or Ed25519", .file.display())]
    Key { file: PathBuf, error: rustls::Error },
    #[error("a certificate in {} cannot be used: {error}", .file.display())]
    Certificate { file: PathBuf, error: rustls::Error },
    #[error("the authorities in {} cannot be used: {error}", .file.display())]
    Authorities {
        file: PathBuf,
        error: VerifierBuilderError,
    },
}

/// Which file cannot be used. Settings may name the same file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    Certificate,
    Key,
    Authorities,
}

/// Describes the error without the content of the file, which may be a key.
fn form(error: &pem::Error) -> &'static str {
    match error {
        pem::Error::MissingSectionEnd { .. } => "it ends before a line that begins with -----END",
        pem::Error::IllegalSectionStart { .. } => {
            "a line that begins with -----BEGIN does not end with -----"
        }
        pem::Error::Base64Decode(_) => "the text between BEGIN and END is not base64",
        _ => "it cannot be read",
    }
}

/// Reads the certificate and its key, and checks that they belong together. Reports both files if neither can be used.
pub(super) fn pair(
    certificate: &Path,
    key: &Path,
    provider: &CryptoProvider,
) -> Result<CertifiedKey, Vec<(Source, PemError)>> {
    let (chain, secret) = match (certificates(certificate), private_key(key, provider)) {
        (Ok(chain), Ok(secret)) => (chain, secret),
        (chain, secret) => {
            let chain = chain.err().map(|error| (Source::Certificate, error));
            let secret = secret.err().map(|error| (Source::Key, error));
            return Err(chain.into_iter().chain(secret).collect());
        }
    };
    let pair = CertifiedKey::new(chain, secret);
    match pair.keys_match() {
        Ok(()) | Err(rustls::Error::InconsistentKeys(rustls::InconsistentKeys::Unknown)) => {
            Ok(pair)
        }
        Err(rustls::Error::InconsistentKeys(_)) => {
            let (certificate, key) = (certificate.to_owned(), key.to_owned());
            Err(vec![(Source::Key, PemError::Mismatch { certificate, key })])
        }
        Err(error) => {
            let file = certificate.to_owned();
            Err(vec![(
                Source::Certificate,
                PemError::Certificate { file, error },
            )])
        }
    }
}

fn private_key(file: &Path, provider: &CryptoProvider) -> Result<Arc<dyn SigningKey>, PemError> {
    let secret = PrivateKeyDer::from_pem_slice(&read(file)?).map_err(|error| match error {
        pem::Error::NoItemsFound => PemError::NoKey(file.to_owned()),
        error => PemError::Form {
            file: file.to_owned(),
            error,
        },
    })?;
    let loaded = provider.key_provider.load_private_key(secret);
    loaded.map_err(|error| PemError::Key {
        file: file.to_owned(),
        error,
    })
}

/// Returns the verifier of certificates of clients, with the authorities in a file.
pub(super) fn verifier(
    file: &Path,
    is_optional: bool,
    provider: &Arc<CryptoProvider>,
) -> Result<Arc<dyn ClientCertVerifier>, PemError> {
    let mut authorities = RootCertStore::empty();
    for authority in certificates(file)? {
        authorities
            .add(authority)
            .map_err(|error| PemError::Certificate {
                file: file.to_owned(),
                error,
            })?;
    }
    let verifier =
        WebPkiClientVerifier::builder_with_provider(authorities.into(), Arc::clone(provider));
    match is_optional {
        true => verifier.allow_unauthenticated().build(),
        false => verifier.build(),
    }
    .map_err(|error| PemError::Authorities {
        file: file.to_owned(),
        error,
    })
}

fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, PemError> {
    let text = read(file)?;
    let found: Vec<_> = CertificateDer::pem_slice_iter(&text)
        .collect::<Result<_, _>>()
        .map_err(|error| PemError::Form {
            file: file.to_owned(),
            error,
        })?;
    match found.is_empty() {
        true => Err(PemError::NoCertificate(file.to_owned())),
        false => Ok(found),
    }
}

fn read(file: &Path) -> Result<Vec<u8>, PemError> {
    fs::read(file).map_err(|error| PemError::Read {
        file: file.to_owned(),
        error,
    })
}
