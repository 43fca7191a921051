//! Starts a built server on a free port and stops it again.

use std::{
    io::{BufRead as _, BufReader},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, ChildStdout, ExitStatus, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail, ensure};
use cargo_purlin::process::Cmd;

use crate::{
    http,
    run::{cargo, cmd, executable, wait_until},
};

/// How long a server may take to start, under callgrind on a busy machine too.
const START_TIMEOUT: Duration = Duration::from_secs(60);

/// How long a server may take to stop.
const STOP_TIMEOUT: Duration = Duration::from_secs(40);

/// A running server, killed when dropped.
pub(crate) struct Server {
    child: Child,
    /// Kept open: a server that writes to a closed pipe may fail.
    _stdout: Option<BufReader<ChildStdout>>,
    address: SocketAddr,
    started: Duration,
}

/// Builds purlin-server with the features it ships with and returns its path.
pub(crate) fn build(profile: &str) -> Result<PathBuf> {
    let build = cargo().args(["build", "--package", "purlin-server", "--profile", profile]);
    executable(build, "purlin-server")
}

/// Returns the server, configured to listen on a free port.
pub(crate) fn configured(binary: &Path, workers: usize) -> Cmd {
    cmd(binary)
        .env("PURLIN_HTTP__BIND", "127.0.0.1:0")
        .env("PURLIN_HTTP__WORKERS", workers.to_string())
        .env("PURLIN_OPS__BIND", "off")
        .env("PURLIN_LOG__LEVEL", "warn")
}

impl Server {
    /// Starts purlin-server on a free port and waits for its first 200.
    pub(crate) fn start(binary: &Path, workers: usize) -> Result<Self> {
        Self::launch(configured(binary, workers), "/", Stdio::inherit())
    }

    /// Starts any server that prints its address as purlin-server does, and waits until GET `path` returns 200. Its
    /// standard error goes to `errors`.
    pub(crate) fn launch(program: Cmd, path: &str, errors: Stdio) -> Result<Self> {
        let shown = program.to_string();
        let begin = Instant::now();
        let mut child = program.spawn(|command| {
            command.stdout(Stdio::piped()).stderr(errors);
        })?;
        let mut stdout = child.stdout.take().map(BufReader::new);
        let address = stdout.as_mut().and_then(printed_address);
        let Some(address) = address else {
            let _ = child.kill();
            let _ = child.wait();
            bail!("`{shown}` printed no address");
        };
        let mut server = Self {
            child,
            _stdout: stdout,
            address,
            started: Duration::ZERO,
        };
        while !http::status(address, path).is_ok_and(|status| status == 200) {
            ensure!(
                begin.elapsed() < START_TIMEOUT && matches!(server.child.try_wait(), Ok(None)),
                "`{shown}` did not return 200 for {path} within {START_TIMEOUT:?}"
            );
            std::thread::sleep(Duration::from_micros(100));
        }
        server.started = begin.elapsed();
        Ok(server)
    }

    /// Returns the address it listens on.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns the body of GET `path`, which must return 200.
    pub(crate) fn fetch(&self, path: &str) -> Result<Vec<u8>> {
        let response = http::get(self.address, path).with_context(|| format!("GET {path}"))?;
        ensure!(
            response.status == 200,
            "GET {path} returns {}",
            response.status
        );
        Ok(response.body)
    }

    /// Returns `http://HOST:PORT`.
    pub(crate) fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Returns the time from the start of the process to the end of its first 200.
    pub(crate) fn started(&self) -> Duration {
        self.started
    }

    /// Sends SIGTERM and waits for the end of the process.
    pub(crate) fn stop(mut self) -> Result<ExitStatus> {
        signal(self.id(), "TERM")?;
        let mut status = None;
        wait_until(STOP_TIMEOUT, "the server stops", || {
            status = self.child.try_wait()?;
            Ok(status.is_some())
        })?;
        status.context("the server did not stop")
    }

    /// Returns the process id.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }
}

/// Sends a signal to a process.
pub(crate) fn signal(process: u32, name: &str) -> Result<()> {
    cmd("kill")
        .args(["-s", name, &process.to_string()])
        .read()?;
    Ok(())
}

/// Reads the address in the first line that a server prints: `… http://HOST:PORT/`.
fn printed_address(stdout: &mut BufReader<ChildStdout>) -> Option<SocketAddr> {
    let mut line = String::new();
    stdout.read_line(&mut line).ok()?;
    let (_, rest) = line.split_once("http://")?;
    rest.split('/').next()?.trim().parse().ok()
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
