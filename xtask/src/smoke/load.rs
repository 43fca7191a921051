//! Clients that ask through the edge without a pause, GETs and POSTs apart: wrk, which counts what fails.

use std::{
    fmt, path::Path,
    process::{Child, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{anyhow, Result};
use fs_err as fs;

use super::asked::Site;
use crate::{
    bench::grouped,
    ours::GUEST,
    run::{cmd},
};

/// Clients at work.
pub(super) struct Load {
    gets: Child,
    posts: Child,
    begin: Instant,
}

/// What became of their requests.
#[derive(Debug)]
pub(super) struct Counted {
    gets: Count,
    posts: Count,
    took: Duration,
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Count {
    asked: u64,
    lost: u64,
}

impl Counted {
    pub(super) fn lost_gets(&self) -> u64 {
        self.gets.lost
    }
}

impl fmt::Display for Counted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { gets, posts, took } = self;
        let rate = (gets.asked + posts.asked) as f64 / took.as_secs_f64();
        let (get, post) = (grouped(gets.asked), grouped(posts.asked));
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
             wrk.headers[\"X-MyApp-ApiKey\"] = \"{}\"\nwrk.body = [[{}]]\n",
            site.key, GUEST
        );
        fs::write(&script, text)?;
        Ok(Self {
            begin: Instant::now(),
            gets: spawn(site, "/", None)?,
            posts: spawn(site, "/send_greeting", Some(&script))?,
        })
    }

    /// Ends it; GETs and POSTs have to have been answered at all.
    pub(super) fn end(self) -> Result<Counted> {
        let counted = Counted {
            took: self.begin.elapsed(),
            gets: interrupted(self.gets)?,
            posts: interrupted(self.posts)?,
        };
        if counted.gets.asked < 100 || counted.posts.asked < 100 {
            return Err(anyhow!("hardly anybody was answered: {counted}"));
        }
        Ok(counted)
    }
}

fn spawn(site: &Site, path: &str, script: Option<&Path>) -> Result<Child> {
    let url = format!("https://{}{path}", site.edge.https);
    let wrk = cmd("wrk").args(["-t1", "-c8", "-d10m", "--timeout", "10s"]);
    let wrk = wrk.args(["-H", "Host: edge.test"]);
    let wrk = match script {
        Some(script) => wrk.args(["-s".as_ref(), script.as_os_str()]),
        None => wrk,
    };
    wrk.args([url]).start(|command| {
        command.stdout(Stdio::piped());
    })
}

/// SIGINT has wrk tell what it has counted.
fn interrupted(child: Child) -> Result<Count> {
    let id = child.id().to_string();
    cmd("kill").args(["-s", "INT", &id]).read()?;
    thread::sleep(Duration::from_millis(100));
    let output = child.wait_with_output();
    let output = output.map_err(|error| anyhow!("wrk: {error}"))?;
    let told = String::from_utf8_lossy(&output.stdout);
    counted(&told).ok_or_else(|| anyhow!("wrk told no count:\n{told}"))
}

/// Reads `N requests in …`, `Non-2xx or 3xx responses: N` and `Socket errors: connect N, read N, write N, timeout N`.
fn counted(told: &str) -> Option<Count> {
    let mut count = None;
    let mut lost = 0;
    for line in told.lines().map(str::trim) {
        if let Some((number, _)) = line.split_once(" requests in ") {
            count = number.parse().ok();
        } else if let Some(number) = line.strip_prefix("Non-2xx or 3xx responses: ") {
            lost += number.parse::<u64>().ok()?;
        } else if let Some(errors) = line.strip_prefix("Socket errors: ") {
            for error in errors.split(", ") {
                lost += error.rsplit(' ').next()?.parse::<u64>().ok()?;
            }
        }
    }
    count.map(|asked| Count { asked, lost })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_loss_is_counted() {
        let told = "Running 10m test\n  120 requests in 1.00s, 20KB read\n  \
                    Socket errors: connect 1, read 2, write 0, timeout 3\n  Non-2xx or 3xx responses: 4\n";
        assert_eq!(
            counted(told),
            Some(Count {
                asked: 120,
                lost: 10
            })
        );
        let told = "  120 requests in 1.00s, 20KB read\n";
        assert_eq!(
            counted(told),
            Some(Count {
                asked: 120,
                lost: 0
            })
        );
        assert_eq!(counted("unable to connect"), None);
    }
}
