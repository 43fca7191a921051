//! `cargo xtask semver`: whether the public items of the published crates changed as their version says.
//!
//! cargo-semver-checks compares them with the last release on crates.io, or with a revision of this repository. It is
//! installed below `target` when there is something to compare.

use std::{path::PathBuf, process::Command};

use anyhow::{Result, bail};

use crate::{
    packages::published,
    run::{cargo, cmd, root},
};

const TOOL: &str = "cargo-semver-checks";
const VERSION: &str = "0.51.0";

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Compare with this revision of the repository instead of the last release
    #[arg(long, value_name = "REVISION")]
    baseline: Option<String>,
    /// Compare only these crates
    #[arg(long, value_name = "CRATE")]
    package: Vec<String>,
}

/// Compares the crates that have something to be compared with.
pub(crate) fn semver(options: &Options) -> Result<()> {
    let mut names = Vec::new();
    for package in published()? {
        let is_selected = options.package.is_empty() || options.package.contains(&package.name);
        // The items of a procedural macro are its macros, which the tool does not compare.
        if !is_selected || !package.is_library() {
            continue;
        }
        if options.baseline.is_some() || is_released(&package.name)? {
            names.push(package.name);
        } else {
            eprintln!("{}: no version is released yet", package.name);
        }
    }
    if names.is_empty() {
        eprintln!("nothing to compare");
        return Ok(());
    }
    let mut check = cmd(installed()?).args(["semver-checks", "check-release"]);
    if let Some(revision) = &options.baseline {
        check = check.args(["--baseline-rev", revision]);
    }
    check = check.args(names.iter().flat_map(|name| ["--package", name]));
    Ok(check.run()?)
}

/// Whether crates.io has a version of a crate.
fn is_released(name: &str) -> Result<bool> {
    // With a registry, cargo does not look in the workspace.
    let info = ["info", "--quiet", "--registry", "crates-io", name];
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(info)
        .current_dir(root())
        .output()?;
    let message = String::from_utf8_lossy(&output.stderr);
    match output.status.success() {
        true => Ok(true),
        false if message.contains("could not find") => Ok(false),
        false => bail!("crates.io did not say whether it has {name}: {message}"),
    }
}

/// Returns the program, after installing it where its version is not installed.
fn installed() -> Result<PathBuf> {
    let folder = root().join("target/tools");
    let program = folder.join("bin").join(TOOL);
    let version = cmd(&program)
        .args(["semver-checks", "--version"])
        .try_read();
    if !version.is_some_and(|version| version.trim_end().ends_with(VERSION)) {
        cargo()
            .args(["install", TOOL, "--version", VERSION, "--locked", "--root"])
            .arg(&folder)
            .run()?;
    }
    Ok(program)
}
