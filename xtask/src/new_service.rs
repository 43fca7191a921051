//! The step `new service` of `cargo xtask ci`: what `cargo purlin new` writes, outside of this repository.
//!
//! A service of every database and every way to authenticate is formatted, has no warning and passes its tests. The step
//! `getting started` goes the whole way of a user with one of them, as docs/getting-started.md has it: tests, the running server,
//! an operation, the comparison of its document, and the image.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use anyhow::{Context as _, Result, ensure};
use cargo_purlin::process::Cmd;
use fs_err as fs;

use crate::{
    pages::{self, Environment},
    run::{cargo, cmd, executable, install, root},
    server::Server,
};

const DATABASES: [&str; 3] = ["sqlite", "postgres", "none"];
const AUTHS: [&str; 3] = ["key", "jwt", "none"];

/// The setting in this repository's Cargo.toml that decides whether built crates can be used again.
const DEBUG: (&str, &str) = ("CARGO_PROFILE_DEV_DEBUG", "line-tables-only");

/// The longest time from the start of the program to its first response, which includes the creation of the database.
const START_LIMIT: Duration = Duration::from_secs(5);

/// Creates, checks and tests the services.
pub(crate) fn new_service() -> Result<()> {
    let purlin = Purlin::build()?;
    if !Path::new("/usr/lib/postgresql").is_dir() {
        install("postgresql")?;
    }
    let folder = tempfile::tempdir()?;
    every_combination(&purlin, folder.path())
}

/// The built `cargo-purlin`.
struct Purlin(PathBuf);

impl Purlin {
    fn build() -> Result<Self> {
        let build = cargo().args(["build", "--package", "cargo-purlin"]);
        executable(build, "cargo-purlin").map(Self)
    }

    /// Returns a command as cargo runs it, in `folder`.
    fn command(&self, folder: &Path, args: &[&str]) -> Cmd {
        let args = [&["purlin"], args].concat();
        in_folder(Cmd::new(&self.0).args(args), folder)
    }

    /// Creates a service in `folder` with the crates of this repository.
    fn new_service(&self, folder: &Path, name: &str, args: &[&str]) -> Result<PathBuf> {
        let crates = root().display().to_string();
        let args = [&["new", name, "--path", &crates], args].concat();
        self.command(folder, &args).run()?;
        Ok(folder.join(name))
    }
}

/// Returns a command that runs in `folder`.
fn in_folder(command: Cmd, folder: &Path) -> Cmd {
    let command = command.current_dir(folder);
    let variables = variables().into_iter();
    variables.fold(command, |command, (name, value)| command.env(name, value))
}

/// The environment of a new service. It is built into the target folder of this repository: what is built there is not built
/// again.
fn variables() -> Vec<(&'static str, String)> {
    let target = root().join("target").display().to_string();
    let mut variables = vec![("CARGO_TARGET_DIR", target)];
    // A profile that the caller has chosen stays.
    if std::env::var_os(DEBUG.0).is_none() {
        variables.push((DEBUG.0, DEBUG.1.to_owned()));
    }
    for (name, value) in [
        ("GIT_AUTHOR_NAME", "xtask"),
        ("GIT_AUTHOR_EMAIL", "xtask@example.com"),
        ("GIT_COMMITTER_NAME", "xtask"),
        ("GIT_COMMITTER_EMAIL", "xtask@example.com"),
    ] {
        variables.push((name, value.to_owned()));
    }
    variables
}

