//! The idle server: its time to start, its memory, its size.

use std::{thread, time::Duration};

use anyhow::{Result, anyhow};
use fs_err as fs;

use super::figures::Start;
use crate::server::{self, Server};

/// The number of starts whose median is reported.
pub(super) const STARTS: usize = 21;

/// The workers of the measured server.
pub(super) const WORKERS: usize = 2;

/// The idle time before the memory is read.
const REST: Duration = Duration::from_secs(1);

/// The cargo profile that ships.
pub(super) const PROFILE: &str = "dist";

/// Builds and measures the server; the first two figures are those of a registry of 1,000 operations.
pub(super) fn measure(build_ns: u64, register_ns: u64) -> Result<Start> {
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
    Ok(Start {
        build_ns,
        register_ns,
        start_us: starts[STARTS / 2],
        rss_kb,
        binary_bytes,
    })
}

/// Returns the resident memory of a process in kB (`VmRSS`).
pub(super) fn resident(process: u32) -> Result<u64> {
    let path = format!("/proc/{process}/status");
    let status = fs::read_to_string(&path)?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let figure = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
    figure.ok_or_else(|| anyhow!("{path} has no VmRSS"))
}
