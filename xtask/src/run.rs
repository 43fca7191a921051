//! What every command needs: the root of the workspace, programs that run there, and Debian packages installed on demand.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail};
use cargo_purlin::{
    process::{Cmd, require},
    python,
};
use fs_err as fs;

/// Returns the root folder of the workspace.
pub(crate) fn root() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here)
}

/// Returns a program that runs in the root folder.
pub(crate) fn cmd(program: impl AsRef<std::ffi::OsStr>) -> Cmd {
    Cmd::new(program).current_dir(root())
}

/// Returns cargo, in the root folder.
pub(crate) fn cargo() -> Cmd {
    Cmd::cargo().current_dir(root())
}

/// Runs a building cargo command and returns the executable named `name`.
pub(crate) fn executable(build: Cmd, name: &str) -> Result<PathBuf> {
    let mut made = build.executables()?.into_iter();
    let found = made.find(|(found, _)| found == name);
    let (_, path) = found.with_context(|| format!("cargo built no executable named {name}"))?;
    Ok(path)
}

/// Installs the Debian package of `program` unless `program --version` succeeds.
pub(crate) fn need(program: &str, package: &str) -> Result<()> {
    need_with(program, "--version", package)
}

/// Installs the Debian package of `program` unless `program VERSION` succeeds.
pub(crate) fn need_with(program: &str, version: &str, package: &str) -> Result<()> {
    match require(program, version, package) {
        Ok(()) => Ok(()),
        Err(error) => install(package).with_context(|| error.to_string()),
    }
}

/// Installs a Debian package.
pub(crate) fn install(package: &str) -> Result<()> {
    cmd("apt-get").args(["update", "--quiet"]).run()?;
    cmd("apt-get")
        .args(["install", "--yes", "--quiet", "--no-install-recommends"])
        .arg(package)
        .env("DEBIAN_FRONTEND", "noninteractive")
        .run()?;
    Ok(())
}

/// Returns the interpreter of a virtual environment in a folder below `target`, with the packages of a requirements file.
pub(crate) fn python(folder: &str, requirements: &str) -> Result<PathBuf> {
    need("python3", "python3")?;
    if !cmd("python3")
        .args(["-c", "import ensurepip, venv"])
        .succeeds()
    {
        install("python3-venv")?;
    }
    let folder = root().join("target").join(folder);
    Ok(python::environment(&folder, &root().join(requirements))?)
}

/// Installs the npm packages of a folder.
pub(crate) fn npm(folder: &str) -> Result<()> {
    need("npm", "npm")?;
    Ok(cargo_purlin::npm::install(&root().join(folder))?)
}

/// Returns an empty folder below `target`.
pub(crate) fn empty_folder(name: &str) -> Result<PathBuf> {
    let folder = root().join("target").join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    Ok(folder)
}

/// Opens a log file for the output of a program; several programs can append to it.
pub(crate) fn log_file(path: &Path) -> Result<Stdio> {
    let file = fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(path)?;
    Ok(file.into_parts().0.into())
}

/// Waits until `condition` holds; fails after `timeout` with what was waited for.
pub(crate) fn wait_until(
    timeout: Duration,
    what: &str,
    mut condition: impl FnMut() -> Result<bool>,
) -> Result<()> {
    let begin = Instant::now();
    while !condition()? {
        if begin.elapsed() > timeout {
            bail!("waited {timeout:?} in vain until {what}");
        }
        thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}
