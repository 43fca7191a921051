//! Compiles a service in a folder of its own, and counts processor seconds.

use std::{os::unix::fs::PermissionsExt as _, path::Path};

use anyhow::{Context as _, Result, ensure};
use cargo_purlin::process::Cmd;
use fs_err as fs;

use super::services::{EDITED, Service};

/// Runs the compiler and appends to a log what crate it compiled, and the times of the shell's children. `times` in a subshell
/// would be that of the subshell.
const WRAPPER: &str = r#"#!/bin/sh
"$@"; status=$?
while [ $# -gt 1 ]; do [ "$1" = --crate-name ] && name=$2; shift; done
times > "$PURLIN_COMPILE_LOG.$$"
echo "$name $(tail -n 1 "$PURLIN_COMPILE_LOG.$$")" >> "$PURLIN_COMPILE_LOG"
rm "$PURLIN_COMPILE_LOG.$$"
exit $status
"#;

/// How often a handler is edited; the least of the figures counts.
const EDITS: usize = 3;

/// What one service costs.
pub(super) struct Figures {
    /// Crates that are compiled, build scripts and procedural macros included.
    pub(super) crates: usize,
    /// Processor seconds of a build from nothing.
    pub(super) clean: f64,
    /// Those of compiling the crates of Purlin.
    pub(super) purlin: f64,
    /// Those of compiling the service itself.
    pub(super) service: f64,
    /// Bytes of the target folder after that.
    pub(super) target: u64,
    /// Bytes of the executable.
    pub(super) executable: u64,
    /// Processor seconds of a build after a handler was edited.
    pub(super) edited: f64,
    /// Version of the framework.
    pub(super) version: String,
}

/// Builds a service from nothing and after an edit, in a new folder below `parent` that is removed again.
pub(super) fn measure(service: &Service, parent: &Path) -> Result<Figures> {
    let folder = tempfile::tempdir_in(parent)?;
    let folder = folder.path();
    fs::create_dir(folder.join("src"))?;
    fs::write(folder.join("Cargo.toml"), service.manifest()?)?;
    let main = folder.join("src/main.rs");
    fs::write(&main, &service.source)?;
    let (wrapper, log) = (folder.join("wrapper"), folder.join("log"));
    fs::write(&wrapper, WRAPPER)?;
    fs::set_permissions(&wrapper, std::fs::Permissions::from_mode(0o755))?;
    let cargo = |args: &[&str]| {
        // The profile is that of a new package, whatever is set for this repository.
        Cmd::cargo()
            .env_remove_prefix("CARGO_PROFILE_")
            .env_remove_prefix("CARGO_INCREMENTAL")
            .env("CARGO_TARGET_DIR", folder.join("target"))
            .env("RUSTC_WRAPPER", &wrapper)
            .env("PURLIN_COMPILE_LOG", &log)
            .current_dir(folder)
            .args(args)
    };
    cargo(&["fetch", "--quiet"]).run()?;
    let tree = cargo(&[
        "tree",
        "--edges=normal,build",
        "--prefix=none",
        "--no-dedupe",
    ])
    .read()?;
    let build = || processor_seconds(|| Ok(cargo(&["build", "--quiet", "--offline"]).run()?));

    let clean = build()?;
    let compiled = Compiled::read(&log)?;
    let target = size(&folder.join("target"))?;
    let executable = fs::metadata(folder.join("target/debug/service"))?.len();
    let mut edited = f64::INFINITY;
    for edit in 0..EDITS {
        let source = service.source.replace(EDITED, &format!("{EDITED}{edit}"));
        ensure!(source != service.source, "no handler has {EDITED}");
        fs::write(&main, source)?;
        edited = edited.min(build()?);
    }
    Ok(Figures {
        crates: crates(&tree),
        clean,
        purlin: compiled.seconds(|name| name.starts_with("purlin_")),
        service: compiled.seconds(|name| name == "service"),
        target,
        executable,
        edited,
        version: version(&tree, service.framework)?,
    })
}

/// The processor seconds of each run of the compiler, with the name of the crate.
struct Compiled(Vec<(String, f64)>);

impl Compiled {
    fn read(log: &Path) -> Result<Self> {
        let text = fs::read_to_string(log)?;
        let line = |line: &str| {
            let mut columns = line.split_whitespace();
            let mut next = || columns.next();
            let (name, user, system) = (next()?, minutes(next()?)?, minutes(next()?)?);
            Some((name.to_owned(), user + system))
        };
        // Asked for its version, the compiler has no crate.
        Ok(Self(text.lines().filter_map(line).collect()))
    }

    fn seconds(&self, of: impl Fn(&str) -> bool) -> f64 {
        let crates = self.0.iter().filter(|(name, _)| of(name));
        crates.map(|(_, seconds)| seconds).sum()
    }
}

/// Reads a time as the shell's `times` prints it, such as `0m1.5s`, in seconds.
fn minutes(text: &str) -> Option<f64> {
    let (minutes, seconds) = text.strip_suffix('s')?.split_once('m')?;
    Some(minutes.parse::<f64>().ok()? * 60.0 + seconds.parse::<f64>().ok()?)
}

/// Returns the processor seconds of all programs that `run` started and waited for.
fn processor_seconds(run: impl FnOnce() -> Result<()>) -> Result<f64> {
    let before = children()?;
    run()?;
    Ok(children()? - before)
}

/// Returns the processor seconds of all children of this process that have ended, theirs included: `cutime` and `cstime` of
/// proc_pid_stat(5), in hundredths of a second.
fn children() -> Result<f64> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    // The name of the program is in parentheses and can have any character.
    let fields = stat.rsplit_once(')').map(|(_, fields)| fields);
    let mut times = fields.into_iter().flat_map(str::split_whitespace).skip(13);
    let mut next = || times.next()?.parse::<f64>().ok();
    let (user, system) = (next(), next());
    let ticks = user.zip(system).map(|(user, system)| user + system);
    Ok(ticks.context("/proc/self/stat has no times of children")? / 100.0)
}

/// Counts the packages in the output of `cargo tree`, except for the service itself.
fn crates(tree: &str) -> usize {
    let mut packages: Vec<_> = tree.lines().filter_map(package).collect();
    packages.sort_unstable();
    packages.dedup();
    packages.len().saturating_sub(1)
}

/// Returns name and version in a line of `cargo tree`.
fn package(line: &str) -> Option<(&str, &str)> {
    let mut columns = line.split_whitespace();
    Some((columns.next()?, columns.next()?.strip_prefix('v')?))
}

/// Returns the version of a package in the output of `cargo tree`.
fn version(tree: &str, name: &str) -> Result<String> {
    let mut packages = tree.lines().filter_map(package);
    let found = packages.find(|(found, _)| *found == name);
    let (_, version) = found.with_context(|| format!("the tree has no {name}"))?;
    Ok(version.to_owned())
}

/// Returns the bytes of the files in a folder; one with several names counts once.
fn size(folder: &Path) -> Result<u64> {
    let out = Cmd::new("du")
        .args(["--summarize", "--bytes"])
        .arg(folder)
        .read()?;
    let bytes = out.split_whitespace().next();
    let bytes = bytes.and_then(|bytes| bytes.parse().ok());
    bytes.with_context(|| format!("`du` printed {out}"))
}
