//! The price of the middleware: instructions of the whole server per request over a socket, with different settings, compared
//! with the same API in an actix-web `App` without middleware.

use std::{
    io::{self, Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use anyhow::{Context as _, Result};
use cargo_purlin::{dist::grouped, process::Cmd};
use fs_err as fs;

use super::{
    measure::{Iterations, USUAL, total},
    process::PROFILE,
    units::ratio,
};
use crate::{
    programs,
    run::{cmd, root, wait_until},
    server::{self, Server, signal},
};

/// How long a server under callgrind may take to stop.
const STOP_TIMEOUT: Duration = Duration::from_secs(60);

const REQUEST: &[u8] =
    b"GET / HTTP/1.1\r\nHost: a\r\nUser-Agent: curl/8.5.0\r\nAccept: */*\r\n\r\n";

/// Settings and their description.
struct Case {
    what: &'static str,
    settings: &'static [(&'static str, &'static str)],
}

const LOG_OFF: (&str, &str) = ("PURLIN_LOG__LEVEL", "off");

const CASES: &[Case] = &[
    Case {
        what: "defaults, with the access log as text",
        settings: &[],
    },
    Case {
        what: "the same, with the access log as JSON",
        settings: &[("PURLIN_LOG__FORMAT", "json")],
    },
    Case {
        what: "the same, without the access log (`log.level = \"off\"`, as in all rows below)",
        settings: &[LOG_OFF],
    },
    Case {
        what: "without security headers",
        settings: &[
            LOG_OFF,
            ("PURLIN_SECURITY_HEADERS__CACHE_CONTROL", ""),
            ("PURLIN_SECURITY_HEADERS__CONTENT_SECURITY_POLICY", ""),
            ("PURLIN_SECURITY_HEADERS__CONTENT_TYPE_OPTIONS", ""),
            ("PURLIN_SECURITY_HEADERS__REFERRER_POLICY", ""),
        ],
    },
    Case {
        what: "without limits (`limits.max_in_flight`, `request_timeout`, `header_bytes` … = 0)",
        settings: &[
            LOG_OFF,
            ("PURLIN_LIMITS__MAX_IN_FLIGHT", "0"),
            ("PURLIN_LIMITS__REQUEST_TIMEOUT", "0"),
            ("PURLIN_LIMITS__HEADER_BYTES", "0"),
            ("PURLIN_LIMITS__HEADER_COUNT", "0"),
            ("PURLIN_LIMITS__URI_BYTES", "0"),
        ],
    },
    Case {
        what: "with a rate limit by address",
        settings: &[LOG_OFF, ("PURLIN_RATE_LIMIT__PER_ADDRESS", "1000000")],
    },
    Case {
        what: "with CORS, for a request without `Origin`",
        settings: &[LOG_OFF, ("PURLIN_CORS__ORIGINS", "https://app.example")],
    },
    Case {
        what: "with compression, for a body below its minimum size",
        settings: &[LOG_OFF, ("PURLIN_COMPRESSION__ENABLED", "true")],
    },
    Case {
        what: "with conditional requests: an `ETag` of the body",
        settings: &[LOG_OFF, ("PURLIN_CONDITIONAL__ENABLED", "true")],
    },
    Case {
        what: "with idempotency keys, for a GET",
        settings: &[LOG_OFF, ("PURLIN_IDEMPOTENCY__ENABLED", "true")],
    },
];

/// The instructions of one request.
pub(super) struct Middleware {
    /// Without middleware.
    pub(super) bare: u64,
    /// With settings, by their description; [`DEFAULTS`] and [`WITHOUT_LOG`] are indices.
    pub(super) cases: Vec<(&'static str, u64)>,
}

impl Middleware {
    /// Returns the instructions of a case divided by those without middleware.
    pub(super) fn ratio(&self, case: usize) -> f64 {
        let instructions = self.cases.get(case).map_or(0, |(_, count)| *count);
        ratio(instructions, self.bare)
    }
}

/// The case with the default settings.
pub(super) const DEFAULTS: usize = 0;

/// The case with the default settings and no access log.
pub(super) const WITHOUT_LOG: usize = 2;

/// Builds both programs and measures them.
pub(super) fn measure() -> Result<Middleware> {
    let server = server::build(PROFILE)?;
    let bare = programs::example("purlin-greetings", "problem_details", PROFILE)?;
    let bare = instructions("bare", || Ok(under_callgrind(&bare)?.arg("127.0.0.1:0")))?;
    let cases = CASES.iter().map(|case| {
        let run = || {
            let mut run = under_callgrind(&server)?
                .env("PURLIN_HTTP__BIND", "127.0.0.1:0")
                .env("PURLIN_HTTP__WORKERS", "1")
                .env("PURLIN_HTTP__DRAIN_DELAY", "0")
                .env("PURLIN_OPS__BIND", "off");
            for (name, value) in case.settings {
                run = run.env(name, value);
            }
            Ok(run)
        };
        Ok((case.what, instructions(case.what, run)?))
    });
    Ok(Middleware {
        bare,
        cases: cases.collect::<Result<_>>()?,
    })
}

/// Returns the file callgrind writes its total to.
fn report() -> PathBuf {
    root().join("target/callgrind.log")
}

fn under_callgrind(program: &Path) -> Result<Cmd> {
    let report = report();
    // The total of the previous run must not be taken for that of this one.
    fs::write(&report, "")?;
    let log = format!("--log-file={}", report.display());
    let valgrind =
        cmd("valgrind").args(["--tool=callgrind", "--callgrind-out-file=/dev/null", &log]);
    Ok(valgrind.args([program]))
}

/// Returns the instructions of one request: the difference of two runs divided by the difference of their requests.
fn instructions(what: &str, run: impl Fn() -> Result<Cmd>) -> Result<u64> {
    let Iterations(less, more) = USUAL;
    let difference = collected(run()?, more)?.saturating_sub(collected(run()?, less)?);
    let each = difference / (more - less);
    eprintln!("{:>12} instructions  {what}", grouped(each));
    Ok(each)
}

/// Starts a server, sends it requests, stops it, and returns the instructions that callgrind counted.
fn collected(program: Cmd, requests: u64) -> Result<u64> {
    let server = Server::launch(program, "/", Stdio::null())?;
    send(server.address(), requests).context("GET /")?;
    signal(server.id(), "TERM")?;
    let mut count = None;
    wait_until(STOP_TIMEOUT, "callgrind writes its total", || {
        count = total(&fs::read_to_string(report())?);
        Ok(count.is_some())
    })?;
    count.context("callgrind wrote no total")
}

/// Sends requests on one connection, one after the other.
fn send(address: SocketAddr, requests: u64) -> io::Result<()> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    let mut buffer = [0; 4096];
    for _ in 0..requests {
        stream.write_all(REQUEST)?;
        let mut length = 0;
        // The body is one object, which ends the response.
        while !buffer.get(..length).is_some_and(|it| it.ends_with(b"}")) {
            let rest = buffer.get_mut(length..).unwrap_or_default();
            match stream.read(rest)? {
                0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                read => length += read,
            }
        }
        if !buffer.starts_with(b"HTTP/1.1 200 ") {
            return Err(io::Error::other("the status is not 200"));
        }
    }
    Ok(())
}
