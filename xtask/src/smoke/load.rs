//! Load through the edge: wrk sends GETs and POSTs without a pause and counts failures.

use std::{
    fmt,
    path::Path,
    process::{Child, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use cargo_purlin::dist::grouped;
use fs_err as fs;

use super::site::Site;
use crate::{programs::GREETING, run::cmd, server::signal};

/// Running clients.
pub(super) struct Load {
    gets: Child,
    posts: Child,
    begin: Instant,
}

/// The requests of both kinds.
#[derive(Debug)]
pub(super) struct Counts {
    gets: Count,
    posts: Count,
    elapsed: Duration,
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Count {
    sent: u64,
    lost: u64,
}

impl Counts {
    pub(super) fn lost_gets(&self) -> u64 {
        self.gets.lost
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            gets,
            posts,
            elapsed,
        } = self;
        let rate = (gets.sent + posts.sent) as f64 / elapsed.as_secs_f64();
        let (get, post) = (grouped(gets.sent), grouped(posts.sent));
        let (lost_gets, lost_posts) = (gets.lost, posts.lost);
        write!(
            f,
            "{lost_gets} of {get} GETs lost, {lost_posts} of {post} POSTs, at {rate:.0} a second"
        )
    }
}

impl Load {
    pub(super) fn start(site: &Site) -> Result<Self> {
        let script = site.folder.join("post.lua");
        let text = format!(
            "wrk.method = \"POST\"\nwrk.headers[\"Content-Type\"] = \"application/json\"\n\
             wrk.headers[\"X-MyApp-ApiKey\"] = \"{}\"\nwrk.body = [[{GREETING}]]\n",
            site.key
        );
        fs::write(&script, text)?;
        Ok(Self {
            begin: Instant::now(),
            gets: spawn(site, "/", None)?,
            posts: spawn(site, "/send_greeting", Some(&script))?,
        })
    }

    /// Stops the clients; too few requests are an error.
    pub(super) fn stop(self) -> Result<Counts> {
        let counts = Counts {
            elapsed: self.begin.elapsed(),
            gets: interrupt(self.gets)?,
            posts: interrupt(self.posts)?,
        };
        let enough = counts.gets.sent >= 100 && counts.posts.sent >= 100;
        ensure!(enough, "too few requests: {counts}");
        Ok(counts)
    }
}

fn spawn(site: &Site, path: &str, script: Option<&Path>) -> Result<Child> {
    let wrk = cmd("wrk")
        .args([
            "-t1",
            "-c8",
            "-d10m",
            "--timeout",
            "10s",
            "-H",
            "Host: edge.test",
        ])
        .args(script.map(|script| format!("--script={}", script.display())))
        .arg(format!("https://{}{path}", site.edge.https));
    Ok(wrk.spawn(|command| {
        command.stdout(Stdio::piped());
    })?)
}

/// Interrupts wrk, which then prints its counts.
fn interrupt(child: Child) -> Result<Count> {
    signal(child.id(), "INT")?;
    let output = child.wait_with_output()?;
    let output = String::from_utf8_lossy(&output.stdout);
    count(&output).with_context(|| format!("wrk printed no count:\n{output}"))
}

/// Reads `N requests in …`, `Non-2xx or 3xx responses: N` and `Socket errors: connect N, read N, write N, timeout N`.
fn count(output: &str) -> Option<Count> {
    let mut sent = None;
    let mut lost = 0;
    for line in output.lines().map(str::trim) {
        if let Some((number, _)) = line.split_once(" requests in ") {
            sent = number.parse().ok();
        } else if let Some(number) = line.strip_prefix("Non-2xx or 3xx responses: ") {
            lost += number.parse::<u64>().ok()?;
        } else if let Some(errors) = line.strip_prefix("Socket errors: ") {
            for error in errors.split(", ") {
                lost += error.rsplit(' ').next()?.parse::<u64>().ok()?;
            }
        }
    }
    sent.map(|sent| Count { sent, lost })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_failure_is_counted() {
        let output = "Running 10m test\n  120 requests in 1.00s, 20KB read\n  \
                      Socket errors: connect 1, read 2, write 0, timeout 3\n  Non-2xx or 3xx responses: 4\n";
        let expected = |sent, lost| Some(Count { sent, lost });
        assert_eq!(count(output), expected(120, 10));
        let output = "  120 requests in 1.00s, 20KB read\n";
        assert_eq!(count(output), expected(120, 0));
        assert_eq!(count("unable to connect"), None);
    }
}
