//! Compares two OpenAPI documents and reports every difference, with the rule that found it and its severity for clients.
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
//! let report = compare(&old, &new, &options)?;
//! let finding = report.findings.iter().find(|it| it.operation.is_some()).ok_or("no finding")?;
//! assert_eq!(finding.rule.id(), "request-parameter-max-decreased");
//! assert_eq!(finding.severity, Severity::Breaking);
//! assert_eq!(finding.operation.as_deref(), Some("GET /todos"));
//! assert_eq!(finding.old_pointer, "/paths/~1todos/get/parameters/0/schema/maximum");
//! assert!(report.fails(Severity::Breaking), "the version is still 1.0.0");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What counts as breaking
//!
//! What clients send may only *widen*: everything that was accepted is still accepted. What clients receive may only
//! *narrow*: no value arrives that could not arrive before. The old document is the reference, even if the server was more
//! lenient. A change that cannot be judged is at least risky. Titles, descriptions and examples are not compared. The path
//! of the first server is part of every path.
//!
//! Each document may be OpenAPI 3.2, 3.1, 3.0 or Swagger 2.0, written by any tool. All rules and their severities, and what is
//! not compared, are in the page about [compatibility](https://github.com/purlin-rs/purlin/blob/main/docs/compatibility.md).
//!
//! # Where to find what
//!
//! | to | see |
//! |---|---|
//! | compare documents | [`compare`](fn@compare), [`Options`] |
//! | decide whether a build fails | [`Report::fails`], [`Severity`] |
//! | accept a finding, with a reason and an end | [`Ignore`] |
//! | print a report | [`Report::to_text`], [`junit`] |
//! | look at a finding | [`Finding`], [`Rule`] |
#![cfg_attr(docsrs, feature(doc_cfg))]

mod annotations;
mod api;
mod bounds;
mod compare;
mod date;
mod error;
mod finding;
mod findings;
mod forms;
mod identifiers;
mod ignore;
mod merged;
mod options;
mod pairing;
mod pointer;
mod render;
mod report;
mod rule;
mod same;
mod schemas;
mod security;
mod severity;
mod source;
mod type_set;
mod version;

use purlin_openapi::Dialect;
use serde_json::Value;

pub use date::{Date, DateError};
pub use error::{DocumentError, DocumentErrorKind, Side};
pub use finding::Finding;
pub use ignore::{Ignore, Ignored};
pub use options::Options;
pub use render::junit;
pub use report::Report;
pub use rule::{Rule, UnknownRule};
pub use severity::{Severity, UnknownSeverity};

use api::Api;
use findings::Findings;
use forms::Forms;
use source::Source;

/// Compares the document that clients use now with the one that is to replace it.
///
/// # Errors
///
/// Returns a [`DocumentError`] if a document is not in a supported dialect, has a
/// value of another type than OpenAPI requires, or has a reference without a
/// target.
pub fn compare(old: &Value, new: &Value, options: &Options) -> Result<Report, DocumentError> {
    let (old_forms, new_forms) = (forms(old, Side::Old)?, forms(new, Side::New)?);
    let before = Api::read(Source::new(old, Side::Old, new, &old_forms)?)?;
    let after = Api::read(Source::new(new, Side::New, old, &new_forms)?)?;
    let mut findings = Findings::new(old, new, &options.severities);
    compare::compare(&before, &after, options, &mut findings)?;
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
        Dialect::V2_0 => Forms::read(root),
        _ => Forms::default(),
    })
}

/// The example of this crate's README, compiled and run as a test.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
