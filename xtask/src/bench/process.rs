//! What the finished server costs before anybody uses it: how long it takes to start, how much memory it holds.

use std::{path::Path, thread, time::Duration};

use anyhow::{anyhow, Result};
use fs_err as fs;

use crate::{
    server::{self, Server},
};

/// Starts of which the median is told.
const STARTS: usize = 21;

/// Workers of the measured server.
pub(super) const WORKERS: usize = 2;

/// How long the server is left alone before its memory is read.
const REST: Duration = Duration::from_secs(1);

/// The profile measured: what ships.
pub(super) const PROFILE: &str = "dist";

/// What a process costs.
pub(super) struct Process {
    /// From the start of the process to the end of its first 200, in microseconds; median.
    pub(super) start_us: u64,
    /// Resident memory of the idle server in kB.
    pub(super) rss_kb: u64,
    /// Size of the executable in bytes.
    pub(super) binary_bytes: u64,
}

/// Builds the server as it ships and measures it.
pub(super) fn measure() -> Result<Process> {
    let binary = server::build(PROFILE)?;
    let mut starts = Vec::with_capacity(STARTS);
    for _ in 0..STARTS {
        let microseconds = Server::start(&binary, WORKERS)?.started().as_micros();
        starts.push(u64::try_from(microseconds).unwrap_or(u64::MAX));
    }
    starts.sort_unstable();
    let server = Server::start(&binary, WORKERS)?;
    thread::sleep(REST);
    let rss_kb = resident(server.id())?;
    let binary_bytes = fs::metadata(&binary)?.len();
    Ok(Process {
        start_us: starts[STARTS / 2],
        rss_kb,
        binary_bytes,
    })
}

/// `VmRSS` of a process, in kB.
fn resident(process: u32) -> Result<u64> {
    let path = format!("/proc/{process}/status");
    let status = fs::read_to_string(&path)?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let figure = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
    figure.ok_or_else(|| anyhow!("{path} says nothing of VmRSS"))
}
