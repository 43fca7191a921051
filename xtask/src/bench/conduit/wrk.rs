//! Requests per second, times of responses and processor time of a server under load.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use fs_err as fs;

use super::Endpoint;
use crate::{
    run::{cmd, root},
    server::Server,
};

/// The connections of wrk, each with one request at a time.
pub(super) const CONNECTIONS: u32 = 16;

/// How long one load takes.
pub(super) const DURATION: Duration = Duration::from_secs(5);

/// A tick of the processor times in `/proc`, whatever the kernel (`USER_HZ`).
const TICK: Duration = Duration::from_millis(10);

/// What one load on one endpoint took.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Figures {
    pub(super) requests: u64,
    pub(super) elapsed: Duration,
    pub(super) p50: Duration,
    pub(super) p99: Duration,
    /// The processor time of the server, without that of a database in another process.
    pub(super) worked: Duration,
}

impl Figures {
    /// Adds those of another turn; of the times of responses, the longer ones count.
    pub(super) fn add(&mut self, other: Self) {
        self.requests += other.requests;
        self.elapsed += other.elapsed;
        self.worked += other.worked;
        self.p50 = self.p50.max(other.p50);
        self.p99 = self.p99.max(other.p99);
    }

    pub(super) fn per_second(&self) -> f64 {
        self.requests as f64 / self.elapsed.as_secs_f64()
    }

    /// Returns the processor time per request in microseconds.
    pub(super) fn each_us(&self) -> f64 {
        self.worked.as_secs_f64() * 1e6 / self.requests as f64
    }
}

/// Sends one endpoint requests from several connections; fails if a request does.
pub(super) fn load(server: &Server, endpoint: &Endpoint) -> Result<Figures> {
    let url = format!("{}{}", server.base_url(), endpoint.path);
    let before = worked(server.id())?;
    let printed = cmd("wrk")
        .args(["--threads", "1", "--timeout", "10s", "--script"])
        .arg(root().join("xtask/bench/load.lua"))
        .args(["--connections", &CONNECTIONS.to_string()])
        .args(["--duration", &DURATION.as_secs().to_string()])
        .args([&url, "--", endpoint.method])
        .args(endpoint.body.iter().flat_map(|(token, body)| [token, body]))
        .read()?;
    let worked = worked(server.id())?.saturating_sub(before);
    let (figures, failed) = read(&printed).with_context(|| printed.clone())?;
    ensure!(failed == 0, "{url}: {failed} requests failed");
    Ok(Figures { worked, ..figures })
}

/// Reads the line of the script, and how many requests failed.
fn read(printed: &str) -> Option<(Figures, u64)> {
    let line = printed.lines().find_map(|line| line.strip_prefix("load "));
    let numbers = line?.split(' ').map(str::parse);
    let numbers: Vec<u64> = numbers.collect::<Result<_, _>>().ok()?;
    let [requests, elapsed, p50, p99, failed] = *numbers.as_slice() else {
        return None;
    };
    let figures = Figures {
        requests,
        elapsed: Duration::from_micros(elapsed),
        p50: Duration::from_micros(p50),
        p99: Duration::from_micros(p99),
        worked: Duration::ZERO,
    };
    Some((figures, failed))
}

/// Returns the time that all threads of a process have worked (`utime` and `stime` of proc_pid_stat(5)).
fn worked(process: u32) -> Result<Duration> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat"))?;
    // The name of the program, in parentheses, may hold anything.
    let ticks = stat.rsplit_once(')').map(|(_, rest)| rest);
    let ticks = ticks.into_iter().flat_map(str::split_whitespace);
    let ticks = ticks.skip(11).take(2).map(str::parse::<u32>);
    let ticks = ticks.collect::<Result<Vec<_>, _>>()?;
    ensure!(ticks.len() == 2, "no times in {stat}");
    Ok(TICK * ticks.iter().sum())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_read_from_the_line_of_the_script() {
        let printed = "Running 5s test\n  2 threads\nload 100 2000000 1500 9000 1\n";
        let (figures, failed) = read(printed).unwrap();
        assert_eq!((figures.per_second(), failed), (50.0, 1));
        assert_eq!(figures.p99, Duration::from_millis(9));
        assert!(read("load 1 2").is_none());
    }

    #[test]
    fn processor_time_is_read() {
        assert!(worked(std::process::id()).is_ok());
    }
}
