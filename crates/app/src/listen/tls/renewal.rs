//! Renewed certificates are taken up without a restart.
//!
//! The files are looked at every few seconds. Once they have changed and then stayed as they are, they are read, as they
//! are at SIGHUP: certificate and key together, for one may be written before the other. What is good is shown to new
//! connections. What is not is logged, and what was good stays.

use std::{
    fs,
    future::poll_fn,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    sync::Arc,
    task::Poll,
    time::{Duration, SystemTime},
};

use actix_web::rt::{
    self,
    signal::unix::{Signal, SignalKind, signal},
    task::spawn_blocking,
    time::sleep,
};
use rustls::{crypto::CryptoProvider, server::danger::ClientCertVerifier, sign::CertifiedKey};

use super::{
    certificate::Facts,
    current::Current,
    pem::{self, PemError},
};
use crate::settings::{ClientCertificates, TlsSettings};

/// Where it is logged.
const TARGET: &str = "purlin::tls";

/// How often the files are looked at.
const EVERY: Duration = Duration::from_secs(2);

/// When a file was changed, its number, device and length: one of them tells that it is another.
type Stamp = Option<(i64, i64, u64, u64, u64)>;

/// The files, and what was read from them last.
#[derive(Clone)]
pub(super) struct Renewal {
    provider: Arc<CryptoProvider>,
    certificate: PathBuf,
    key: PathBuf,
    shown: Arc<Current<Arc<CertifiedKey>>>,
    authorities: Option<Trusted>,
    /// The files as they were when they were read.
    read: Vec<Stamp>,
}

/// Whose certificates clients may show.
#[derive(Clone)]
struct Trusted {
    file: PathBuf,
    is_optional: bool,
    current: Arc<Current<Arc<dyn ClientCertVerifier>>>,
}

impl Renewal {
    /// Reads the files for the first time; every one that is wrong is told.
    pub(super) fn begin(
        certificate: &Path,
        key: &Path,
        authorities: Option<&Path>,
        tls: &TlsSettings,
        provider: &Arc<CryptoProvider>,
    ) -> Result<Self, Vec<PemError>> {
        let files = [Some(certificate), Some(key), authorities];
        let read = files.into_iter().flatten().map(stamp).collect();
        let pair = pem::pair(certificate, key, provider);
        let is_optional = tls.client_certificate == ClientCertificates::Optional;
        let trusted = authorities
            .map(|file| {
                let verifier = pem::verifier(file, is_optional, provider)?;
                Ok(Trusted {
                    file: file.to_owned(),
                    is_optional,
                    current: Arc::new(Current::new(verifier)),
                })
            })
            .transpose();
        match (pair, trusted) {
            (Ok(pair), Ok(authorities)) => Ok(Self {
                provider: Arc::clone(provider),
                certificate: certificate.to_owned(),
                key: key.to_owned(),
                shown: Arc::new(Current::new(Arc::new(pair))),
                authorities,
                read,
            }),
            (pair, trusted) => Err(pair.err().into_iter().chain(trusted.err()).collect()),
        }
    }

    pub(super) fn shown(&self) -> Arc<Current<Arc<CertifiedKey>>> {
        Arc::clone(&self.shown)
    }

    pub(super) fn authorities(&self) -> Option<Arc<Current<Arc<dyn ClientCertVerifier>>>> {
        let trusted = self.authorities.as_ref();
        trusted.map(|trusted| Arc::clone(&trusted.current))
    }

    /// Says which certificate is shown, and warns of one that clients will refuse.
    pub(super) fn greet(&self, now: SystemTime) {
        let file = self.certificate.display();
        let pair = self.shown.get();
        let Some(facts) = pair.cert.first().and_then(Facts::read) else {
            log::warn!(target: TARGET, "the certificate in {file} does not follow RFC 5280; clients may refuse it");
            return;
        };
        let (names, end) = (facts.names(), facts.end());
        log::info!(target: TARGET, "the certificate in {file} is for {names}, valid until {end}");
        if let Some(words) = facts.out_of_time(now) {
            log::warn!(target: TARGET, "the certificate in {file} {words}; clients will refuse it, renew it");
        }
    }

