//! The Docker Engine that runs, or one that is started and stopped here.

use std::{process::Child, time::Duration};

use anyhow::{Result, ensure};

use crate::{
    run::{cmd, empty_folder, install, log_file, wait_until},
    server::signal,
};

/// How long the engine may take to start.
const TIMEOUT: Duration = Duration::from_secs(60);

/// An engine that was started here.
pub(super) struct Daemon(Child);

/// Installs and starts what is missing of engine and Compose.
pub(super) fn ready() -> Result<Option<Daemon>> {
    let compose = cmd("docker").args(["compose", "version"]).succeeds();
    if !compose && !cmd("docker-compose").arg("version").succeeds() {
        install("docker-compose")?;
    }
    if runs() {
        return Ok(None);
    }
    if !cmd("dockerd").arg("--version").succeeds() {
        install("docker.io")?;
    }
    let log = empty_folder("docker")?.join("dockerd.log");
    let (output, errors) = (log_file(&log)?, log_file(&log)?);
    let child = cmd("dockerd").spawn(|command| {
        command.stdout(output).stderr(errors);
    })?;
    let mut daemon = Daemon(child);
    wait_until(TIMEOUT, "dockerd runs", || {
        let ended = daemon.0.try_wait()?.is_some();
        ensure!(!ended, "dockerd ended; see {}", log.display());
        Ok(runs())
    })?;
    Ok(Some(daemon))
}

fn runs() -> bool {
    cmd("docker").arg("version").succeeds()
}

impl Drop for Daemon {
    /// Stops the engine with a signal, so that it stops its own processes.
    fn drop(&mut self) {
        let _ = signal(self.0.id(), "TERM");
        let _ = self.0.wait();
    }
}
