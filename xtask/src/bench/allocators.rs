//! The shipped server with each C library and allocator: size, instructions, and load at one and at two workers.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
    thread,
    time::Duration,
};

use anyhow::Result;
use cargo_purlin::{dist::grouped, process::Cmd};
use fs_err as fs;

use super::{
    callgrind::{collected, repeat},
    figures::{Allocator, Load},
    load::{Candidate, Pressure, Request, in_turns},
    measure::{Iterations, USUAL},
    process::{PROFILE, REST, WORKERS, resident},
};
use crate::{
    programs::{GREETING, GREETINGS_KEY},
    run::{cargo, executable, need, need_with},
    server::{self, Server},
};

/// How often the programs take turns.
pub(super) const TURNS: usize = 3;

/// The load of a turn.
const PRESSURE: Pressure = Pressure {
    connections: 64,
    duration: Duration::from_secs(5),
};

const MUSL: &str = "x86_64-unknown-linux-musl";

/// A C library with an allocator.
struct Build {
    what: &'static str,
    /// The target, unless it is that of the compiler.
    target: Option<&'static str>,
    /// The feature of purlin-server that chooses the allocator.
    feature: Option<&'static str>,
}

/// What the image has: docs/decisions/0021.
const SHIPPED: &Build = &Build {
    what: "musl",
    target: Some(MUSL),
    feature: None,
};

const BUILDS: &[&Build] = &[
    &Build {
        what: "glibc",
        target: None,
        feature: None,
    },
    SHIPPED,
    &Build {
        what: "musl, mimalloc",
        target: Some(MUSL),
        feature: Some("mimalloc"),
    },
    &Build {
        what: "musl, jemalloc",
        target: Some(MUSL),
        feature: Some("jemalloc"),
    },
];

/// The request that allocates: a key, a body that is read, checked and written.
const POST: Request = Request {
    method: "POST",
    path: "/send_greeting",
    body: GREETING,
    fields: &[
        ("X-MyApp-ApiKey", GREETINGS_KEY),
        ("Content-Type", "application/json"),
    ],
};

/// Builds and measures all, without load if `quick`; the first is glibc's.
pub(super) fn measure(quick: bool) -> Result<Vec<Allocator>> {
    need_with("wrk", "-v", "wrk")?;
    let builds: Vec<_> = BUILDS
        .iter()
        .map(|build| Ok((build.what, build.executable()?)))
        .collect::<Result<_>>()?;
    let loads = if quick { Vec::new() } else { loads(&builds)? };
    let allocator = |(what, program): &(&'static str, PathBuf)| {
        let loads = loads.iter().filter(|load| load.what == *what);
        Ok(Allocator {
            what: (*what).to_owned(),
            binary_bytes: fs::metadata(program)?.len(),
            get: instructions(program, GET, 200)?,
            post: instructions(program, &post(), 201)?,
            idle_kb: idle(program)?,
            loads: loads.cloned().collect(),
        })
    };
    builds.iter().map(allocator).collect()
}

/// Builds the server as it is in the image.
pub(super) fn shipped() -> Result<PathBuf> {
    SHIPPED.executable()
}

impl Build {
    /// Builds a copy of the server, which the next build would replace.
    fn executable(&self) -> Result<PathBuf> {
        let mut build = cargo().args(["build", "--package", "purlin-server", "--bin"]);
        build = build.args(["purlin-server", "--profile", PROFILE]);
        if let Some(target) = self.target {
            need("musl-gcc", "musl-tools")?;
            // As `cargo purlin dist` links.
            build = build
                .args(["--target", target])
                .env("CARGO_ENCODED_RUSTFLAGS", LINKED.join("\u{1f}"))
                .env("CC_x86_64_unknown_linux_musl", "musl-gcc");
        }
        if let Some(feature) = self.feature {
            build = build.args(["--features", feature]);
        }
        let made = executable(build, "purlin-server")?;
        let name = self.what.replace([',', ' '], "-");
        let copy = made.with_file_name(format!("purlin-server-{name}"));
        fs::copy(made, &copy)?;
        Ok(copy)
    }
}

const LINKED: &[&str] = &["-Clinker=rust-lld", "-Clink-arg=-zpack-relative-relocs"];

fn configured(program: &Path, workers: usize) -> Cmd {
    with_key(server::configured(program, workers))
}

fn with_key(program: Cmd) -> Cmd {
    program.env("PURLIN_GREETINGS__API_KEYS__PARITY", GREETINGS_KEY)
}

/// Loads all programs at one worker and at two.
fn loads(builds: &[(&'static str, PathBuf)]) -> Result<Vec<Load>> {
    let mut loads = Vec::new();
    for workers in 1..=WORKERS {
        let candidate = |(what, program): &(&'static str, PathBuf)| {
            let program = program.clone();
            Candidate {
                what,
                workers,
                start: Box::new(move || {
                    let program = configured(&program, workers);
                    Server::launch(program, "/", Stdio::null())
                }),
            }
        };
        let candidates: Vec<_> = builds.iter().map(candidate).collect();
        loads.extend(in_turns(&candidates, TURNS, PRESSURE, &POST)?);
    }
    Ok(loads)
}

/// Returns the instructions of one request: the difference of two runs divided by the difference of their requests.
fn instructions(program: &Path, request: &[u8], status: u16) -> Result<u64> {
    let Iterations(less, more) = USUAL;
    let configure = |run: Cmd| {
        with_key(run)
            .env("PURLIN_HTTP__BIND", "127.0.0.1:0")
            .env("PURLIN_HTTP__WORKERS", "1")
            .env("PURLIN_HTTP__DRAIN_DELAY", "0")
            .env("PURLIN_OPS__BIND", "off")
            .env("PURLIN_LOG__LEVEL", "off")
    };
    let run = |requests| {
        collected(program, "allocators", configure, |connection| {
            repeat(connection, request, status, requests)
        })
    };
    let each = run(more)?.saturating_sub(run(less)?) / (more - less);
    eprintln!("{:>12} instructions  {}", grouped(each), program.display());
    Ok(each)
}

/// Returns the resident memory of the idle server with two workers and the operations port, in kB.
fn idle(program: &Path) -> Result<u64> {
    let program = configured(program, WORKERS).env("PURLIN_OPS__BIND", "127.0.0.1:0");
    let server = Server::launch(program, "/", Stdio::null())?;
    thread::sleep(REST);
    resident(server.id())
}

const GET: &[u8] = b"GET / HTTP/1.1\r\nHost: a\r\nUser-Agent: curl/8.5.0\r\nAccept: */*\r\n\r\n";

fn post() -> Vec<u8> {
    let mut head = format!("{} {} HTTP/1.1\r\nHost: a\r\n", POST.method, POST.path);
    for (name, value) in POST.fields {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    let length = POST.body.len();
    format!("{head}Content-Length: {length}\r\n\r\n{}", POST.body).into_bytes()
}
