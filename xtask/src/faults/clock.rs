//! A server whose clock jumps by a day, forward and back, under load. Rate limits, stored responses, idle connections and
//! incomplete bodies use the monotonic clock and do not change; only dates do.

use std::{
    io,
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context as _, Result};
use fs_err as fs;

use super::{
    Setup,
    load::{Load, Request},
};
use crate::{
    http::{Connection, Response},
    programs::{GREETING, GREETINGS_KEY},
    run::wait_until,
};

/// The offsets of the clock: far enough for another day at any time.
const STEPS: &[&str] = &["+25h", "-25h", "+0"];

/// How long a step may take to show.
const TIMEOUT: Duration = Duration::from_secs(10);

/// The requests after each step.
const REQUESTS: u64 = 500;

/// The window of the rate limit in seconds.
const WINDOW: u64 = 3600;

pub(super) fn stepped(setup: &Setup) -> Result<String> {
    let clock = setup.folder.join("clock");
    set(&clock, "+0")?;
    let greetings = setup
        .greetings()
        .env("LD_PRELOAD", library()?)
        .env("FAKETIME_TIMESTAMP_FILE", &clock)
        .env("FAKETIME_NO_CACHE", "1")
        // Steps of the wall clock never change the monotonic clock.
        .env("FAKETIME_DONT_FAKE_MONOTONIC", "1")
        .env("PURLIN_IDEMPOTENCY__ENABLED", "true")
        .env("PURLIN_IDEMPOTENCY__KEEP", "3600")
        .env("PURLIN_RATE_LIMIT__KEY_HEADER", "X-Counted")
        .env("PURLIN_RATE_LIMIT__PER_KEY", "2")
        .env("PURLIN_RATE_LIMIT__WINDOW", WINDOW.to_string());
    let server = setup.start(greetings, &setup.log("clock"))?;
    let mut witnesses = Witnesses::new(server.address())?;
    let today = witnesses.date()?;
    let load = Load::start(server.address(), Request::Get);
    for step in STEPS {
        set(&clock, step)?;
        wait_until(TIMEOUT, &format!("the clock steps by {step}"), || {
            Ok((witnesses.date()? == today) == (*step == "+0"))
        })?;
        load.wait_for(REQUESTS)?;
        witnesses.check().context(*step)?;
    }
    let counts = load.stop()?;
    Ok(format!(
        "the clock a day forward and back: {counts}; rate limits, stored responses and connections did not change"
    ))
}

/// Returns the library of the Debian package faketime.
fn library() -> Result<PathBuf> {
    let mut libraries = fs::read_dir("/usr/lib")?
        .flatten()
        .map(|entry| entry.path().join("faketime/libfaketimeMT.so.1"));
    let found = libraries.find(|library| library.exists());
    found.context("the package faketime has no libfaketimeMT.so.1")
}

/// Sets the server's clock by an offset, atomically.
fn set(clock: &Path, offset: &str) -> Result<()> {
    let next = clock.with_extension("next");
    fs::write(&next, offset)?;
    Ok(fs::rename(&next, clock)?)
}

/// Exchanges that begin before a step and end after it.
struct Witnesses {
    address: SocketAddr,
    /// Sent a request and stays open.
    idle: Option<Connection>,
    /// Sent a request head and half of the body.
    incomplete: Option<Connection>,
    steps: usize,
}

/// Returns the head of a POST with an idempotency key.
fn post(key: &str) -> String {
    format!(
        "POST /send_greeting HTTP/1.1\r\nHost: a\r\nX-MyApp-ApiKey: {GREETINGS_KEY}\r\n\
         Idempotency-Key: {key}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        GREETING.len()
    )
}

const GET: &str = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
const COUNTED: &str = "GET / HTTP/1.1\r\nHost: a\r\nX-Counted: one\r\n\r\n";

impl Witnesses {
    fn new(address: SocketAddr) -> io::Result<Self> {
        let witnesses = Self {
            address,
            idle: Some(idle(address)?),
            incomplete: Some(incomplete(address, 0)?),
            steps: 0,
        };
        let stored = witnesses.send(&format!("{}{GREETING}", post("stored")))?;
        let all = [stored, witnesses.send(COUNTED)?, witnesses.send(COUNTED)?];
        match all.map(|response| response.status) {
            [201, 200, 200] => Ok(witnesses),
            other => Err(io::Error::other(format!("{other:?} before the first step"))),
        }
    }

    fn send(&self, request: &str) -> io::Result<Response> {
        exchange(&mut Connection::open(self.address)?, request)
    }

    /// Returns the server's date, such as `Sat, 31 Jan 2026`.
    fn date(&self) -> io::Result<String> {
        let response = self.send(GET)?;
        let date = response.header("date").unwrap_or_default();
        Ok(date.chars().take("Sat, 31 Jan 2026".len()).collect())
    }

    /// Completes the exchanges and begins new ones.
    fn check(&mut self) -> io::Result<()> {
        let wrong = |what: &str| Err(io::Error::other(what.to_owned()));
        if let Some(mut idle) = self.idle.take()
            && exchange(&mut idle, GET)?.status != 200
        {
            return wrong("an idle connection gets another status");
        }
        if let Some(mut incomplete) = self.incomplete.take() {
            let (_, rest) = GREETING.split_at(GREETING.len() / 2);
            if exchange(&mut incomplete, rest)?.status != 201 {
                return wrong("an incomplete body was given up");
            }
        }
        let repeated = self.send(&format!("{}{GREETING}", post("stored")))?;
        if repeated.header("idempotency-replayed") != Some("true") {
            return wrong("a stored response is lost");
        }
        let rejected = self.send(COUNTED)?;
        let wait = rejected.header("retry-after").unwrap_or_default();
        if rejected.status != 429 || wait.parse().unwrap_or(u64::MAX) > WINDOW {
            return wrong("the rate limit changed");
        }
        self.idle = Some(idle(self.address)?);
        self.steps += 1;
        self.incomplete = Some(incomplete(self.address, self.steps)?);
        Ok(())
    }
}

fn exchange(connection: &mut Connection, request: &str) -> io::Result<Response> {
    connection.send(request.as_bytes())?;
    let response = connection.response()?;
    response.ok_or_else(|| io::Error::other("closed without a response"))
}

fn idle(address: SocketAddr) -> io::Result<Connection> {
    let mut idle = Connection::open(address)?;
    exchange(&mut idle, GET)?;
    Ok(idle)
}

/// Sends a POST up to the middle of its body; each has its own key.
fn incomplete(address: SocketAddr, number: usize) -> io::Result<Connection> {
    let mut incomplete = Connection::open(address)?;
    let (half, _) = GREETING.split_at(GREETING.len() / 2);
    let head = post(&format!("incomplete-{number}"));
    incomplete.send(format!("{head}{half}").as_bytes())?;
    Ok(incomplete)
}
