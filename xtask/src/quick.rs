//! `cargo xtask quick`: what a contributor runs before a pull request. It installs nothing and needs no network.
//!
//! The rest of the checks takes long, or programs that not every machine has: `.ci/run`.

use anyhow::Result;

use crate::{
    checks,
    ci::{self, Step},
    run::cargo,
    tidy,
};

const STEPS: &[Step] = &[
    ("fmt", || checks::fmt(true)),
    ("tidy", || tidy::tidy(&tidy::Options::default())),
    ("clippy", clippy),
    ("tests", tests),
];

/// Runs the quick checks and prints how long each took.
pub(crate) fn quick() -> Result<()> {
    ci::run_steps(STEPS, false)
}

/// Runs clippy with the features that tests are built with, so that it shares their dependencies.
fn clippy() -> Result<()> {
    cargo()
        .args(["clippy", "--workspace", "--all-targets", "--quiet"])
        .args(["--", "-D", "warnings"])
        .run()?;
    Ok(())
}

/// Runs the tests of every crate, except those that call the compiler or send thousands of values.
fn tests() -> Result<()> {
    cargo()
        .args(["test", "--workspace", "--quiet"])
        .args(["--lib", "--bins", "--tests", "--"])
        .args(SLOW.iter().flat_map(|name| ["--skip", name]))
        .run()?;
    Ok(())
}

/// Parts of the names of tests that take more than some seconds each.
const SLOW: &[&str] = &["compile_fail"];
