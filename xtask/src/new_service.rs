//! The step `new service` of `cargo xtask ci`: what `cargo purlin new` writes, outside of this repository.
//!
//! A service of every database and every way to authenticate is formatted, has no warning and passes its tests. One of them
//! goes the whole way of a user: tests, the running server, the comparison of its document, and the image.

use std::{
    fs::Permissions,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::Stdio,
    time::{Duration, Instant},
};

use anyhow::{Result, bail, ensure};
use cargo_purlin::{Error, process::Cmd};
use fs_err as fs;

use crate::{
    run::{cargo, cmd, executable, install, root},
    server::Server,
};

const DATABASES: [&str; 3] = ["sqlite", "postgres", "none"];
const AUTHS: [&str; 3] = ["key", "jwt", "none"];

/// Those of the settings in this repository's Cargo.toml that decide whether built crates can be used again.
const PROFILE: &str = "\n[profile.dev]\ndebug = \"line-tables-only\"\n";

/// Packages a program that is not optimised, which takes a third of the time.
const DIST: &str = "\n[profile.dist]\ninherits = \"dev\"\n";

/// The longest time from the start of the program to its first response, which includes the creation of the database.
const START_LIMIT: Duration = Duration::from_secs(5);

/// Creates, checks and tests the services.
pub(crate) fn new_service() -> Result<()> {
    let purlin = Purlin::build()?;
    if !Path::new("/usr/lib/postgresql").is_dir() {
        install("postgresql")?;
    }
    let folder = tempfile::tempdir()?;
    every_combination(&purlin, folder.path())?;
    whole_way(&purlin, folder.path())
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

/// Returns a command that runs in `folder`, and builds into the target folder of this repository: what is built there is not
/// built again.
fn in_folder(command: Cmd, folder: &Path) -> Cmd {
    command
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", root().join("target"))
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
    let manifest = format!("[workspace]\nresolver = \"3\"\nmembers = [\"*-*\"]\n{PROFILE}");
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

/// Runs a test program as a user whom PostgreSQL accepts, which must not skip a test.
fn run_test(program: &Path) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let is_root = cmd("id").arg("--user").read()?.trim() == "0";
    let test = if is_root {
        // The target folder may be out of reach for others.
        let copy = folder.path().join("test");
        fs::copy(program, &copy)?;
        fs::set_permissions(folder.path(), Permissions::from_mode(0o755))?;
        cmd("setpriv")
            .args(["--reuid=postgres", "--regid=postgres", "--init-groups"])
            .arg(copy)
    } else {
        cmd(program)
    };
    let test = test.current_dir("/").arg("--no-capture");
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

/// Goes the whole way of a user with one service, which has a repository of its own.
fn whole_way(purlin: &Purlin, folder: &Path) -> Result<()> {
    let args = ["--database", "sqlite", "--auth", "jwt", "--vcs", "git"];
    let demo = purlin.new_service(folder, "demo", &args)?;
    let cargo = || in_folder(Cmd::cargo(), &demo);
    let purlin = |args: &[&str]| purlin.command(&demo, args);
    let manifest = demo.join("Cargo.toml");
    fs::write(&manifest, fs::read_to_string(&manifest)? + PROFILE + DIST)?;
    fs::copy(root().join("Cargo.lock"), demo.join("Cargo.lock"))?;

    cargo().arg("test").run()?;
    cargo().arg("build").run()?;
    let run = cargo()
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
    ensure!(
        demo.join("demo.db").is_file(),
        "the server created no database"
    );

    let routes = purlin(&["routes"]).read()?;
    ensure!(routes.contains("/notes/{id}"), "`routes` printed {routes}");
    let document = purlin(&["openapi"]).read()?;
    ensure!(
        document.contains("\"/notes/{id}\""),
        "`openapi` printed {document}"
    );

    purlin(&["contract", "bless"]).run()?;
    let git = || in_folder(Cmd::new("git"), &demo);
    git().args(["add", "--all"]).run()?;
    git()
        .args(["commit", "--quiet", "--message", "Save the contract"])
        .run()?;
    purlin(&["contract", "check"]).run()?;
    let schemas = demo.join("src/schemas.rs");
    let before = fs::read_to_string(&schemas)?;
    let after = before.replace("max = 200", "max = 100");
    ensure!(before != after, "{} has other limits", schemas.display());
    fs::write(&schemas, after)?;
    match purlin(&["contract", "check"]).run() {
        Err(Error::Failed { status, .. }) if status.code() == Some(1) => {}
        other => bail!("`contract check` of a shorter title: {other:?}"),
    }
    fs::write(&schemas, before)?;

    let begin = Instant::now();
    // With the C library of this machine: musl needs a compiler for SQLite that Debian has in another package.
    purlin(&["dist", "--libc", "gnu", "--verify"]).run()?;
    eprintln!("cargo purlin dist: {:.0} s", begin.elapsed().as_secs_f64());
    Ok(())
}
