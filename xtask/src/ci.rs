//! `cargo xtask ci`: everything that must hold before a change is merged, except `cargo test`.
//!
//! `.ci/run` runs `cargo test` before this, so its tests are not repeated. Cheap checks come first; the first failure ends
//! the run. The server is built for release once, by `smoke`; what needs a second build is run by hand (docs/quality.md).

use std::time::Instant;

use anyhow::{Context as _, Result, ensure};

use crate::{
    acme, browser, checks, clients, conduit, contract, deny, documents, edge, faults, fuzz,
    kubernetes, monitoring, new_service, packages, parity, replicas, shapes, smoke, stores,
    swagger_ui, tidy, versions,
};

/// The name of a check and what it runs.
pub(crate) type Step = (&'static str, fn() -> Result<()>);

const STEPS: &[Step] = &[
    ("fmt", || checks::fmt(true)),
    ("deny", deny::checked),
    ("tidy", || tidy::tidy(&tidy::Options::default())),
    ("packages", packages::checked),
    ("lint", checks::lint),
    ("doc", checks::doc),
    ("tests of tools and examples", checks::other_tests),
    ("tests of Conduit", conduit::tested),
    ("tests of stores", stores::tested),
    ("oldest and newest actix-web", versions::actix_web),
    ("oldest Rust", versions::rust),
    ("fuzz corpus", fuzz::replay),
    ("generated shapes", shapes::checked),
    ("Swagger UI", swagger_ui::check),
    ("browser", browser::browser),
    ("documents", documents::documents),
    ("clients", clients::clients),
    ("contract", contract::checked),
    ("new service", new_service::new_service),
    ("getting started", new_service::getting_started),
    ("parity", parity::parity),
    ("kubernetes", kubernetes::kubernetes),
    ("monitoring", monitoring::monitoring),
    ("systemd", monitoring::systemd),
    ("faults", faults::faults),
    ("replicas", replicas::replicas),
    ("edge", edge::edge),
    ("acme", acme::acme),
    ("smoke", smoke::checked),
];

/// Which checks to run, and what to do when one fails.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Run only these checks, by name
    names: Vec<String>,
    /// Run the remaining checks after one has failed
    #[arg(long)]
    keep_going: bool,
}

/// Runs the checks and prints how long each took.
pub(crate) fn run(options: &Options) -> Result<()> {
    run_steps(selected(&options.names)?, options.keep_going)
}

/// Runs steps and prints how long each took; with `keep_going` the remaining ones after one has failed, too.
pub(crate) fn run_steps<'s>(
    steps: impl IntoIterator<Item = &'s Step>,
    keep_going: bool,
) -> Result<()> {
    let mut times = Vec::new();
    let mut failures = Vec::new();
    for (name, step) in steps {
        let begin = Instant::now();
        match step().context(*name) {
            Ok(()) => {}
            Err(failure) if keep_going => {
                eprintln!("{failure:#}");
                failures.push(*name);
            }
            Err(failure) => return Err(failure),
        }
        times.push((name, begin.elapsed().as_secs_f64()));
    }
    for (name, seconds) in times {
        eprintln!("{seconds:8.1} s  {name}");
    }
    ensure!(failures.is_empty(), "failed: {}", failures.join(", "));
    eprintln!("all checks passed");
    Ok(())
}

/// Whether there is a check of this name, or one whose name has this word.
#[cfg(test)]
pub(crate) fn has_check(word: &str) -> bool {
    STEPS
        .iter()
        .any(|(name, _)| name.split(' ').any(|it| it == word) || *name == word)
}

/// Returns the steps of these names, or all of them.
fn selected(names: &[String]) -> Result<Vec<&'static Step>> {
    for name in names {
        let known = || STEPS.iter().map(|(name, _)| *name).collect::<Vec<_>>();
        ensure!(
            known().contains(&name.as_str()),
            "there is no check `{name}`; the checks are: {}",
            known().join(", "),
        );
    }
    let is_selected = |(name, _): &&Step| names.is_empty() || names.iter().any(|it| it == name);
    Ok(STEPS.iter().filter(is_selected).collect())
}
