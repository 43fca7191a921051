//! The record of a build, `build.json`, and the checksums of all files.

use std::fmt::Write as _;

use fs_err as fs;
use serde_json::json;

use super::{files::Files, options::Plan};
use crate::{Result, build::Binary, oci::Digest, process::Cmd};

/// Returns the record of the build. It contains neither the time nor the place of the build, so that it is reproducible.
pub(super) fn build(plan: &Plan<'_>, image: &Digest, binaries: &[Binary]) -> Result<Vec<u8>> {
    let service = plan.service;
    let lock = fs::read(service.workspace.join("Cargo.lock"))?;
    let rustc = Cmd::new("rustc").args(["--version", "--verbose"]).read()?;
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
        "built_here": plan.is_built(),
        "rustc": rustc.lines().collect::<Vec<_>>(),
        "cargo": cargo.trim(),
        "programs": programs.collect::<Vec<_>>(),
        "images": {&plan.name: image.to_string()},
    });
    Ok(format!("{record:#}\n").into_bytes())
}

/// Returns the checksums in the format of `sha256sum --check`.
pub(super) fn checksums(files: &Files) -> Vec<u8> {
    let mut text = String::new();
    for (name, bytes) in files {
        // Writing to a String does not fail.
        let _ = writeln!(text, "{}  {name}", Digest::of(bytes).hex());
    }
    text.into_bytes()
}