/// Checks and tests a service of each combination. They are the packages of one workspace, so that what they depend on is
/// built once.
fn every_combination(purlin: &Purlin, folder: &Path) -> Result<()> {
    let workspace = folder.join("combinations");
    fs::create_dir(&workspace)?;
    for database in DATABASES {
        for auth in AUTHS {
            let name = format!("{database}-{auth}");
            let args = ["--database", database, "--auth", auth, "--vcs", "none"];
            purlin.new_service(&workspace, &name, &args)?;
        }
    }
    let manifest = "[workspace]\nresolver = \"3\"\nmembers = [\"*-*\"]\n";
    fs::write(workspace.join("Cargo.toml"), manifest)?;
    fs::copy(root().join("Cargo.lock"), workspace.join("Cargo.lock"))?;
    let cargo = || in_folder(Cmd::cargo(), &workspace);
    cargo().args(["fmt", "--all", "--check"]).run()?;
    cargo()
        .args(["clippy", "--workspace", "--all-targets", "--quiet"])
        .args(["--", "--deny", "warnings"])
        .run()?;
    let build = cargo().args(["test", "--workspace", "--no-run"]);
    let tests = build.args(["--test", "api"]).executables()?;
    // Programs and tests.
    let tests = tests.into_iter().filter(|(name, _)| name == "api");
    let tests: Vec<_> = tests.map(|(_, test)| test).collect();
    let combinations = DATABASES.len() * AUTHS.len();
    ensure!(
        tests.len() == combinations,
        "{} tests were built",
        tests.len()
    );
    for test in tests {
        run_test(&test)?;
    }
    Ok(())
}

/// Runs a test program, which must not skip a test.
fn run_test(program: &Path) -> Result<()> {
    let test = cmd(program).current_dir("/").arg("--no-capture");
    let shown = test.to_string();
    let (out, errors) = test.output()?;
    let result = out.lines().rfind(|line| line.starts_with("test result"));
    eprintln!("$ {shown}\n{}", result.unwrap_or_default());
    ensure!(
        !errors.contains("skipped"),
        "`{shown}` skipped tests:\n{errors}"
    );
    Ok(())
}

/// Runs docs/getting-started.md, and measures the service that it makes.
pub(crate) fn getting_started() -> Result<()> {
    let purlin = Purlin::build()?;
    pages::commands::check(&purlin.0)?;
    let folder = tempfile::tempdir()?;
    let page = fs::read_to_string(root().join("docs/getting-started.md"))?;
    let environment = Environment {
        folder: folder.path(),
        programs: purlin.0.parent().unwrap_or(Path::new("/")),
        variables: &[variables(), quick_build()].concat(),
        lock: Some(&root().join("Cargo.lock")),
        prefix: "DEMO",
    };
    pages::run(&page, &environment).context("docs/getting-started.md")?;

    let demo = folder.path().join("demo");
    fs::remove_file(demo.join("demo.db"))?;
    let run = in_folder(Cmd::cargo(), &demo)
        .args(["run", "--quiet"])
        .env("DEMO_HTTP__BIND", "127.0.0.1:0")
        .env("DEMO_OPS__BIND", "127.0.0.1:0");
    let server = Server::launch(run, "/openapi.json", Stdio::inherit())?;
    let started = server.started();
    ensure!(
        server.stop()?.success(),
        "the server did not stop as it should"
    );
    eprintln!(
        "cargo run: {:.2} s to the first response",
        started.as_secs_f64()
    );
    ensure!(started < START_LIMIT, "that is more than {START_LIMIT:?}");

    let purlin = |args: &[&str]| purlin.command(&demo, args);
    for command in ["routes", "openapi"] {
        let output = purlin(&[command]).read()?;
        ensure!(
            output.contains("/notes/{id}"),
            "`{command}` printed {output}"
        );
    }
    Ok(())
}

/// Variables by which an image is built in little time: it is not the one that is deployed.
fn quick_build() -> Vec<(&'static str, String)> {
    let settings = [
        ("CARGO_PROFILE_DIST_OPT_LEVEL", "0"),
        ("CARGO_PROFILE_DIST_LTO", "off"),
        ("CARGO_PROFILE_DIST_CODEGEN_UNITS", "16"),
    ];
    settings
        .map(|(name, value)| (name, value.to_owned()))
        .to_vec()
}
