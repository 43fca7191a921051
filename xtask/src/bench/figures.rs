//! The figures of the page, as docs/benchmarks/figures.json keeps them.

use anyhow::{Context as _, Result};
use fs_err as fs;
use serde::{Deserialize, Serialize};

use super::units::ratio;
use crate::run::root;

/// The file of the figures, from which the page and its charts are written.
const FILE: &str = "docs/benchmarks/figures.json";

/// The cost of one iteration of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Cost {
    /// Instructions, counted by callgrind.
    pub(super) instructions: u64,
    /// Nanoseconds of the median round.
    pub(super) ns: u64,
}

/// A request to the same endpoint of three programs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Shape {
    /// A short name.
    pub(super) name: String,
    /// What the request is.
    pub(super) what: String,
    /// Whether it is rejected.
    pub(super) rejected: bool,
    /// The instructions of each program.
    pub(super) purlin: u64,
    pub(super) actix: u64,
    pub(super) axum: u64,
}

impl Shape {
    /// Returns Purlin's instructions by those by hand on actix-web.
    pub(super) fn by_actix(&self) -> f64 {
        ratio(self.purlin, self.actix)
    }

    /// Returns Purlin's instructions by those by hand on axum.
    pub(super) fn by_axum(&self) -> f64 {
        ratio(self.purlin, self.axum)
    }

    /// Returns Purlin's instructions by those of the cheaper program by hand.
    pub(super) fn by_least(&self) -> f64 {
        self.by_actix().max(self.by_axum())
    }
}

/// Finding an operation among others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Dispatch {
    pub(super) routes: u64,
    pub(super) purlin: Cost,
    pub(super) actix: Cost,
}

/// A case and its cost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Case {
    pub(super) what: String,
    #[serde(flatten)]
    pub(super) cost: Cost,
}

/// The instructions of one request with the middleware of the application.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Middleware {
    /// Without middleware.
    pub(super) bare: u64,
    /// With the default settings, and without the access log.
    pub(super) defaults: u64,
    pub(super) without_log: u64,
    /// With other settings, by their description.
    pub(super) cases: Vec<Setting>,
}

/// Settings and the instructions of a request with them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Setting {
    pub(super) what: String,
    pub(super) instructions: u64,
}

/// An idle process, and what precedes its first request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Start {
    /// Building a registry of 1,000 operations, in nanoseconds.
    pub(super) build_ns: u64,
    /// Starting an actix-web `App` with that registry, once per worker, in nanoseconds.
    pub(super) register_ns: u64,
    /// The median microseconds from the start of the process to the end of its first 200.
    pub(super) start_us: u64,
    /// The resident memory in kB.
    pub(super) rss_kb: u64,
    /// The size of the executable in bytes.
    pub(super) binary_bytes: u64,
}

/// A server under load.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Load {
    /// The server.
    pub(super) what: String,
    pub(super) workers: usize,
    pub(super) per_second: u64,
    /// The times within which half of the requests, and 99 of 100, ended, in microseconds.
    pub(super) p50_us: u64,
    pub(super) p99_us: u64,
    /// The processor time of the server per request in nanoseconds.
    pub(super) processor_ns: u64,
    /// Its resident memory after the load in kB.
    pub(super) rss_kb: u64,
}

/// The server with a C library and an allocator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Allocator {
    pub(super) what: String,
    pub(super) binary_bytes: u64,
    /// The instructions of a GET and of a POST.
    pub(super) get: u64,
    pub(super) post: u64,
    /// Resident memory of the idle process in kB.
    pub(super) idle_kb: u64,
    /// Under load, at one and at two workers.
    pub(super) loads: Vec<Load>,
}

/// The programs and the processor that the figures hold for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Environment {
    pub(super) processor: String,
    pub(super) processors: usize,
    pub(super) rustc: String,
    pub(super) valgrind: String,
    pub(super) actix_web: String,
    pub(super) axum: String,
}

/// All figures; a part that was not measured is empty.
#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Figures {
    pub(super) environment: Environment,
    pub(super) shapes: Vec<Shape>,
    pub(super) middleware: Option<Middleware>,
    pub(super) throughput: Vec<Load>,
    pub(super) allocators: Vec<Allocator>,
    pub(super) dispatch: Vec<Dispatch>,
    pub(super) decode: Vec<Case>,
    pub(super) start: Option<Start>,
}

impl Figures {
    /// Reads the figures of the last run; none if there was no run.
    pub(super) fn read() -> Result<Self> {
        let path = root().join(FILE);
        if !path.exists() {
            return Ok(Self::default());
        }
        serde_json::from_slice(&fs::read(path)?).with_context(|| FILE.to_owned())
    }

    /// Writes the figures.
    pub(super) fn write(&self) -> Result<()> {
        let mut text = serde_json::to_string_pretty(self)?;
        text.push('\n');
        let path = root().join(FILE);
        fs::create_dir_all(path.parent().unwrap_or(root()))?;
        Ok(fs::write(path, text)?)
    }
}
