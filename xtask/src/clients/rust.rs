//! Rust: the macro of progenitor writes the clients, in a crate that is no member of the workspace.

use anyhow::{anyhow, Result};
use super::Servers;
use crate::run::{cargo, cmd, root};

const CRATE: &str = "xtask/clients/rust/Cargo.toml";

/// The crate shares the workspace's `target`, so that what both need is built once.
pub(super) fn check(servers: &Servers) -> Result<()> {
    let target = root().join("target");
    let target = target.to_string_lossy();
    let args = [
        "--locked",
        "--manifest-path",
        CRATE,
        "--target-dir",
        &target,
    ];
    let made = executables(["build"].into_iter().chain(args))?;
    cargo()
        .args(["fmt", "--check", "--manifest-path", CRATE])
        .run()?;
    let program = made
        .into_iter()
        .find(|(name, _)| name == "purlin-clients-check");
    let (_, program) = program
        .ok_or_else(|| anyhow!("cargo built no executable named purlin-clients-check"))?;
    servers.told(cmd(program)).run()
}
