//! The router with the oldest and the newest actix-web it supports, and with the oldest compiler: a library lives beside
//! whatever versions its users have chosen.

use anyhow::{Context as _, Result};
use fs_err as fs;
use toml::{Table, Value};

use crate::run::{cargo, cmd, root};

/// A package of its own beside the workspace, so that other crates of the workspace do not choose the versions.
const FOLDER: &str = "target/versions";

const MANIFEST: &str = r#"[package]
name = "versions"
version = "0.0.0"
edition = "2024"

[workspace]

[dependencies]
purlin-router = { path = "../../crates/router" }
actix-web = { version = "4", default-features = false }
"#;

/// Calls an operation with each kind of path extractor, in a router and in a scope with a parameter.
const PROGRAM: &str = r#"
use actix_web::web;
use purlin_router::{Json, Operation, Registry, extract::Path, testing::TestClient};

async fn own(id: Path<u64>) -> Json<u64> {
    Json(*id)
}

async fn actix(id: web::Path<u64>) -> Json<u64> {
    Json(*id)
}

fn main() {
    let router = Registry::new("Versions", "1.0.0")
        .operation(Operation::get("/own/{id}", own))
        .operation(Operation::get("/actix/{id}", actix))
        .build()
        .unwrap_or_else(|errors| panic!("{errors}"));
    let client = TestClient::new(&router);
    for path in ["/own/7", "/actix/7"] {
        assert_eq!(client.get(path).send().json::<u64>(), 7, "{path}");
    }
}
"#;

/// Runs a program on the router with the oldest and the newest actix-web.
pub(crate) fn actix_web() -> Result<()> {
    let folder = root().join(FOLDER);
    fs::create_dir_all(folder.join("src"))?;
    fs::write(folder.join("Cargo.toml"), MANIFEST)?;
    fs::write(folder.join("src/main.rs"), PROGRAM)?;
    let manifest = format!("{FOLDER}/Cargo.toml");
    let oldest = oldest_actix_web()?;
    for version in [None, Some(oldest.as_str())] {
        let update = cargo().args(["update", "--quiet", "--manifest-path", &manifest]);
        let update = update.args(["--package", "actix-web"]);
        match version {
            None => update.run()?,
            Some(oldest) => update.args(["--precise", oldest]).run()?,
        };
        cargo()
            .args(["run", "--quiet", "--manifest-path", &manifest])
            .args(["--target-dir", "target"])
            .run()
            .with_context(|| format!("with actix-web {}", version.unwrap_or("of today")))?;
    }
    Ok(())
}

/// Compiles the router with the oldest supported compiler, where rustup has it.
pub(crate) fn rust() -> Result<()> {
    let package = workspace("package")?;
    let version = package.get("rust-version").and_then(Value::as_str);
    let version = version.context("the workspace has no rust-version")?;
    let installed = cmd("rustup").args(["toolchain", "list"]).read()?;
    if !installed.lines().any(|line| line.starts_with(version)) {
        eprintln!("skipped: Rust {version} is not installed (rustup toolchain install {version})");
        return Ok(());
    }
    cmd("rustup")
        .args(["run", version, "cargo", "check", "--quiet"])
        .args(["--package", "purlin-router", "--all-features"])
        .args(["--target-dir", "target/oldest-rust"])
        .run()?;
    Ok(())
}

/// Returns the version that the workspace requires of actix-web, with three numbers.
fn oldest_actix_web() -> Result<String> {
    let dependencies = workspace("dependencies")?;
    let requirement = dependencies
        .get("actix-web")
        .and_then(|it| it.get("version"))
        .and_then(Value::as_str)
        .context("the workspace does not require a version of actix-web")?;
    Ok(match requirement.matches('.').count() {
        0 => format!("{requirement}.0.0"),
        1 => format!("{requirement}.0"),
        _ => requirement.to_owned(),
    })
}

/// Returns a table of the workspace.
fn workspace(table: &str) -> Result<Table> {
    let manifest: Table = fs::read_to_string(root().join("Cargo.toml"))?.parse()?;
    let found = manifest.get("workspace").and_then(|it| it.get(table));
    let found = found.and_then(Value::as_table).cloned();
    found.with_context(|| format!("Cargo.toml has no table workspace.{table}"))
}
