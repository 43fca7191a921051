//! Servers under load by wrk: requests per second, times of responses, processor time, memory.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use fs_err as fs;

use super::{figures::Load, process::resident};
use crate::{
    run::{cmd, root},
    server::Server,
};

/// A tick of the processor times in `/proc`, whatever the kernel (`USER_HZ`).
const TICK: Duration = Duration::from_millis(10);

/// How long and from how many connections, each with one request at a time.
#[derive(Clone, Copy)]
pub(super) struct Pressure {
    pub(super) connections: u32,
    pub(super) duration: Duration,
}

/// A request that is sent again and again.
pub(super) struct Request<'a> {
    pub(super) method: &'a str,
    pub(super) path: &'a str,
    /// The body; empty for none.
    pub(super) body: &'a str,
    /// Header fields, by name.
    pub(super) fields: &'a [(&'a str, &'a str)],
}

/// What one load took.
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

/// Sends a server requests; fails if one of them does.
pub(super) fn wrk(server: &Server, pressure: Pressure, request: &Request) -> Result<Figures> {
    let url = format!("{}{}", server.base_url(), request.path);
    let before = worked(server.id())?;
    let fields = request.fields.iter();
    let printed = cmd("wrk")
        .args(["--threads", "1", "--timeout", "10s", "--script"])
        .arg(root().join("xtask/bench/load.lua"))
        .args(["--connections", &pressure.connections.to_string()])
        .args(["--duration", &pressure.duration.as_secs().to_string()])
        .args([&url, "--", request.method, request.body])
        .args(fields.flat_map(|(name, value)| [name, value]))
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

/// A server to be compared with others.
pub(super) struct Candidate<'a> {
    pub(super) what: &'a str,
    pub(super) workers: usize,
    pub(super) start: Box<dyn Fn() -> Result<Server> + 'a>,
}

/// Loads servers in turns, so that whatever else the machine does meets all of them.
pub(super) fn in_turns(
    candidates: &[Candidate],
    turns: usize,
    pressure: Pressure,
    request: &Request,
) -> Result<Vec<Load>> {
    let mut sums = vec![(Figures::default(), 0); candidates.len()];
    for _ in 0..turns {
        for (candidate, (sum, memory)) in candidates.iter().zip(&mut sums) {
            let server = (candidate.start)()?;
            sum.add(wrk(&server, pressure, request).context(candidate.what.to_owned())?);
            *memory = resident(server.id())?.max(*memory);
        }
    }
    let loads = candidates.iter().zip(sums);
    Ok(loads
        .map(|(candidate, (sum, rss_kb))| {
            let load = load(candidate, &sum, rss_kb);
            eprintln!("{:>9} requests/s  {}", load.per_second, load.what);
            load
        })
        .collect())
}

fn load(candidate: &Candidate, sum: &Figures, rss_kb: u64) -> Load {
    let micros = |time: Duration| u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
    Load {
        what: candidate.what.to_owned(),
        workers: candidate.workers,
        per_second: sum.per_second() as u64,
        p50_us: micros(sum.p50),
        p99_us: micros(sum.p99),
        processor_ns: (sum.each_us() * 1e3) as u64,
        rss_kb,
    }
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
