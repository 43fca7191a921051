//! The packages that `cargo purlin clients` writes for the greetings: each is built as its users would.

use std::path::Path;

use anyhow::Result;
use cargo_purlin::{
    Service,
    clients::{Language, Options, generate},
};
use fs_err as fs;

use crate::{
    dist::SERVER,
    run::{cargo, cmd, empty_folder, need, python, root},
};

/// Writes and builds every package.
pub(super) fn check() -> Result<()> {
    let service = Service::of_package(root(), SERVER)?;
    let folder = empty_folder("clients/packages")?;
    type Build = fn(&Path) -> Result<()>;
    let languages: [(Language, &str, Build); 3] = [
        (Language::TypeScript, "typescript", typescript),
        (Language::Python, "python", python_project),
        (Language::Rust, "rust", rust),
    ];
    for (language, name, build) in languages {
        let mut options = Options::new(language);
        options.output = Some(folder.join(name));
        generate(&service, &options)?;
        build(&folder.join(name))?;
    }
    Ok(())
}

fn typescript(package: &Path) -> Result<()> {
    need("npm", "npm")?;
    let npm = |args: &[&str]| cmd("npm").args(args).current_dir(package);
    npm(&["install", "--no-audit", "--no-fund", "--ignore-scripts"]).run()?;
    Ok(npm(&["run", "build"]).run()?)
}

fn rust(package: &Path) -> Result<()> {
    // The versions that the other client is checked with.
    let lock = root().join("xtask/clients/rust/Cargo.lock");
    fs::copy(lock, package.join("Cargo.lock"))?;
    let manifest = package.join("Cargo.toml");
    let check = cargo().args(["check", "--target-dir", "target", "--manifest-path"]);
    Ok(check.arg(manifest).run()?)
}

fn python_project(project: &Path) -> Result<()> {
    let python = python("clients/python", "xtask/clients/python/requirements.txt")?;
    let pip = cmd(&python).args(["-m", "pip", "install", "--quiet", "--no-input"]);
    let pip = pip.args([
        "--disable-pip-version-check",
        "--no-deps",
        "--force-reinstall",
    ]);
    pip.arg(project).run()?;
    Ok(cmd(&python).args(["-c", "import greetings_client"]).run()?)
}