    /// Looks at the files again and again, for as long as the system of this thread runs. From here on SIGHUP does not
    /// end the process.
    pub(super) fn start(self) {
        let hangup = signal(SignalKind::hangup())
            .inspect_err(|error| log::warn!(target: TARGET, "SIGHUP cannot be heard: {error}"))
            .ok();
        rt::spawn(self.run(hangup));
    }

    async fn run(mut self, mut hangup: Option<Signal>) {
        let mut before = self.read.clone();
        loop {
            let is_told = next(hangup.as_mut()).await;
            let seen = before.clone();
            let renewal = self.clone();
            // Files may be slow; signals and the end of the server are not to wait for them.
            let looked = spawn_blocking(move || renewal.look(is_told, &seen)).await;
            if let Ok((now, is_read)) = looked {
                if is_read {
                    self.read.clone_from(&now);
                }
                before = now;
            }
        }
    }

    /// Reads the files if they are others than those that were read and have settled, or if that was asked for.
    fn look(&self, is_told: bool, before: &[Stamp]) -> (Vec<Stamp>, bool) {
        let authorities = self.authorities.as_ref().map(|trusted| &trusted.file);
        let files = [Some(&self.certificate), Some(&self.key), authorities];
        let now: Vec<_> = files
            .into_iter()
            .flatten()
            .map(|file| stamp(file))
            .collect();
        let has_settled = now != self.read && now == before;
        if is_told || has_settled {
            self.take();
        }
        (now, is_told || has_settled)
    }

    fn take(&self) {
        let file = self.certificate.display();
        match self.renewed() {
            Ok((pair, facts)) => {
                self.shown.set(Arc::new(pair));
                let (names, end) = (facts.names(), facts.end());
                log::info!(target: TARGET, "new connections are shown the certificate in {file}, for {names}, valid until {end}"
                );
            }
            Err(words) => {
                log::error!(target: TARGET, "the certificate that was in force is kept: {words}")
            }
        }
        let Some(trusted) = &self.authorities else {
            return;
        };
        let file = trusted.file.display();
        match pem::verifier(&trusted.file, trusted.is_optional, &self.provider) {
            Ok(verifier) => {
                trusted.current.set(verifier);
                log::info!(target: TARGET, "new connections are held to the authorities in {file}");
            }
            Err(error) => {
                log::error!(target: TARGET, "the authorities that were in force are kept: {error}")
            }
        }
    }

    /// A pair that is better than the one before: one that clients accept.
    fn renewed(&self) -> Result<(CertifiedKey, Facts), String> {
        let pair = pem::pair(&self.certificate, &self.key, &self.provider)
            .map_err(|error| error.to_string())?;
        let file = self.certificate.display();
        let facts = pair.cert.first().and_then(Facts::read);
        let facts = facts.ok_or_else(|| format!("what is in {file} does not follow RFC 5280"))?;
        match facts.out_of_time(SystemTime::now()) {
            Some(words) => Err(format!(
                "what is in {file} {words}; send SIGHUP to have it read again"
            )),
            None => Ok((pair, facts)),
        }
    }
}

/// Waits for the next look; whether it was asked for.
async fn next(mut hangup: Option<&mut Signal>) -> bool {
    let mut tick = std::pin::pin!(sleep(EVERY));
    poll_fn(|cx| {
        if let Some(signal) = &mut hangup
            && signal.poll_recv(cx).is_ready()
        {
            return Poll::Ready(true);
        }
        tick.as_mut().poll(cx).map(|()| false)
    })
    .await
}

fn stamp(file: &Path) -> Stamp {
    let found = fs::metadata(file).ok()?;
    Some((
        found.mtime(),
        found.mtime_nsec(),
        found.ino(),
        found.dev(),
        found.len(),
    ))
}
