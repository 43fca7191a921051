//! The section `tls`: which certificate the server shows, and which it asks for.

use std::path::PathBuf;

use purlin_router::schemas::schemars::{self, JsonSchema};
use serde::{Deserialize, Deserializer, Serialize, de::Error};

/// HTTPS, in place of HTTP, with HTTP/2. On when there is a certificate. Its
/// files are looked at every few seconds and at SIGHUP: what was renewed is
/// shown to new connections, without a restart.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[non_exhaustive]
pub struct TlsSettings {
    /// The PEM file with the server's certificate, followed by those between it
    /// and its authority.
    #[serde(deserialize_with = "path")]
    #[schemars(with = "Option<String>")]
    pub certificate: Option<PathBuf>,
    /// The PEM file with the certificate's private key.
    #[serde(deserialize_with = "path")]
    #[schemars(with = "Option<String>")]
    pub key: Option<PathBuf>,
    /// Seconds a client may take to agree on the encryption, 1 to 60.
    #[serde(deserialize_with = "seconds")]
    #[schemars(range(min = 1, max = 60))]
    pub handshake_timeout: u32,
    /// Whether clients are asked for a certificate of their own: off, optional
    /// or required. One that is shown has to be good in either case.
    pub client_certificate: ClientCertificates,
    /// The PEM file with the authorities whose certificates clients may show.
    #[serde(deserialize_with = "path")]
    #[schemars(with = "Option<String>")]
    pub client_authorities: Option<PathBuf>,
}

/// Whether clients are asked for a certificate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ClientCertificates {
    /// They are not asked.
    #[default]
    Off,
    /// They are asked, and may have none.
    Optional,
    /// Without one there is no connection.
    Required,
}

impl Default for TlsSettings {
    fn default() -> Self {
        Self {
            certificate: None,
            key: None,
            handshake_timeout: 5,
            client_certificate: ClientCertificates::Off,
            client_authorities: None,
        }
    }
}

/// The path of a file. Its content in its place would be printed where paths are, and a key must not be.
fn path<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<PathBuf>, D::Error> {
    let text = String::deserialize(deserializer)?;
    if text.contains(['\n', '\0']) || text.contains("-----") {
        let words = "expected the path of a PEM file, found what may be its content; name the file itself, without \
                     `_file` at the end of the setting";
        return Err(D::Error::custom(words));
    }
    match text.is_empty() {
        true => Err(D::Error::custom(
            "expected the path of a PEM file, found nothing; leave the setting out",
        )),
        false => Ok(Some(text.into())),
    }
}

fn seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    match u32::deserialize(deserializer)? {
        seconds @ 1..=60 => Ok(seconds),
        other => Err(D::Error::custom(format!(
            "expected 1 to 60 seconds, found `{other}`"
        ))),
    }
}
