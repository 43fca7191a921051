//! The record of a build, `build.json`.

use fs_err as fs;
use serde_json::json;

use super::options::Plan;
use crate::{Result, build::Binary, oci::Digest, process::Cmd, toolchain::Rustc};

/// Returns the record of the build. It contains neither the time nor the place of the build, so that it is reproducible.
pub(super) fn build(plan: &Plan<'_>, image: &Digest, binaries: &[Binary]) -> Result<Vec<u8>> {
    let service = plan.service;
    let lock = fs::read(service.workspace.join("Cargo.lock"))?;
    let rustc = Rustc::installed()?;
    let cargo = Cmd::cargo().arg("--version").read()?;
    let libc = plan.options.libc;
    let programs = binaries.iter().map(|binary| {
        json!({
            "platform": format!("linux/{}", binary.platform.architecture()),
            "target": plan.is_built().then(|| libc.target(binary.platform)),
            "digest": Digest::of(&binary.bytes).to_string(),
        })
    });
    let record = json!({
        "version": service.version,
        "commit": plan.commit.id,
        "source_date_epoch": plan.commit.epoch,
        "cargo_lock": Digest::of(&lock).to_string(),
        "tag": plan.tag,
        "profile": service.profile,
        "profile_settings": service.profile_settings,
        "built_here": plan.is_built(),
        "rustc": rustc.verbose.lines().collect::<Vec<_>>(),
        "cargo": cargo.trim(),
        "programs": programs.collect::<Vec<_>>(),
        "images": {&plan.name: image.to_string()},
    });
    Ok(format!("{record:#}\n").into_bytes())
}
