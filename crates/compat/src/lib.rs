//! Whether clients of an API would notice that one document takes another's
//! place: every difference, named after oasdiff's rules, with how grave it is.
//!
//! Two arguments decide. What clients send may only *widen*: everything that
//! was accepted still is. What clients receive may only *narrow*: nothing
//! arrives that could not arrive before. It is the old document that is judged
//! by, even where a server was more lenient, and each document may be in any
//! dialect.
//!
//! ```
//! use purlin_compat::{Options, Severity, compare};
//! use serde_json::json;
//!
//! let with = |parameter| {
//!     json!({
//!         "openapi": "3.1.1",
//!         "info": {"title": "Todos", "version": "1.0.0"},
//!         "paths": {"/todos": {"get": {"parameters": [parameter]}}}
//!     })
//! };
//! let old = with(json!({"name": "limit", "in": "query", "schema": {"type": "integer", "maximum": 100}}));
//! let new = with(json!({"name": "limit", "in": "query", "schema": {"type": "integer", "maximum": 50}}));
//!
//! let options = Options::new("2026-01-01".parse()?);
//! let report = purlin_compat::compare(&old, &new, &options)?;
//! let finding = report.findings.iter().find(|it| it.operation.is_some()).ok_or("nothing found")?;
//! assert_eq!(finding.rule.id(), "request-parameter-max-decreased");
//! assert_eq!(finding.severity, Severity::Breaking);
//! assert_eq!(finding.operation.as_deref(), Some("GET /todos"));
//! assert_eq!(finding.old_pointer, "/paths/~1todos/get/parameters/0/schema/maximum");
//! assert!(report.fails(Severity::Breaking), "the version still is 1.0.0");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! What is not compared: words (titles, descriptions, examples), callbacks,
//! links, what webhooks carry, and the hosts of servers; the paths of servers
//! stand before every path.

mod alternatives;
mod content;
mod date;
mod finding;
mod findings;
mod ignore;
mod life;
mod limits;
mod members;
mod operations;
mod parameters;
mod render;
mod report;
mod rule;
mod schemas;
mod security;
mod shape;
mod source;
mod types;
mod values;
mod version;
mod view;

use std::collections::BTreeMap;

use serde_json::Value;

pub use date::{Date, DateError};
pub use finding::{Finding, Severity, UnknownSeverity};
pub use ignore::Ignore;
pub use render::junit;
pub use report::{Ignored, Report};
pub use rule::{Rule, UnknownRule};
pub use source::{DocumentError, Problem, Side};

use findings::Findings;
use source::{Forms, Source};
use view::Api;

/// How two documents are compared.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Options {
    /// What day it is: sunsets are in the past or to come.
    pub today: Date,
    /// For how many days a deprecated operation has to stay. With any, a
    /// deprecated operation has to say when it goes (`x-sunset`).
    pub grace_days: u32,
    /// Whether `info.version` has to say that something breaks, and may excuse
    /// it; on unless it is turned off.
    pub semver: bool,
    /// Severities other than the rules' own.
    pub severities: BTreeMap<Rule, Severity>,
    /// Findings that were looked at and are meant.
    pub ignore: Vec<Ignore>,
}

impl Options {
    /// The rules' own severities, nothing ignored, no grace period.
    #[must_use]
    pub fn new(today: Date) -> Self {
        Self {
            today,
            grace_days: 0,
            semver: true,
            severities: BTreeMap::new(),
            ignore: Vec::new(),
        }
    }
}

/// Compares the document that holds until now with the one that is to hold.
///
/// # Errors
///
/// [`DocumentError`] when a document is in no known dialect, has a value of
/// another type than OpenAPI has there, or refers to what it does not have.
pub fn compare(old: &Value, new: &Value, options: &Options) -> Result<Report, DocumentError> {
    let (old_forms, new_forms) = (forms(old, Side::Old)?, forms(new, Side::New)?);
    let before = Api::read(Source::new(old, Side::Old, new, &old_forms)?)?;
    let after = Api::read(Source::new(new, Side::New, old, &new_forms)?)?;
    let mut findings = Findings::new(old, new, &options.severities);
    operations::compare(&before, &after, options, &mut findings)?;
    let mut ignored = ignore::take(&mut findings.all, &options.ignore);
    let mut is_excused = false;
    if options.semver {
        is_excused = version::check(old, new, &mut findings);
        ignored.append(&mut ignore::take(&mut findings.all, &options.ignore));
    }
    Ok(Report::new(
        findings.all,
        ignored,
        &options.ignore,
        is_excused,
    ))
}

fn forms(root: &Value, side: Side) -> Result<Forms, DocumentError> {
    Ok(match source::dialect(root, side)? {
        purlin_openapi::Dialect::V2_0 => view::forms(root),
        _ => Forms::default(),
    })
}

/// The example of this crate's README, compiled and run as a test.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
