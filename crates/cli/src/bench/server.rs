//! The service, started on a free port, and what the operating system knows of its process.

use std::{
    io::{BufRead as _, BufReader},
    net::SocketAddr,
    process::{Child, ChildStdout, Stdio},
    time::Duration,
};

use fs_err as fs;

use crate::{Error, Result, process::Cmd};

/// Units of processor time a second: `USER_HZ`, which is 100 on every Linux.
const TICKS: u64 = 100;

/// A running server, killed when dropped.
pub(super) struct Server {
    child: Child,
    /// Kept open: a server that writes to a closed pipe may fail.
    _output: BufReader<ChildStdout>,
    address: SocketAddr,
}

impl Server {
    /// Starts a program of purlin-app on a free port, with its settings, and waits until it listens. Its log is discarded.
    pub(super) fn start(program: Cmd, variables: &str) -> Result<Self> {
        let program = program
            .env(&format!("{variables}HTTP__BIND"), "127.0.0.1:0")
            .env(&format!("{variables}OPS__BIND"), "off");
        let shown = program.to_string();
        let mut child = program.spawn(|command| {
            command.stdout(Stdio::piped()).stderr(Stdio::null());
        })?;
        let address = child.stdout.take().map(BufReader::new).and_then(listening);
        match address {
            Some((address, output)) => Ok(Self {
                child,
                _output: output,
                address,
            }),
            None => {
                let _ = child.kill();
                let _ = child.wait();
                Err(Error::unsupported(format!(
                    "the service did not start, or serves no plain HTTP: see what `{shown}` prints, and turn TLS off"
                )))
            }
        }
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns the processor time of the process, kernel included. Linux only.
    pub(super) fn processor_time(&self) -> Option<Duration> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.child.id())).ok()?;
        Some(Duration::from_millis(ticks(&stat)? * 1000 / TICKS))
    }

    /// Returns the resident memory in bytes. Linux only.
    pub(super) fn memory(&self) -> Option<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))?;
        let kib: u64 = line.split_whitespace().next()?.parse().ok()?;
        Some(kib * 1024)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Reads the first line that a server prints: `… http://HOST:PORT/`.
fn listening(mut output: BufReader<ChildStdout>) -> Option<(SocketAddr, BufReader<ChildStdout>)> {
    let mut line = String::new();
    // A program may print other lines first, such as a generated key.
    for _ in 0..20 {
        line.clear();
        if output.read_line(&mut line).ok()? == 0 {
            return None;
        }
        if let Some(address) = address(&line) {
            return Some((address, output));
        }
    }
    None
}

fn address(line: &str) -> Option<SocketAddr> {
    let (_, rest) = line.split_once("http://")?;
    rest.split('/').next()?.trim().parse().ok()
}

/// Returns the fields `utime` and `stime` of `/proc/PID/stat` together. The name in front of them may have spaces.
fn ticks(stat: &str) -> Option<u64> {
    let (_, fields) = stat.rsplit_once(')')?;
    let mut fields = fields.split_whitespace().skip(11);
    let mut next = || fields.next()?.parse::<u64>().ok();
    Some(next()? + next()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn address_is_read_from_the_line_that_a_server_prints() {
        let expected = "127.0.0.1:39977".parse().ok();
        assert_eq!(address("Listening on http://127.0.0.1:39977/\n"), expected);
        assert_eq!(address("Listening on https://127.0.0.1:39977/\n"), None);
    }

    #[test]
    fn processor_time_is_read_beside_a_name_with_spaces() {
        let stat = "42 (a (b) c) S 1 2 3 4 5 6 7 8 9 10 120 34 0 0 20 0 3 0";
        assert_eq!(ticks(stat), Some(154));
        assert_eq!(ticks("42"), None);
    }
}
