//! `cargo xtask ci`: everything that must hold before a change is merged, except `cargo test`.
//!
//! `.ci/run` runs `cargo test` before this, so its tests are not repeated. Cheap checks come first; the first failure ends
//! the run. The server is built for release once, by `smoke`; what needs a second build is run by hand (docs/quality.md).

use std::time::Instant;

use anyhow::{Context as _, Result};

use crate::{
    acme, browser, checks, clients, contract, documents, edge, faults, fuzz, kubernetes, parity,
    smoke, swagger_ui, tidy, versions,
};

/// The name of a check and what it runs.
type Step = (&'static str, fn() -> Result<()>);

const STEPS: &[Step] = &[
    ("fmt", || checks::fmt(true)),
    ("tidy", || tidy::tidy(&tidy::Options::default())),
    ("lint", checks::lint),
    ("doc", checks::doc),
    ("tests of the tools", checks::tools),
    ("oldest and newest actix-web", versions::actix_web),
    ("oldest Rust", versions::rust),
    ("fuzz corpus", fuzz::replay),
    ("Swagger UI", swagger_ui::check),
    ("browser", browser::browser),
    ("documents", documents::documents),
    ("clients", clients::clients),
    ("contract", contract::checked),
    ("parity", parity::parity),
    ("kubernetes", kubernetes::kubernetes),
    ("faults", faults::faults),
    ("edge", edge::edge),
    ("acme", acme::acme),
    ("smoke", smoke::checked),
];

/// Runs every step and prints how long each took.
pub(crate) fn all() -> Result<()> {
    let mut times = Vec::new();
    for (name, step) in STEPS {
        let begin = Instant::now();
        step().context(*name)?;
        times.push((name, begin.elapsed().as_secs_f64()));
    }
    eprintln!("\nall checks passed");
    for (name, seconds) in times {
        eprintln!("{seconds:8.1} s  {name}");
    }
    Ok(())
}
