//! The price of the middleware: instructions of the whole server per request over a socket, with different settings, compared
//! with the same API in an actix-web `App` without middleware.

use std::path::Path;

use anyhow::Result;
use cargo_purlin::{dist::grouped, process::Cmd};

use super::{
    callgrind::{collected, repeat},
    figures::{Middleware, Setting},
    measure::{Iterations, USUAL},
    process::PROFILE,
};
use crate::{programs, server};

const REQUEST: &[u8] =
    b"GET / HTTP/1.1\r\nHost: a\r\nUser-Agent: curl/8.5.0\r\nAccept: */*\r\n\r\n";

/// Settings and their description.
struct Case {
    what: &'static str,
    settings: &'static [(&'static str, &'static str)],
}

const LOG_OFF: (&str, &str) = ("PURLIN_LOG__LEVEL", "off");

/// The default settings.
const DEFAULTS: Case = Case {
    what: "defaults, with the access log as text",
    settings: &[],
};

/// The default settings and no access log.
const WITHOUT_LOG: Case = Case {
    what: "without the access log (`log.level = \"off\"`, as in all rows below but the next)",
    settings: &[LOG_OFF],
};

const CASES: &[Case] = &[
    Case {
        what: "with the access log as JSON",
        settings: &[("PURLIN_LOG__FORMAT", "json")],
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

/// Builds both programs and measures them.
pub(super) fn measure() -> Result<Middleware> {
    let server = server::build(PROFILE)?;
    let bare = programs::example("purlin-greetings", "problem_details", PROFILE)?;
    let bare = instructions("bare", &bare, |run| run.arg("127.0.0.1:0"))?;
    let with = |case: &Case| {
        instructions(case.what, &server, |run| {
            let run = run
                .env("PURLIN_HTTP__BIND", "127.0.0.1:0")
                .env("PURLIN_HTTP__WORKERS", "1")
                .env("PURLIN_HTTP__DRAIN_DELAY", "0")
                .env("PURLIN_OPS__BIND", "off");
            let settings = case.settings.iter();
            settings.fold(run, |run, (name, value)| run.env(name, value))
        })
    };
    let setting = |case: &Case| {
        Ok(Setting {
            what: case.what.to_owned(),
            instructions: with(case)?,
        })
    };
    Ok(Middleware {
        bare,
        defaults: with(&DEFAULTS)?,
        without_log: with(&WITHOUT_LOG)?,
        cases: CASES.iter().map(setting).collect::<Result<_>>()?,
    })
}

/// Returns the instructions of one request: the difference of two runs divided by the difference of their requests.
fn instructions(what: &str, program: &Path, configure: impl Fn(Cmd) -> Cmd) -> Result<u64> {
    let Iterations(less, more) = USUAL;
    let run = |requests| {
        collected(program, "middleware", &configure, |connection| {
            repeat(connection, REQUEST, 200, requests)
        })
    };
    let difference = run(more)?.saturating_sub(run(less)?);
    let each = difference / (more - less);
    eprintln!("{:>12} instructions  {what}", grouped(each));
    Ok(each)
}
