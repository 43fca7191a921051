//! `cargo xtask ci`: everything that must hold before a change is taken, short of `cargo test`.
//!
//! `.ci/run` calls `cargo test` itself and then this, so neither tests nor doc tests are repeated here. The order is
//! cheapest first; the first failure ends the run.

use std::time::Instant;

use crate::{
    acme, browser, checks, clients, contract, dist, documents, edge, faults, fuzz, kubernetes,
    parity,
    run::{Failure, Outcome},
    smoke, swagger_ui, tidy,
};

/// A check's name and what it runs.
type Step = (&'static str, fn() -> Outcome);

const STEPS: &[Step] = &[
    ("fmt", || checks::fmt(true)),
    ("tidy", || tidy::tidy(&tidy::Options::default())),
    ("lint", checks::lint),
    ("doc", checks::doc),
    ("xtask's own tests", checks::own_tests),
    ("Swagger UI", swagger_ui::checked),
    ("browser", browser::browser),
    ("documents", documents::documents),
    ("clients", clients::clients),
    ("contract", contract::checked),
    ("parity", parity::parity),
    ("kubernetes", kubernetes::kubernetes),
    ("faults", faults::faults),
    ("edge", edge::edge),
    ("acme", acme::acme),
    ("dist, twice", dist::verified),
    ("smoke", smoke::checked),
    ("fuzz corpus", fuzz::replay),
];

/// Runs every step and prints how long each took.
pub(crate) fn all() -> Outcome {
    let mut took = Vec::new();
    for (name, step) in STEPS {
        let begin = Instant::now();
        step().map_err(|failure| Failure::said(format!("{name}: {failure}")))?;
        took.push((name, begin.elapsed().as_secs_f64()));
    }
    eprintln!("\nall checks passed");
    for (name, seconds) in took {
        eprintln!("{seconds:8.1} s  {name}");
    }
    Ok(())
}
