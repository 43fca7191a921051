//! Reloads renewed certificates without a restart.
//!
//! The files are checked every few seconds. Once they have changed and then stayed the same, they are read, as they are on
//! SIGHUP: certificate and key together, since one may be written before the other. New connections use what is valid; what is
//! invalid is logged, and the previous certificate stays in use.

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
    pem::{self, PemError, Source},
};
use crate::settings::{ClientCertificates, TlsSettings};

/// The target of log records.
const TARGET: &str = "purlin::tls";

/// The interval at which the files are checked.
const EVERY: Duration = Duration::from_secs(2);

/// The modification time, inode, device and length of a file: a replaced file differs in one of them.
type Stamp = Option<(i64, i64, u64, u64, u64)>;

/// The files, and what was last read from them.
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

/// The authorities of clients.
#[derive(Clone)]
struct Trusted {
    file: PathBuf,
    is_optional: bool,
    current: Arc<Current<Arc<dyn ClientCertVerifier>>>,
}

impl Renewal {
    /// Reads the files for the first time; reports all that cannot be used.
    pub(super) fn begin(
        certificate: &Path,
        key: &Path,
        authorities: Option<&Path>,
        tls: &TlsSettings,
        provider: &Arc<CryptoProvider>,
    ) -> Result<Self, Vec<(Source, PemError)>> {
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
            (pair, trusted) => {
                let mut errors = pair.err().unwrap_or_default();
                let trusted = trusted.err();
                errors.extend(trusted.map(|error| (Source::Authorities, error)));
                Err(errors)
            }
        }
    }

    pub(super) fn shown(&self) -> Arc<Current<Arc<CertifiedKey>>> {
        Arc::clone(&self.shown)
    }

    pub(super) fn authorities(&self) -> Option<Arc<Current<Arc<dyn ClientCertVerifier>>>> {
        let trusted = self.authorities.as_ref();
        trusted.map(|trusted| Arc::clone(&trusted.current))
    }

    /// Logs the certificate in use, with a warning if clients will reject it.
    pub(super) fn greet(&self, now: SystemTime) {
        let file = self.certificate.display();
        let pair = self.shown.get();
        let Some(facts) = pair.cert.first().and_then(Facts::read) else {
            log::warn!(target: TARGET, "the certificate in {file} does not follow RFC 5280; clients may reject it");
            return;
        };
        let (names, end) = (facts.names(), facts.end());
        log::info!(target: TARGET, "the certificate in {file} is for {names}, valid until {end}");
        if let Some(reason) = facts.out_of_time(now) {
            log::warn!(target: TARGET, "the certificate in {file} {reason}; clients will reject it, renew it");
        }
    }

    /// Checks the files as long as the system of this thread runs. From here on SIGHUP does not end the process.
    pub(super) fn start(self) {
        let hangup = signal(SignalKind::hangup())
            .inspect_err(
                |error| log::warn!(target: TARGET, "cannot install a handler of SIGHUP: {error}"),
            )
            .ok();
        rt::spawn(self.run(hangup));
    }

    async fn run(mut self, mut hangup: Option<Signal>) {
        let mut before = self.read.clone();
        loop {
            let is_requested = next(hangup.as_mut()).await;
            let seen = before.clone();
            let renewal = self.clone();
            // On another thread: slow files must not delay signals and the shutdown.
            let checked = spawn_blocking(move || renewal.check(is_requested, &seen)).await;
            if let Ok((now, is_read)) = checked {
                if is_read {
                    self.read.clone_from(&now);
                }
                before = now;
            }
        }
    }

    /// Reads the files if they have changed and settled, or if that was requested.
    fn check(&self, is_requested: bool, before: &[Stamp]) -> (Vec<Stamp>, bool) {
        let authorities = self.authorities.as_ref().map(|trusted| &trusted.file);
        let files = [Some(&self.certificate), Some(&self.key), authorities];
        let now: Vec<_> = files
            .into_iter()
            .flatten()
            .map(|file| stamp(file))
            .collect();
        let has_settled = now != self.read && now == before;
        if is_requested || has_settled {
            self.reload();
        }
        (now, is_requested || has_settled)
    }

    fn reload(&self) {
        let file = self.certificate.display();
        match self.renewed() {
            Ok((pair, facts)) => {
                self.shown.set(Arc::new(pair));
                let (names, end) = (facts.names(), facts.end());
                log::info!(target: TARGET, "new connections use the certificate in {file}, for {names}, valid until {end}"
                );
            }
            Err(reason) => {
                log::error!(target: TARGET, "the previous certificate stays in use: {reason}")
            }
        }
        let Some(trusted) = &self.authorities else {
            return;
        };
        let file = trusted.file.display();
        match pem::verifier(&trusted.file, trusted.is_optional, &self.provider) {
            Ok(verifier) => {
                trusted.current.set(verifier);
                log::info!(target: TARGET, "new connections are verified by the authorities in {file}");
            }
            Err(error) => {
                log::error!(target: TARGET, "the previous authorities stay in use: {error}")
            }
        }
    }

    /// Reads a certificate and key that clients accept.
    fn renewed(&self) -> Result<(CertifiedKey, Facts), String> {
        let pair = pem::pair(&self.certificate, &self.key, &self.provider).map_err(|errors| {
            let errors = errors.iter().map(|(_, error)| error.to_string());
            errors.collect::<Vec<_>>().join("; ")
        })?;
        let file = self.certificate.display();
        let facts = pair.cert.first().and_then(Facts::read);
        let facts =
            facts.ok_or_else(|| format!("the certificate in {file} does not follow RFC 5280"))?;
        match facts.out_of_time(SystemTime::now()) {
            Some(reason) => Err(format!(
                "the certificate in {file} {reason}; send SIGHUP to read it again"
            )),
            None => Ok((pair, facts)),
        }
    }
}

/// Waits for the next check; returns whether SIGHUP requested it.
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
