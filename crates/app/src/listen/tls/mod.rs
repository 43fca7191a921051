//! TLS: the certificate the server shows, those it asks for, and their renewal.
//!
//! What is read from the files is in `pem`, what is in force in `current`, and how it is renewed in `renewal`.

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

use super::{Place, Socket};
use crate::settings::{Bind, ClientCertificates, Settings, SettingsError, TlsSettings};

pub(crate) use certificate::Facts;
use current::{Authorities, Current};
use pem::PemError;
use renewal::Renewal;

/// How connections are encrypted.
pub(crate) struct Tls {
    handshake: Handshake,
    renewal: Renewal,
}

/// How a connection is begun.
#[derive(Clone)]
pub(crate) struct Handshake {
    pub(crate) config: ServerConfig,
    pub(crate) time_limit: Duration,
}

/// The settings that lead to a mistake.
const CERTIFICATE: &str = "tls.certificate";
const KEY: &str = "tls.key";
const MODE: &str = "tls.client_certificate";
const AUTHORITIES: &str = "tls.client_authorities";

impl Tls {
    /// Reads the files, if there are to be any.
    pub(super) fn prepare(
        settings: &Settings,
        inherited: &[(Socket, Place)],
    ) -> Result<Option<Self>, Vec<SettingsError>> {
        let tls = settings.tls();
        let is_unix = matches!(settings.http().bind, Bind::Unix(_))
            || inherited
                .iter()
                .any(|(_, place)| matches!(place, Place::Path(_)));
        let mistakes: Vec<_> = contradictions(tls, is_unix)
            .map(|(key, words)| settings.error_at(key, words))
            .collect();
        if !mistakes.is_empty() {
            return Err(mistakes);
        }
        let (Some(certificate), Some(key)) = (&tls.certificate, &tls.key) else {
            return Ok(None);
        };
        let authorities = tls.client_authorities.as_deref();
        let authorities = authorities.filter(|_| tls.client_certificate != ClientCertificates::Off);
        let provider = Arc::new(ring::default_provider());
        let renewal = Renewal::begin(certificate, key, authorities, tls, &provider)
            .map_err(|errors| at_settings(settings, &errors))?;
        let config = config(&renewal, tls, provider).map_err(|error| {
            let words = format!("TLS cannot be set up: {error}");
            vec![settings.error_at(CERTIFICATE, &words)]
        })?;
        renewal.greet(SystemTime::now());
        let handshake = Handshake {
            config,
            time_limit: Duration::from_secs(tls.handshake_timeout.into()),
        };
        Ok(Some(Self { handshake, renewal }))
    }

    pub(super) fn handshake(&self) -> Handshake {
        self.handshake.clone()
    }

    /// Renews what changes from now on.
    pub(super) fn renew(self) {
        self.renewal.start();
    }
}

/// Settings that cannot stand together.
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
            "there is no TLS on a Unix socket; leave tls out, or listen on an address",
        ),
        (
            asks && !authorities,
            MODE,
            "certificates of clients have to come from somewhere; set tls.client_authorities",
        ),
        (
            asks && !certificate && !key,
            MODE,
            "clients show certificates over TLS alone; set tls.certificate and tls.key",
        ),
        (
            authorities && !asks,
            AUTHORITIES,
            "nobody asks for certificates of clients; set tls.client_certificate to optional or required",
        ),
    ]
    .into_iter()
    .filter_map(|(is_wrong, key, words)| is_wrong.then_some((key, words)))
}

fn at_settings(settings: &Settings, errors: &[PemError]) -> Vec<SettingsError> {
    let tls = settings.tls();
    let files = [
        (KEY, &tls.key),
        (AUTHORITIES, &tls.client_authorities),
        (CERTIFICATE, &tls.certificate),
    ];
    let place = |error: &PemError| {
        let mut files = files.iter();
        let found = files.find(|(_, file)| file.as_deref().is_some_and(|file| error.is_of(file)));
        found.map_or(CERTIFICATE, |(key, _)| *key)
    };
    let errors = errors.iter();
    errors
        .map(|error| settings.error_at(place(error), &error.to_string()))
        .collect()
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
    // Who resumes a session is not asked for the certificate again, though it may have expired or its authority gone.
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.send_tls13_tickets = 0;
    Ok(config)
}
