//! The programs and the processor that figures hold for.

use std::thread;

use anyhow::{Context as _, Result};
use fs_err as fs;
use serde_json::Value;

use super::figures::Environment;
use crate::run::{cargo, cmd};

/// Reads the versions of the tools and of the frameworks, and the name of the processor.
pub(super) fn read() -> Result<Environment> {
    let version = |program| cmd(program).args(["--version"]).read();
    Ok(Environment {
        processor: processor()?,
        processors: thread::available_parallelism()?.get(),
        rustc: version("rustc")?.trim().to_owned(),
        valgrind: version("valgrind")?.trim().to_owned(),
        actix_web: package("actix-web")?,
        axum: package("axum")?,
    })
}

fn processor() -> Result<String> {
    let text = fs::read_to_string("/proc/cpuinfo")?;
    let name = text.lines().find(|line| line.starts_with("model name"));
    let name = name.and_then(|line| line.split_once(':'));
    Ok(name.map_or("unknown", |(_, name)| name.trim()).to_owned())
}

/// Returns the version of a dependency.
fn package(name: &str) -> Result<String> {
    let metadata = cargo()
        .args(["metadata", "--format-version=1", "--locked"])
        .read()?;
    let metadata: Value = serde_json::from_str(&metadata)?;
    let packages = metadata["packages"].as_array().into_iter().flatten();
    let found = packages
        .filter(|found| found["name"] == name)
        .find_map(|found| found["version"].as_str());
    found
        .map(ToOwned::to_owned)
        .with_context(|| format!("`cargo metadata` has no {name}"))
}
