//! Starting the built server on a free port and stopping it again.

use std::{
    io::{BufRead as _, BufReader},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, ChildStdout, ExitStatus, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{anyhow, Result};
use cargo_purlin::process::Cmd;

use crate::{
    http,
    run::{cmd},
};

/// A server slower than this has not started.
const PATIENCE: Duration = Duration::from_secs(10);

/// A server told to stop has ended within this.
const END: Duration = Duration::from_secs(40);

/// A running server, killed when dropped.
pub(crate) struct Server {
    child: Child,
    /// Kept open: a server whose words nobody reads any more might stop over it.
    said: Option<BufReader<ChildStdout>>,
    address: Option<SocketAddr>,
    started: Duration,
}

/// Builds purlin-server as it ships, that is with the features its own crates ask for, and returns its path.
pub(crate) fn build(profile: &str) -> Result<PathBuf> {
    let made = executables(["build", "--package", "purlin-server", "--profile", profile])?;
    let server = made.into_iter().find(|(name, _)| name == "purlin-server");
    server
        .map(|(_, path)| path)
        .ok_or_else(|| anyhow!("cargo built no executable named purlin-server"))
}

/// The server on a port of its own choice, to be started.
pub(crate) fn configured(binary: &Path, workers: usize) -> Cmd {
    cmd(binary)
        .env("PURLIN_HTTP__BIND", "127.0.0.1:0")
        .env("PURLIN_HTTP__WORKERS", &workers.to_string())
        .env("PURLIN_OPS__BIND", "off")
        .env("PURLIN_LOG__LEVEL", "warn")
}

impl Server {
    /// Starts the server on a port of its own choice and waits for its first 200.
    pub(crate) fn start(binary: &Path, workers: usize) -> Result<Self> {
        Self::launch(configured(binary, workers), "/", Stdio::inherit())
    }

    /// Starts any server that prints its address as ours does, and waits until `path` answers 200. What it writes to
    /// its standard error goes to `errors`.
    pub(crate) fn launch(run: Cmd, path: &str, errors: Stdio) -> Result<Self> {
        let shown = run.to_string();
        let begin = Instant::now();
        let mut child = run.start(|command| {
            command.stdout(Stdio::piped()).stderr(errors);
        })?;
        let said = child.stdout.take().map(BufReader::new);
        let mut server = Self {
            child,
            said,
            address: None,
            started: Duration::ZERO,
        };
        server.address = server.told_address();
        while !server.answers(path) {
            if begin.elapsed() > PATIENCE {
                return Err(anyhow!("`{shown}` did not answer 200 within {PATIENCE:?}"));
            }
            if server.address.is_none() || matches!(server.child.try_wait(), Ok(Some(_))) {
                return Err(anyhow!("`{shown}` ended, or printed no address to listen on"));
            }
            thread::sleep(Duration::from_micros(100));
        }
        server.started = begin.elapsed();
        Ok(server)
    }

    /// The address in the first line the server prints: `… is served at http://HOST:PORT/`.
    fn told_address(&mut self) -> Option<SocketAddr> {
        let mut line = String::new();
        self.said.as_mut()?.read_line(&mut line).ok()?;
        let (_, rest) = line.split_once("http://")?;
        rest.split('/').next()?.trim().parse().ok()
    }

    fn answers(&self, path: &str) -> bool {
        self.address
            .is_some_and(|address| matches!(http::status(address, path), Ok(200)))
    }

    /// Where it listens; nowhere when it was never heard of.
    pub(crate) fn address(&self) -> Option<SocketAddr> {
        self.address
    }

    /// What it answers to a GET, which has to be a 200.
    pub(crate) fn fetch(&self, path: &str) -> Result<Vec<u8>> {
        let address = self
            .address
            .ok_or_else(|| anyhow!("the server told no address"))?;
        let answer = http::get(address, path)
            .map_err(|error| anyhow!("GET {path}: {error}"))?;
        match answer.status {
            200 => Ok(answer.body),
            status => Err(anyhow!("GET {path} is answered {status}")),
        }
    }

    /// `http://HOST:PORT`.
    pub(crate) fn base_url(&self) -> String {
        self.address
            .map(|address| format!("http://{address}"))
            .unwrap_or_default()
    }

    /// From the start of the process to the end of its first 200.
    pub(crate) fn started(&self) -> Duration {
        self.started
    }

    /// Tells it to stop (SIGTERM), and waits for its end.
    pub(crate) fn stop(mut self) -> Result<ExitStatus> {
        let id = self.id().to_string();
        cmd("kill").args(["-s", "TERM", &id]).read()?;
        let begin = Instant::now();
        while begin.elapsed() < END {
            if let Ok(Some(status)) = self.child.try_wait() {
                return Ok(status);
            }
            thread::sleep(Duration::from_millis(5));
        }
        Err(anyhow!("the server did not end in {END:?}"))
    }

    /// The process id, for those who read `/proc`.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
