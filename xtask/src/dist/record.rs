//! What was built of what: `build.json`, and the checksums of everything.

use std::{collections::BTreeMap, fmt::Write as _, fs};

use serde_json::json;

use super::{
    Files, Plan, Product,
    binary::{Binary, Source},
    oci::Digest,
    version,
};
use crate::run::{Failure, Outcome, Run, root};

/// The record. Nothing in it tells when or where the build was, so that it is the same everywhere.
pub(super) fn build(
    plan: &Plan<'_>,
    products: &[Product],
    digests: &[Digest],
    binaries: &[Binary],
) -> Outcome<Vec<u8>> {
    let lock = root().join("Cargo.lock");
    let lock = Digest::of(&fs::read(&lock).map_err(Failure::file(&lock))?);
    let rustc = Run::new("rustc").args(["--version", "--verbose"]).read()?;
    let cargo = Run::cargo().args(["--version"]).read()?;
    let is_ours = matches!(plan.source, Source::Ours(..));
    let programs = binaries.iter().map(|binary| {
        json!({
            "platform": format!("linux/{}", binary.platform.architecture()),
            "target": is_ours.then(|| plan.options.libc.target(binary.platform)),
            "digest": Digest::of(&binary.bytes).to_string(),
        })
    });
    let images = products.iter().zip(digests);
    let images: BTreeMap<_, _> = images
        .map(|(product, digest)| (&product.name, digest.to_string()))
        .collect();
    let platforms = plan.platforms.iter();
    let platforms = platforms.map(|platform| format!("linux/{}", platform.architecture()));
    let record = json!({
        "version": version(),
        "commit": plan.commit.id,
        "source_date_epoch": plan.commit.epoch,
        "cargo_lock": lock.to_string(),
        "options": {
            "tag": plan.tag,
            "platforms": platforms.collect::<Vec<_>>(),
            "debian": plan.options.debian,
        },
        "profile": "dist",
        "built_here": is_ours,
        "rustc": rustc.lines().collect::<Vec<_>>(),
        "cargo": cargo.trim(),
        "programs": programs.collect::<Vec<_>>(),
        "images": images,
    });
    Ok(format!("{record:#}\n").into_bytes())
}

/// In the form `sha256sum --check` reads.
pub(super) fn checksums(files: &Files) -> Vec<u8> {
    let mut text = String::new();
    for (name, bytes) in files {
        // Writing to a String does not fail.
        let _ = writeln!(text, "{}  {name}", Digest::of(bytes).hex());
    }
    text.into_bytes()
}
