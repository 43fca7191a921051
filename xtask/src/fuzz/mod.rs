//! `cargo xtask fuzz`: runs the fuzz targets of `xtask/fuzz/` under libFuzzer, and what it needs is installed first.
//!
//! What the targets assert lives there; what libFuzzer says of a run is read in `log`. New inputs stay in
//! `target/fuzz/corpus`; the committed corpus grows by hand only, see `docs/fuzzing.md`.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::Stdio,
};

use clap::Args;

use crate::run::{Failure, Outcome, Run, root};

mod log;

/// The manifest of the fuzz crate, which is no member of the workspace.
pub(crate) const MANIFEST: &str = "xtask/fuzz/Cargo.toml";

/// Where everything of a run stands.
const PLACE: &str = "target/fuzz";

/// A target, with what libFuzzer should know of its inputs.
struct Target {
    name: &'static str,
    /// The most bytes worth trying.
    max_len: u32,
    /// Words inputs are made of.
    dictionary: Option<&'static str>,
}

const TARGETS: &[Target] = &[
    Target {
        name: "decode",
        max_len: 2048,
        dictionary: Some("xtask/fuzz/dictionaries/json.dict"),
    },
    Target {
        name: "text",
        max_len: 512,
        dictionary: Some("xtask/fuzz/dictionaries/text.dict"),
    },
    Target {
        name: "dispatch",
        max_len: 2048,
        dictionary: Some("xtask/fuzz/dictionaries/http.dict"),
    },
    Target {
        name: "documents",
        max_len: 512,
        dictionary: None,
    },
    Target {
        name: "compat",
        max_len: 1024,
        dictionary: Some("xtask/fuzz/dictionaries/openapi.dict"),
    },
];

/// What to run, and for how long.
#[derive(Args)]
pub(crate) struct Options {
    /// The target; every one of them without it
    target: Option<String>,
    /// How long each target runs
    #[arg(long, default_value_t = 60, value_name = "N")]
    seconds: u32,
}

/// Runs one target, or all of them.
pub(crate) fn fuzz(options: &Options) -> Outcome {
    let chosen: Vec<&Target> = TARGETS
        .iter()
        .filter(|target| {
            options
                .target
                .as_ref()
                .is_none_or(|name| name == target.name)
        })
        .collect();
    if chosen.is_empty() {
        let names: Vec<_> = TARGETS.iter().map(|target| target.name).collect();
        return Err(Failure::said(format!(
            "there is no such target; there are {}",
            names.join(", ")
        )));
    }
    prepare()?;
    let mut subjects = Vec::new();
    for target in chosen {
        subjects.extend(run(target, options.seconds)?);
    }
    if subjects.is_empty() {
        return Ok(());
    }
    let subjects: Vec<_> = subjects
        .iter()
        .map(|path| path.display().to_string())
        .collect();
    Err(Failure::said(format!(
        "a promise was broken, by {}; what was asserted stands above",
        subjects.join(", ")
    )))
}

/// Replays the committed corpus and what was found before, with the compiler everything else is built with.
pub(crate) fn replay() -> Outcome {
    let test = Run::cargo().args(["test", "--quiet", "--locked", "--manifest-path", MANIFEST]);
    test.args(["--target-dir", "target"]).run()
}

/// A nightly compiler, which alone can count what an input reaches, and cargo-fuzz, which tells it to.
fn prepare() -> Outcome {
    let has_nightly = nightly(["cargo", "--version"]).succeeds();
    if !has_nightly {
        let install = Run::new("rustup").args(["toolchain", "install", "nightly"]);
        install.args(["--profile", "minimal"]).run()?;
    }
    if !nightly(["cargo", "fuzz", "--version"]).succeeds() {
        Run::cargo()
            .args(["install", "--locked", "cargo-fuzz"])
            .run()?;
    }
    Ok(())
}

fn nightly<const N: usize>(args: [&str; N]) -> Run {
    Run::new("rustup")
        .called_by_hand()
        .args(["run", "nightly"])
        .args(args)
}

/// Runs a target and returns the inputs that broke a promise.
fn run(target: &Target, seconds: u32) -> Outcome<Vec<PathBuf>> {
    // Nothing of Purlin is unsafe, so without the address sanitizer more is tried in the same time.
    nightly(["cargo", "fuzz", "build", "--fuzz-dir", "xtask/fuzz"])
        .args(["--sanitizer", "none", "--target-dir", PLACE, target.name])
        .run()?;
    let place = root().join(PLACE);
    let findings = folder(&place.join("findings").join(target.name))?;
    let before = files(&findings);
    let log = folder(&place.join("logs"))?.join(target.name);
    let output = File::create(&log).map_err(Failure::file(&log))?;
    let mut run = Run::new(executable(&place, target.name)?)
        .args([format!("-max_total_time={seconds}")])
        .args([format!("-max_len={}", target.max_len)])
        .args(["-timeout=10", "-rss_limit_mb=2048", "-print_final_stats=1"])
        .args([format!("-artifact_prefix={}/", findings.display())]);
    if let Some(dictionary) = target.dictionary {
        run = run.args([format!("-dict={dictionary}")]);
    }
    // The first folder takes what is new; the others are only read.
    run = run.args([folder(&place.join("corpus").join(target.name))?]);
    for seeds in ["xtask/fuzz/corpus", "xtask/fuzz/found"] {
        let seeds = Path::new(seeds).join(target.name);
        if root().join(&seeds).exists() {
            run = run.args([seeds]);
        }
    }
    eprintln!("\n$ {run}");
    let status = run
        .into_command()
        .stdout(Stdio::null())
        .stderr(output)
        .status()
        .map_err(Failure::file(&log))?;
    let text = fs::read(&log).map_err(Failure::file(&log))?;
    let text = String::from_utf8_lossy(&text);
    let found: Vec<PathBuf> = files(&findings)
        .into_iter()
        .filter(|file| !before.contains(file))
        .collect();
    println!(
        "{}: {}, {} found",
        target.name,
        log::figures(&text),
        found.len()
    );
    if !status.success() {
        eprintln!("{}", log::verdict(&text));
    }
    if !status.success() && found.is_empty() {
        let log = log.display();
        return Err(Failure::said(format!(
            "the target `{}` stopped by itself ({status}): see {log}",
            target.name
        )));
    }
    Ok(found)
}

/// Where cargo-fuzz puts a target's program: it builds for the host by name.
fn executable(place: &Path, name: &str) -> Outcome<PathBuf> {
    let version = nightly(["rustc", "--version", "--verbose"]).read()?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    let host = host.ok_or_else(|| Failure::said("`rustc --version --verbose` names no host"))?;
    Ok(place.join(host).join("release").join(name))
}

fn folder(path: &Path) -> Outcome<PathBuf> {
    fs::create_dir_all(path).map_err(Failure::file(path))?;
    Ok(path.to_owned())
}

/// The files of a folder; none where there is no folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    entries.flatten().map(|entry| entry.path()).collect()
}
