//! Rust: the macro of progenitor writes the clients, in a crate outside of the workspace.

use anyhow::Result;

use super::Servers;
use crate::run::{cargo, cmd, executable};

const CRATE: &str = "xtask/clients/rust/Cargo.toml";

/// The crate shares the workspace's `target`, so that common dependencies are built once.
pub(super) fn check(servers: &Servers) -> Result<()> {
    let build = cargo().args(["build", "--locked", "--manifest-path", CRATE]);
    let program = executable(
        build.args(["--target-dir", "target"]),
        "purlin-clients-check",
    )?;
    cargo()
        .args(["fmt", "--check", "--manifest-path", CRATE])
        .run()?;
    Ok(servers.pass_to(cmd(program)).run()?)
}
