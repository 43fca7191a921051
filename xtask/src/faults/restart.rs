//! Two servers behind nginx, which stop and restart one after the other under load.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use anyhow::{Result, ensure};
use fs_err as fs;

use super::{
    Setup,
    load::{Load, Request},
    nginx::Nginx,
};
use crate::{run::wait_until, server::Server};

/// How often each server stops.
const ROUNDS: usize = 2;

/// The requests of each kind between two events.
const REQUESTS: u64 = 500;

/// How long nginx may take to use a restarted server.
const TIMEOUT: Duration = Duration::from_secs(10);

/// SIGKILL: connections end in the middle of requests.
pub(super) fn killed(setup: &Setup) -> Result<String> {
    let counts = restart(setup, "killed", &[Request::Get], |server| {
        drop(server);
        Ok(())
    })?;
    Ok(format!("SIGKILL and restart behind nginx: {counts}"))
}

/// SIGTERM: requests in flight are served first, including those that nginx must not retry.
pub(super) fn stopped(setup: &Setup) -> Result<String> {
    let requests = [Request::Get, Request::Post];
    let counts = restart(setup, "stopped", &requests, |server| {
        let status = server.stop()?;
        ensure!(status.success(), "a server ended with {status}");
        Ok(())
    })?;
    Ok(format!("SIGTERM and restart behind nginx: {counts}"))
}

/// A server that restarts at the same address.
struct Backend<'a> {
    setup: &'a Setup,
    name: String,
    starts: usize,
    address: SocketAddr,
    server: Option<Server>,
}

impl<'a> Backend<'a> {
    fn new(setup: &'a Setup, name: String) -> Result<Self> {
        let mut backend = Self {
            setup,
            name,
            starts: 0,
            address: SocketAddr::from(([127, 0, 0, 1], 0)),
            server: None,
        };
        backend.start()?;
        Ok(backend)
    }

    fn start(&mut self) -> Result<()> {
        self.starts += 1;
        let greetings = self
            .setup
            .greetings()
            .env("PURLIN_HTTP__BIND", self.address.to_string())
            .env("PURLIN_HTTP__DRAIN_DELAY", "1");
        let server = self.setup.start(greetings, &self.log())?;
        self.address = server.address();
        self.server = Some(server);
        Ok(())
    }

    /// Waits until nginx forwards requests, besides the first one of this process: it retries a failed server after a while.
    fn wait_for_requests(&self) -> Result<()> {
        let log = self.log();
        let what = format!("nginx uses the server of {}", log.display());
        wait_until(TIMEOUT, &what, || {
            let text = fs::read_to_string(&log)?;
            Ok(text.matches("\"GET / 200").count() >= 2)
        })
    }

    fn log(&self) -> PathBuf {
        self.setup.log(&format!("{}-{}", self.name, self.starts))
    }
}

fn restart(
    setup: &Setup,
    name: &str,
    requests: &[Request],
    stop: impl Fn(Server) -> Result<()>,
) -> Result<String> {
    let mut backends = [
        Backend::new(setup, format!("{name}-a"))?,
        Backend::new(setup, format!("{name}-b"))?,
    ];
    let folder = setup.folder.join(format!("{name}-nginx"));
    let nginx = Nginx::start(&folder, &backends.each_ref().map(|it| it.address))?;
    let start = |request: &Request| Load::start(nginx.buffered, *request);
    let loads: Vec<Load> = requests.iter().map(start).collect();
    let proceed = || loads.iter().try_for_each(|load| load.wait_for(REQUESTS));
    for _ in 0..ROUNDS {
        for backend in &mut backends {
            proceed()?;
            backend.server.take().map_or(Ok(()), &stop)?;
            proceed()?;
            backend.start()?;
            // Until then nginx has no other server when the next one stops.
            backend.wait_for_requests()?;
        }
    }
    proceed()?;
    let counts = loads.into_iter().map(Load::stop);
    let counts = counts.collect::<Result<Vec<_>>>()?.join(" and ");
    Ok(format!("{counts}, {} times", 2 * ROUNDS))
}
