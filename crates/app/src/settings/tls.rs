//! The section `tls`: the certificate of the server, and those of clients.

use std::path::PathBuf;

use purlin_router::schemas::schemars::{self, JsonSchema};
use serde::{Deserialize, Deserializer, Serialize, de::Error};

use super::bounded::Bounded;

/// HTTPS in place of HTTP; enabled by a certificate. The files are
/// checked every few seconds and on SIGHUP, and new connections use what was
/// renewed, without a restart.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[non_exhaustive]
pub struct TlsSettings {
    /// PEM file with the server's certificate, followed by the intermediate
    /// certificates.
    #[serde(deserialize_with = "path")]
    #[schemars(with = "Option<String>")]
    pub certificate: Option<PathBuf>,
    /// PEM file with the private key of the certificate.
    #[serde(deserialize_with = "path")]
    #[schemars(with = "Option<String>")]
    pub key: Option<PathBuf>,
    /// Seconds a TLS handshake may take.
    pub handshake_timeout: Bounded<1, 60>,
    /// Whether clients are asked for a certificate: off, optional or required. A
    /// certificate that is presented has to be valid in either case.
    pub client_certificate: ClientCertificates,
    /// Whether clients may choose HTTP/2. Its library limits neither concurrent
    /// streams nor request heads: leave it off where clients are not trusted, and
    /// let a proxy speak HTTP/2 with them.
    pub http2: bool,
    /// PEM file with the authorities that issue certificates of clients.
    #[serde(deserialize_with = "path")]
    #[schemars(with = "Option<String>")]
    pub client_authorities: Option<PathBuf>,
}

/// Whether clients are asked for a certificate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ClientCertificates {
    /// Clients are not asked for a certificate.
    #[default]
    Off,
    /// Clients are asked for a certificate, and may have none.
    Optional,
    /// Clients without a certificate are rejected.
    Required,
}

impl Default for TlsSettings {
    fn default() -> Self {
        Self {
            certificate: None,
            key: None,
            handshake_timeout: Bounded::of::<5>(),
            client_certificate: ClientCertificates::Off,
            http2: false,
            client_authorities: None,
        }
    }
}

/// Reads the path of a file. The content of the file in place of its path is rejected without being printed: it may be a key.
fn path<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<PathBuf>, D::Error> {
    let text = String::deserialize(deserializer)?;
    if text.contains(['\n', '\0']) || text.contains("-----") {
        return Err(D::Error::custom(
            "expected the path of a PEM file, found what may be its content; set the path itself, without `_file` at the \
             end of the setting",
        ));
    }
    if text.is_empty() {
        return Err(D::Error::custom(
            "expected the path of a PEM file, found an empty text; remove the setting",
        ));
    }
    Ok(Some(text.into()))
}
