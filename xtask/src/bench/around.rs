//! What stands around every request, at its price: instructions of the whole server for a request more, over a socket,
//! under different settings; against the same API in an `App` with nothing around it.

use std::{
    io::{self, Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    path::{Path, PathBuf},
    process::Stdio,
    thread,
    time::{Duration, Instant},
};

use anyhow::{anyhow, Result};
use cargo_purlin::process::Cmd;
use fs_err as fs;

use super::{
    figures::ratio,
    measure::{Iterations, USUAL, total},
    process::PROFILE,
};
use crate::{
    ours,
    run::{cmd, root},
    server::{self, Server},
};

/// How long a server under callgrind may take to end.
const PATIENCE: Duration = Duration::from_secs(60);

const REQUEST: &[u8] =
    b"GET / HTTP/1.1\r\nHost: a\r\nUser-Agent: curl/8.5.0\r\nAccept: */*\r\n\r\n";

/// Settings that are measured, and what is said of them.
struct Case {
    what: &'static str,
    settings: &'static [(&'static str, &'static str)],
}

const LOG_OFF: (&str, &str) = ("PURLIN_LOG__LEVEL", "off");

const CASES: &[Case] = &[
    Case {
        what: "as it is installed: all that is on by default, a line of text in the log",
        settings: &[],
    },
    Case {
        what: "the same, with a line of JSON",
        settings: &[("PURLIN_LOG__FORMAT", "json")],
    },
    Case {
        what: "the same, without the line (`log.level = \"off\"`; so are all below)",
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
        what: "with compression, for a body below its least size",
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

/// Instructions of one request.
pub(super) struct Around {
    /// With nothing around it.
    pub(super) bare: u64,
    /// By what is said of the settings; in the order of [`DEFAULTS`] and [`WITHOUT_LOG`].
    pub(super) cases: Vec<(&'static str, u64)>,
}

impl Around {
    /// A case's instructions by those with nothing around the request.
    pub(super) fn ratio(&self, case: usize) -> f64 {
        let instructions = self.cases.get(case).map_or(0, |(_, count)| *count);
        ratio(instructions, self.bare)
    }
}

/// Which of the cases is the server as it is installed.
pub(super) const DEFAULTS: usize = 0;

/// Which is the same without the line in the log.
pub(super) const WITHOUT_LOG: usize = 2;

/// Builds both programs and measures them.
pub(super) fn measure() -> Result<Around> {
    let server = server::build(PROFILE)?;
    let bare = ours::example("purlin-greetings", "problem_details", PROFILE)?;
    let bare = instructions("bare", || Ok(grinding(&bare)?.args(["127.0.0.1:0"])))?;
    let cases = CASES.iter().map(|case| {
        let run = || {
            let mut run = grinding(&server)?
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
    Ok(Around {
        bare,
        cases: cases.collect::<Result<_>>()?,
    })
}

/// Where callgrind tells its total.
fn report() -> PathBuf {
    root().join("target/callgrind.log")
}

fn grinding(program: &Path) -> Result<Cmd> {
    let report = report();
    // What a run before has told must not be taken for what this one tells.
    fs::write(&report, "")?;
    let told = format!("--log-file={}", report.display());
    let valgrind =
        cmd("valgrind").args(["--tool=callgrind", "--callgrind-out-file=/dev/null", &told]);
    Ok(valgrind.args([program]))
}

/// Instructions of one request more, as everywhere the difference of two runs.
fn instructions(what: &str, run: impl Fn() -> Result<Cmd>) -> Result<u64> {
    let Iterations(less, more) = USUAL;
    let difference = collected(run()?, more)?.saturating_sub(collected(run()?, less)?);
    let each = difference / (more - less);
    eprintln!("{each:>12} instructions  {what}");
    Ok(each)
}

/// Starts a server, sends it so many requests, ends it, and says what callgrind collected.
fn collected(run: Cmd, requests: u64) -> Result<u64> {
    let server = Server::launch(run, "/", Stdio::null())?;
    let address = server
        .address()
        .ok_or_else(|| anyhow!("the server told no address"))?;
    ask(address, requests).map_err(|error| anyhow!("GET /: {error}"))?;
    cmd("kill")
        .args(["-TERM", &server.id().to_string()])
        .read()?;
    let report = report();
    let begin = Instant::now();
    while begin.elapsed() < PATIENCE {
        let words = fs::read_to_string(&report)?;
        if let Some(total) = total(&words) {
            return Ok(total);
        }
        thread::sleep(Duration::from_millis(50));
    }
    Err(anyhow!("callgrind told no total"))
}

/// Requests on one connection, one after the other.
fn ask(address: SocketAddr, requests: u64) -> io::Result<()> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    let mut answer = [0; 4096];
    for _ in 0..requests {
        stream.write_all(REQUEST)?;
        let mut read = 0;
        // The one object of the body ends the answer.
        while !answer
            .get(..read)
            .is_some_and(|answer| answer.ends_with(b"}"))
        {
            let rest = answer.get_mut(read..).unwrap_or_default();
            match stream.read(rest)? {
                0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                more => read += more,
            }
        }
        if !answer.starts_with(b"HTTP/1.1 200 ") {
            return Err(io::Error::other("the answer is not 200"));
        }
    }
    Ok(())
}
