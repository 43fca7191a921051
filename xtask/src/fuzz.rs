//! `cargo xtask fuzz`: runs the fuzz targets of `xtask/fuzz` under libFuzzer.
//!
//! The assertions are in the targets. New inputs stay in `target/fuzz/corpus`; the committed corpus grows by hand only, see
//! `docs/fuzzing.md`.

use anyhow::{Result, bail};
use cargo_purlin::process::Cmd;
use fs_err as fs;

use crate::run::{cargo, cmd, root};

/// The manifest of the fuzz crate, which is not a member of the workspace.
pub(crate) const MANIFEST: &str = "xtask/fuzz/Cargo.toml";

const FOLDER: &str = "xtask/fuzz";

/// A fuzz target and what libFuzzer should know about its inputs.
struct Target {
    name: &'static str,
    /// The longest input in bytes.
    max_len: u32,
    /// The file with tokens of the inputs.
    dictionary: Option<&'static str>,
}

const fn target(name: &'static str, max_len: u32, dictionary: Option<&'static str>) -> Target {
    Target {
        name,
        max_len,
        dictionary,
    }
}

const TARGETS: &[Target] = &[
    target("decode", 2048, Some("json")),
    target("text", 512, Some("text")),
    target("dispatch", 2048, Some("http")),
    target("documents", 512, None),
    target("compat", 1024, Some("openapi")),
];

/// What to run, and for how long.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// The target [default: all of them]
    target: Option<String>,
    /// The seconds each target runs
    #[arg(long, default_value_t = 60, value_name = "N")]
    seconds: u32,
}

/// Runs one target, or all of them.
pub(crate) fn fuzz(options: &Options) -> Result<()> {
    let name = options.target.as_deref();
    let chosen = TARGETS
        .iter()
        .filter(|it| name.is_none_or(|name| name == it.name));
    let chosen: Vec<_> = chosen.collect();
    if chosen.is_empty() {
        let names: Vec<_> = TARGETS.iter().map(|it| it.name).collect();
        bail!("unknown target; the targets are {}", names.join(", "));
    }
    install()?;
    for target in chosen {
        run(target, options.seconds)?;
    }
    Ok(())
}

/// Replays the committed inputs with the compiler of the workspace.
pub(crate) fn replay() -> Result<()> {
    cargo()
        .args(["test", "--quiet", "--locked", "--manifest-path", MANIFEST])
        .args(["--target-dir", "target"])
        .run()?;
    Ok(())
}

/// Installs cargo-fuzz and the nightly compiler that it needs.
fn install() -> Result<()> {
    if !nightly("cargo").arg("--version").succeeds() {
        cmd("rustup")
            .args(["toolchain", "install", "nightly", "--profile", "minimal"])
            .run()?;
    }
    if !nightly("cargo").args(["fuzz", "--version"]).succeeds() {
        cargo().args(["install", "--locked", "cargo-fuzz"]).run()?;
    }
    Ok(())
}

fn nightly(program: &str) -> Cmd {
    cmd("rustup")
        .args(["run", "nightly", program])
        .env_remove_prefix("CARGO")
}

/// Runs a target; libFuzzer prints its figures and the input that fails.
fn run(target: &Target, seconds: u32) -> Result<()> {
    let name = target.name;
    let corpus = root().join("target/fuzz/corpus").join(name);
    let artifacts = root().join("target/fuzz/artifacts").join(name);
    fs::create_dir_all(&corpus)?;
    fs::create_dir_all(&artifacts)?;
    // The first folder takes new inputs; the others are only read.
    let seeds = ["corpus", "found"].map(|seeds| root().join(FOLDER).join(seeds).join(name));
    let seeds = seeds.into_iter().filter(|folder| folder.exists());
    let dictionary = target.dictionary.map(|dictionary| {
        let file = format!("{FOLDER}/dictionaries/{dictionary}.dict");
        format!("-dict={}", root().join(file).display())
    });
    nightly("cargo")
        // Purlin has no unsafe code: without the address sanitizer more inputs are tried in the same time.
        .args(["fuzz", "run", "--fuzz-dir", FOLDER, "--sanitizer", "none"])
        .args(["--target-dir", "target/fuzz", name])
        .arg(&corpus)
        .args(seeds)
        .arg("--")
        .arg(format!("-artifact_prefix={}/", artifacts.display()))
        .arg(format!("-max_total_time={seconds}"))
        .arg(format!("-max_len={}", target.max_len))
        .args(["-timeout=10", "-rss_limit_mb=2048", "-print_final_stats=1"])
        .args(dictionary)
        .run()?;
    Ok(())
}
