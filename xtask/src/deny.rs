//! `cargo xtask deny`: licences, sources and versions of all dependencies, and known vulnerabilities in them, by cargo-deny.
//!
//! The rules and their exceptions are in `.cargo/deny.toml`. The database of advisories is a git repository; where it cannot
//! be reached, advisories are skipped, and the other rules are checked nevertheless.

use anyhow::{Result, bail};

use crate::run::{cmd, python};

/// The database of advisories that cargo-deny clones.
const DATABASE: &str = "https://github.com/RustSec/advisory-db";

#[derive(clap::Args, Default)]
pub(crate) struct Options {
    /// Fail where the database of advisories cannot be reached, instead of skipping it
    #[arg(long)]
    require_advisories: bool,
}

/// Checks the dependencies; skips the advisories where their database cannot be reached.
pub(crate) fn checked() -> Result<()> {
    deny(&Options::default())
}

/// Installs cargo-deny below `target` and checks the dependencies.
pub(crate) fn deny(options: &Options) -> Result<()> {
    let python = python("deny", "xtask/deny/requirements.txt")?;
    let program = python.with_file_name("cargo-deny");
    let check = |checks: &[&str]| {
        cmd(&program)
            .args(["--locked", "--config", ".cargo/deny.toml"])
            .args(["check", "--hide-inclusion-graph"])
            .args(checks)
            .run()
    };
    check(&["bans", "licenses", "sources"])?;
    match database_is_reachable() {
        true => check(&["advisories"])?,
        false if options.require_advisories => bail!("{DATABASE} cannot be reached"),
        false => eprintln!("skipped: advisories, since {DATABASE} cannot be reached"),
    }
    Ok(())
}

fn database_is_reachable() -> bool {
    cmd("git")
        // A proxy that asks for a password must not wait for one.
        .env("GIT_TERMINAL_PROMPT", "0")
        .args(["-c", "http.lowSpeedLimit=1", "-c", "http.lowSpeedTime=20"])
        .args(["ls-remote", "--exit-code", DATABASE, "HEAD"])
        .succeeds()
}
