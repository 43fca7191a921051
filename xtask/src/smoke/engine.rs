//! A Docker Engine: the one that runs, else one of our own, which ends with the value.

use std::{
    fs::File,
    process::Child,
    thread,
    time::{Duration, Instant},
};

use anyhow::{anyhow, Result};
use fs_err as fs;

use crate::{
    edge::emptied,
    run::{cmd, install},
};

const PATIENCE: Duration = Duration::from_secs(60);

/// An engine that was started here.
pub(super) struct Daemon(Child);

/// Makes sure one answers, and that there is a Compose.
pub(super) fn ready() -> Result<Option<Daemon>> {
    let compose = cmd("docker").args(["compose", "version"]).succeeds();
    if !compose && !cmd("docker-compose").args(["version"]).succeeds() {
        install("Docker Compose", "docker-compose")?;
    }
    if answers() {
        return Ok(None);
    }
    if !cmd("dockerd").args(["--version"]).succeeds() {
        install("Docker Engine", "docker.io")?;
    }
    let folder = emptied("docker")?;
    let log = folder.join("dockerd.log");
    let output = File::create(&log)?;
    let errors = output.try_clone()?;
    let mut daemon = cmd("dockerd")
        .start(|command| {
            command.stdout(output).stderr(errors);
        })
        .map(Daemon)?;
    let begin = Instant::now();
    while !answers() {
        let ended = matches!(daemon.0.try_wait(), Ok(Some(_)));
        if ended || begin.elapsed() > PATIENCE {
            return Err(anyhow!("dockerd does not answer; {} says why",
                log.display()));
        }
        thread::sleep(Duration::from_millis(200));
    }
    Ok(Some(daemon))
}

fn answers() -> bool {
    cmd("docker").args(["version"]).succeeds()
}

impl Drop for Daemon {
    /// It has processes of its own to end.
    fn drop(&mut self) {
        let id = self.0.id().to_string();
        let _ = cmd("kill").args(["-s", "TERM", &id]).read();
        let _ = self.0.wait();
    }
}
