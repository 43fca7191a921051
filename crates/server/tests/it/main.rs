//! The program from its command line to its end. What it shares with every program made with `purlin-app` is tested there.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on should fail"
)]

mod commands;
#[cfg(target_os = "linux")]
mod heads;
#[cfg(target_os = "linux")]
#[path = "../../../app/tests/it/faults/process.rs"]
#[allow(dead_code, reason = "the tests of the app use the rest")]
mod process;
mod serving;
#[path = "../../../app/tests/it/support/mod.rs"]
mod support;

/// Returns the variables of a file that is deployed, without secrets, which are not here.
fn deployed(file: &str) -> impl Iterator<Item = (&str, &str)> {
    let lines = file.lines().filter(|line| !line.starts_with('#'));
    let variables = lines.filter_map(|line| line.split_once('='));
    variables.filter(|(_, value)| !value.starts_with("/run/secrets/"))
}

/// The program that is tested.
const PROGRAM: &str = env!("CARGO_BIN_EXE_purlin-server");

/// What the environment variables of the program begin with.
const PREFIX: &str = "PURLIN";
