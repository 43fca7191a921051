//! A server whose clock jumps by a day, forward and back, while it is asked. What counts time (rates, kept answers, idle
//! connections, bodies under way) counts seconds that have passed, and nobody notices but the readers of dates.

use std::{
    io,
    net::SocketAddr,
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

use anyhow::{anyhow, Result};
use fs_err as fs;

use super::{
    Place, address_of,
    load::{Load, What},
};
use crate::{
    http::{Answer, Connection},
    ours::{GREETINGS_KEY, GUEST},
};

/// Far enough to be another day at any time of it.
const STEPS: &[&str] = &["+25h", "-25h", "+0"];

const PATIENCE: Duration = Duration::from_secs(10);

/// How long the load goes on after a step.
const PAUSE: Duration = Duration::from_millis(800);

/// Seconds after which a share of requests is whole again.
const WINDOW: u64 = 3600;

pub(super) fn stepped(place: &Place) -> Result<String> {
    let clock = place.folder.join("clock");
    set(&clock, "+0")?;
    // The clock that only goes forward is not touched: no step of the other one reaches it.
    let greetings = place
        .greetings()
        .env("LD_PRELOAD", &library()?.to_string_lossy())
        .env("FAKETIME_TIMESTAMP_FILE", &clock.to_string_lossy())
        .env("FAKETIME_NO_CACHE", "1")
        .env("FAKETIME_DONT_FAKE_MONOTONIC", "1")
        .env("PURLIN_IDEMPOTENCY__ENABLED", "true")
        .env("PURLIN_IDEMPOTENCY__KEEP", "3600")
        .env("PURLIN_RATE_LIMIT__KEY_HEADER", "X-Counted")
        .env("PURLIN_RATE_LIMIT__PER_KEY", "2")
        .env("PURLIN_RATE_LIMIT__WINDOW", &WINDOW.to_string());
    let server = place.start(greetings, &place.log("clock"))?;
    let address = address_of(&server)?;
    let mut witnesses = Witnesses::new(address).map_err(lost)?;
    let today = witnesses.date().map_err(lost)?;
    let load = Load::on(address, What::Get);
    for step in STEPS {
        set(&clock, step)?;
        let begin = Instant::now();
        while (witnesses.date().map_err(lost)? == today) != (*step == "+0") {
            if begin.elapsed() > PATIENCE {
                return Err(anyhow!("{step}: the clock does not step"));
            }
            thread::sleep(Duration::from_millis(20));
        }
        thread::sleep(PAUSE);
        witnesses
            .notice_nothing()
            .map_err(|error| anyhow!("{step}: {error}"))?;
    }
    let counted = load.end()?;
    Ok(format!(
        "the clock a day forward and back: {counted}; rates, kept answers and connections as before"
    ))
}

fn lost(error: io::Error) -> Failure {
    anyhow!("the server whose clock is set: {error}")
}

/// Where the package faketime has its library.
fn library() -> Result<PathBuf> {
    let folder = Path::new("/usr/lib");
    let entries = fs::read_dir(folder)?;
    entries
        .flatten()
        .map(|entry| entry.path().join("faketime/libfaketimeMT.so.1"))
        .find(|library| library.exists())
        .ok_or_else(|| anyhow!("the package faketime has no libfaketimeMT.so.1"))
}

/// Sets the server's clock by an offset, in one step.
fn set(clock: &Path, offset: &str) -> Result<()> {
    let beside = clock.with_extension("next");
    fs::write(&beside, offset)?;
    fs::rename(&beside, clock)
}

/// What was begun before the clock was set, and goes on.
struct Witnesses {
    address: SocketAddr,
    /// Has asked once, and waits.
    idle: Option<Connection>,
    /// Has sent its head and half of its body.
    halfway: Option<Connection>,
    /// How many steps they have seen.
    steps: usize,
}

/// The head of a POST that may be sent again.
fn post(key: &str) -> String {
    format!(
        "POST /send_greeting HTTP/1.1\r\nHost: a\r\nX-MyApp-ApiKey: {GREETINGS_KEY}\r\n\
         Idempotency-Key: {key}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        GUEST.len()
    )
}

const COUNTED: &str = "GET / HTTP/1.1\r\nHost: a\r\nX-Counted: one\r\n\r\n";

impl Witnesses {
    fn new(address: SocketAddr) -> io::Result<Self> {
        let witnesses = Self {
            address,
            idle: Some(idle(address)?),
            halfway: Some(halfway(address, 0)?),
            steps: 0,
        };
        let kept = witnesses.ask(&format!("{}{GUEST}", post("kept")))?;
        let all = [kept, witnesses.ask(COUNTED)?, witnesses.ask(COUNTED)?];
        match all.map(|answer| answer.status) {
            [201, 200, 200] => Ok(witnesses),
            other => Err(io::Error::other(format!("{other:?} before the first step"))),
        }
    }

    fn ask(&self, request: &str) -> io::Result<Answer> {
        asked(&mut Connection::open(self.address)?, request)
    }

    /// The day the server takes it to be.
    fn date(&self) -> io::Result<String> {
        let answer = self.ask("GET / HTTP/1.1\r\nHost: a\r\n\r\n")?;
        let date = answer.header("date").unwrap_or_default();
        // `Sat, 31 Jan 2026 12:00:00 GMT`
        Ok(date.chars().take("Sat, 31 Jan 2026".len()).collect())
    }

    /// Goes on with all of it, and begins anew what has ended.
    fn notice_nothing(&mut self) -> io::Result<()> {
        let wrong = |what: &str| Err(io::Error::other(what.to_owned()));
        if let Some(mut idle) = self.idle.take() {
            let answer = asked(&mut idle, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")?;
            if answer.status != 200 {
                return wrong("an idle connection is answered otherwise");
            }
        }
        if let Some(mut halfway) = self.halfway.take() {
            let (_, rest) = GUEST.split_at(GUEST.len() / 2);
            if asked(&mut halfway, rest)?.status != 201 {
                return wrong("a body under way was given up");
            }
        }
        let again = self.ask(&format!("{}{GUEST}", post("kept")))?;
        if again.header("idempotency-replayed") != Some("true") {
            return wrong("an answer that was kept is forgotten");
        }
        let refused = self.ask(COUNTED)?;
        let wait = refused.header("retry-after").unwrap_or_default();
        if refused.status != 429 || wait.parse().unwrap_or(u64::MAX) > WINDOW {
            return wrong("a client's share is another");
        }
        self.idle = Some(idle(self.address)?);
        self.steps += 1;
        self.halfway = Some(halfway(self.address, self.steps)?);
        Ok(())
    }
}

fn asked(connection: &mut Connection, request: &str) -> io::Result<Answer> {
    connection.send(request.as_bytes())?;
    let answer = connection.answer()?;
    answer.ok_or_else(|| io::Error::other("a connection was closed without a word"))
}

fn idle(address: SocketAddr) -> io::Result<Connection> {
    let mut idle = Connection::open(address)?;
    asked(&mut idle, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")?;
    Ok(idle)
}

/// A POST whose body breaks off in the middle; each has a key of its own.
fn halfway(address: SocketAddr, nth: usize) -> io::Result<Connection> {
    let mut halfway = Connection::open(address)?;
    let (begun, _) = GUEST.split_at(GUEST.len() / 2);
    let head = post(&format!("halfway-{nth}"));
    halfway.send(format!("{head}{begun}").as_bytes())?;
    Ok(halfway)
}
