//! The service, started on a free port, and what the operating system knows of its process.

use std::{
    io::{BufRead as _, BufReader},
    net::SocketAddr,
    process::{Child, ChildStdout, Stdio},
    sync::mpsc::{self, Receiver},
    thread,
    time::Duration,
};

use fs_err as fs;

use crate::{Error, Result, process::Cmd};

/// Units of processor time a second: `USER_HZ`, which is 100 on every Linux.
const TICKS: u64 = 100;

/// How long a server that listens prints nothing when it has printed everything.
const SILENCE: Duration = Duration::from_millis(300);

/// A running server, killed when dropped.
pub(super) struct Server {
    child: Child,
    address: SocketAddr,
    /// What it printed when it started.
    greeting: String,
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
        let greeting = child.stdout.take().map(|output| greeting(&lines(output)));
        let greeting = greeting.unwrap_or_default();
        match greeting.lines().find_map(address) {
            Some(address) => Ok(Self {
                child,
                address,
                greeting,
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

    pub(super) fn greeting(&self) -> &str {
        &self.greeting
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

/// Reads lines as long as the server runs: one that writes to a full or closed pipe may fail.
fn lines(output: ChildStdout) -> Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            // The greeting is over when there is no receiver.
            let _ = sender.send(line);
        }
    });
    receiver
}

/// Returns what a server prints when it starts: up to the address it listens on, as long as that takes, and what follows.
fn greeting(lines: &Receiver<String>) -> String {
    let mut greeting = String::new();
    let mut listens = false;
    loop {
        let line = match listens {
            false => lines.recv().ok(),
            true => lines.recv_timeout(SILENCE).ok(),
        };
        let Some(line) = line else {
            return greeting;
        };
        listens |= address(&line).is_some();
        greeting.push_str(&line);
        greeting.push('\n');
    }
}

/// Reads an address from `… http://HOST:PORT/`.
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
    fn greeting_has_the_lines_around_the_address() {
        let (sender, receiver) = mpsc::channel();
        let lines = ["a key", "at http://127.0.0.1:1/", "a token"];
        for line in lines {
            sender.send(line.to_owned()).unwrap();
        }
        // The server keeps running: the sender is not dropped.
        assert_eq!(greeting(&receiver), format!("{}\n", lines.join("\n")));
        drop(sender);
        assert_eq!(greeting(&receiver), "");
    }

    #[test]
    fn processor_time_is_read_beside_a_name_with_spaces() {
        let stat = "42 (a (b) c) S 1 2 3 4 5 6 7 8 9 10 120 34 0 0 20 0 3 0";
        assert_eq!(ticks(stat), Some(154));
        assert_eq!(ticks("42"), None);
    }
}
