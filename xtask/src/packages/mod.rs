//! `cargo xtask packages`: the crates that are published, as crates.io gets them.
//!
//! Rules about manifests are in `manifest`, those about the files of an archive in `files`. What fails is printed at once.

use anyhow::{Context as _, Result, ensure};
use fs_err as fs;
use serde_json::Value;

use crate::run::{cargo, root};

mod files;
mod manifest;

/// No archive is larger, compressed: crates.io accepts ten times as much, but nothing here needs it.
const MAX_ARCHIVE: u64 = 1024 * 1024;

#[derive(Default, clap::Args)]
pub(crate) struct Options {
    /// Build every crate from its archive, against the archives of the others, as its users will
    #[arg(long)]
    verify: bool,
}

/// A crate that is published.
pub(crate) struct Package {
    pub(crate) name: String,
    /// The folder of its manifest, below the root of the workspace.
    folder: String,
    manifest: Value,
}

impl Package {
    /// Whether other crates can use its items; a procedural macro has none.
    pub(crate) fn is_library(&self) -> bool {
        let targets = self.manifest["targets"].as_array();
        let kinds = targets.into_iter().flatten().map(|target| &target["kind"]);
        kinds
            .filter_map(Value::as_array)
            .flatten()
            .any(|kind| kind == "lib")
    }
}

/// Checks the crates and packs them without building them.
pub(crate) fn checked() -> Result<()> {
    packages(&Options::default())
}

/// Checks manifests and files of the published crates, and packs them.
pub(crate) fn packages(options: &Options) -> Result<()> {
    let packages = published()?;
    let mut findings = Vec::new();
    for package in &packages {
        let of_package = manifest::check(&package.manifest).into_iter();
        let of_files = files::check(package, &list(package)?)?;
        let named = |finding| format!("{}: {finding}", package.name);
        findings.extend(of_package.chain(of_files).map(named));
    }
    for finding in &findings {
        eprintln!("{finding}");
    }
    ensure!(findings.is_empty(), "{} rules are violated", findings.len());
    pack(&packages, options.verify)
}

/// Returns the crates of the workspace that are published: those without `publish = false`.
pub(crate) fn published() -> Result<Vec<Package>> {
    let metadata = cargo().args(["metadata", "--no-deps", "--format-version=1", "--locked"]);
    let metadata: Value = serde_json::from_str(&metadata.read()?)?;
    let packages = metadata["packages"].as_array().context("no packages")?;
    let published = packages.iter().filter(|it| it["publish"].is_null());
    published
        .map(|manifest| {
            let text = |key: &str| manifest[key].as_str().unwrap_or_default();
            let folder = text("manifest_path").trim_end_matches("/Cargo.toml");
            let folder = std::path::Path::new(folder).strip_prefix(root())?;
            Ok(Package {
                name: text("name").to_owned(),
                folder: folder.to_string_lossy().into_owned(),
                manifest: manifest.clone(),
            })
        })
        .collect()
}

/// Returns the files of a crate's archive.
fn list(package: &Package) -> Result<Vec<String>> {
    let list = ["package", "--list", "--allow-dirty", "--quiet"];
    let files = cargo().args(list).args(["--package", &package.name]);
    Ok(files.read()?.lines().map(str::to_owned).collect())
}

/// Packs all crates in one call, since each needs the archives of those it depends on.
fn pack(packages: &[Package], verify: bool) -> Result<()> {
    cargo()
        // The sources of a commit are packed for a release; this may run on a change that is not yet committed.
        .args(["package", "--allow-dirty", "--locked", "--quiet"])
        .args(packages.iter().flat_map(|it| ["--package", &it.name]))
        .args((!verify).then_some("--no-verify"))
        .args(["--target-dir", "target/packages"])
        .run()?;
    for package in packages {
        let version = package.manifest["version"].as_str().unwrap_or_default();
        let archive = format!("target/packages/package/{}-{version}.crate", package.name);
        let size = fs::metadata(root().join(&archive))?.len();
        eprintln!("{:>8} bytes  {archive}", size);
        ensure!(
            size <= MAX_ARCHIVE,
            "{archive} has more than {MAX_ARCHIVE} bytes: leave out what users do not need"
        );
    }
    Ok(())
}
