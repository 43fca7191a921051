//! TLS: the certificate of the server, those of clients, and their renewal.
//!
//! `pem` reads the files, `current` holds what new connections use, and `renewal` replaces it.

mod certificate;
mod current;
mod pem;
mod renewal;

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use rustls::{
    ServerConfig,
    crypto::{CryptoProvider, ring},
    server::{NoServerSessionStorage, danger::ClientCertVerifier},
    sign::CertifiedKey,
    version::{TLS12, TLS13},
};

use super::{CertificateExpiry, Socket, SocketAddress};
use crate::settings::{Bind, ClientCertificates, Settings, SettingsError, TlsSettings};

pub(crate) use certificate::Facts;
use current::{Authorities, Current};
use pem::{PemError, Source};
use renewal::Renewal;

/// The configuration of TLS, with the renewal of its certificates.
pub(crate) struct Tls {
    handshake: Handshake,
    renewal: Renewal,
}

/// The configuration of handshakes.
#[derive(Clone)]
pub(crate) struct Handshake {
    pub(crate) config: ServerConfig,
    pub(crate) time_limit: Duration,
}

/// The settings that errors are reported for.
const CERTIFICATE: &str = "tls.certificate";
const KEY: &str = "tls.key";
const MODE: &str = "tls.client_certificate";
const AUTHORITIES: &str = "tls.client_authorities";
const HTTP2: &str = "tls.http2";

impl Tls {
    /// Reads the files, if there are any in the settings.
    pub(super) fn prepare(
        settings: &Settings,
        inherited: &[(Socket, SocketAddress)],
    ) -> Result<Option<Self>, Vec<SettingsError>> {
        let tls = settings.tls();
        let is_unix = matches!(settings.http().bind, Bind::Unix(_))
            || inherited
                .iter()
                .any(|(_, address)| matches!(address, SocketAddress::Path(_)));
        let errors: Vec<_> = contradictions(tls, is_unix)
            .map(|(key, message)| settings.error_at(key, message))
            .collect();
        if !errors.is_empty() {
            return Err(errors);
        }
        let (Some(certificate), Some(key)) = (&tls.certificate, &tls.key) else {
            return Ok(None);
        };
        let authorities = tls.client_authorities.as_deref();
        let authorities = authorities.filter(|_| tls.client_certificate != ClientCertificates::Off);
        let provider = Arc::new(ring::default_provider());
        let renewal = Renewal::begin(certificate, key, authorities, tls, &provider)
            .map_err(|errors| at_settings(settings, &errors))?;
        let mut config = config(&renewal, tls, provider).map_err(|error| {
            let message = format!("TLS cannot be configured: {error}");
            vec![settings.error_at(CERTIFICATE, &message)]
        })?;
        config.alpn_protocols = match tls.http2 {
            true => vec![b"h2".to_vec(), b"http/1.1".to_vec()],
            false => vec![b"http/1.1".to_vec()],
        };
        renewal.greet(SystemTime::now());
        let handshake = Handshake {
            config,
            time_limit: Duration::from_secs(tls.handshake_timeout.into()),
        };
        Ok(Some(Self { handshake, renewal }))
    }

    /// Returns a function that returns when the certificate in use expires.
    pub(super) fn expiry(&self) -> CertificateExpiry {
        let shown = self.renewal.shown();
        Arc::new(move || shown.get().cert.first().and_then(Facts::read)?.not_after())
    }

    pub(super) fn handshake(&self) -> Handshake {
        self.handshake.clone()
    }

    /// Begins to watch the files.
    pub(super) fn renew(self) {
        self.renewal.start();
    }
}

/// Returns the errors of settings that contradict each other.
fn contradictions(
    tls: &TlsSettings,
    is_unix: bool,
) -> impl Iterator<Item = (&'static str, &'static str)> {
    let (certificate, key) = (tls.certificate.is_some(), tls.key.is_some());
    let asks = tls.client_certificate != ClientCertificates::Off;
    let authorities = tls.client_authorities.is_some();
    [
        (
            certificate && !key,
            CERTIFICATE,
            "a certificate needs its key; set tls.key",
        ),
        (
            key && !certificate,
            KEY,
            "a key needs its certificate; set tls.certificate",
        ),
        (
            (certificate || key) && is_unix,
            CERTIFICATE,
            "there is no TLS on a Unix socket; remove the section tls, or listen on an address",
        ),
        (
            asks && !authorities,
            MODE,
            "certificates of clients need authorities; set tls.client_authorities",
        ),
        (
            asks && !certificate && !key,
            MODE,
            "certificates of clients need TLS; set tls.certificate and tls.key",
        ),
        (
            tls.http2 && !cfg!(feature = "http2"),
            HTTP2,
            "this program is built without HTTP/2; remove the setting, or build it with the feature http2 of purlin-app",
        ),
        (
            tls.http2 && !certificate && !key,
            HTTP2,
            "HTTP/2 needs TLS; set tls.certificate and tls.key",
        ),
        (
            authorities && !asks,
            AUTHORITIES,
            "certificates of clients are off; set tls.client_certificate to optional or required",
        ),
    ]
    .into_iter()
    .filter_map(|(is_wrong, key, message)| is_wrong.then_some((key, message)))
}

fn at_settings(settings: &Settings, errors: &[(Source, PemError)]) -> Vec<SettingsError> {
    let errors = errors.iter().map(|(source, error)| {
        let setting = match source {
            Source::Certificate => CERTIFICATE,
            Source::Key => KEY,
            Source::Authorities => AUTHORITIES,
        };
        settings.error_at(setting, &error.to_string())
    });
    errors.collect()
}

fn config(
    renewal: &Renewal,
    tls: &TlsSettings,
    provider: Arc<CryptoProvider>,
) -> Result<ServerConfig, rustls::Error> {
    let builder =
        ServerConfig::builder_with_provider(provider).with_protocol_versions(&[&TLS13, &TLS12])?;
    let shown: Arc<Current<Arc<CertifiedKey>>> = renewal.shown();
    let Some(current) = renewal.authorities() else {
        let mut config = builder.with_no_client_auth().with_cert_resolver(shown);
        config.ticketer = ring::Ticketer::new()?;
        return Ok(config);
    };
    let authorities = Authorities {
        current,
        is_required: tls.client_certificate == ClientCertificates::Required,
    };
    let verifier: Arc<dyn ClientCertVerifier> = Arc::new(authorities);
    let mut config = builder
        .with_client_cert_verifier(verifier)
        .with_cert_resolver(shown);
    // A resumed session does not present the certificate again, although it may have expired or lost its authority.
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.send_tls13_tickets = 0;
    Ok(config)
}
