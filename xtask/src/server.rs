//! Starting the built server on a free port and stopping it again.

use std::{
    net::{Ipv4Addr, SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::{Child, Stdio},
    thread,
    time::{Duration, Instant},
};

use crate::{
    http,
    run::{Failure, Outcome, Run, executables},
};

/// A server slower than this has not started.
const PATIENCE: Duration = Duration::from_secs(10);

/// A running server, stopped when dropped.
pub(crate) struct Server {
    child: Child,
    address: SocketAddr,
    started: Duration,
}

/// Builds purlin-server as it ships, that is with the features its own crates ask for, and returns its path.
pub(crate) fn build(profile: &str) -> Outcome<PathBuf> {
    let made = executables(["build", "--package", "purlin-server", "--profile", profile])?;
    let server = made.into_iter().find(|(name, _)| name == "purlin-server");
    server
        .map(|(_, path)| path)
        .ok_or_else(|| Failure::said("cargo built no executable named purlin-server"))
}

impl Server {
    /// Starts the server and waits for its first 200.
    pub(crate) fn start(binary: &Path, workers: usize) -> Outcome<Self> {
        let address =
            free_address().map_err(|error| Failure::said(format!("no free port: {error}")))?;
        let run = Run::new(binary)
            .env("PURLIN_SERVER__PORT", &address.port().to_string())
            .env("PURLIN_SERVER__HOST", &address.ip().to_string())
            .env("PURLIN_SERVER__WORKERS", &workers.to_string())
            .env("PURLIN_LOG__FILTER", "warn");
        let shown = run.to_string();
        let begin = Instant::now();
        let child = run.into_command().stdin(Stdio::null()).spawn();
        let child = child.map_err(|error| Failure::NotStarted {
            command: shown.clone(),
            error,
        })?;
        let mut server = Self {
            child,
            address,
            started: Duration::ZERO,
        };
        loop {
            if http::status(address, "/").is_ok_and(|status| status == 200) {
                server.started = begin.elapsed();
                return Ok(server);
            }
            if let Ok(Some(status)) = server.child.try_wait() {
                return Err(Failure::Refused {
                    command: shown,
                    status,
                });
            }
            if begin.elapsed() > PATIENCE {
                return Err(Failure::said(format!(
                    "`{shown}` did not answer 200 within {PATIENCE:?}"
                )));
            }
            thread::sleep(Duration::from_micros(100));
        }
    }

    /// `http://HOST:PORT`.
    pub(crate) fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// From the start of the process to the end of its first 200.
    pub(crate) fn started(&self) -> Duration {
        self.started
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

/// An address nobody listens on at this moment.
fn free_address() -> std::io::Result<SocketAddr> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()
}
