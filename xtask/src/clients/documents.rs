//! The documents the clients are made from, as files: `target/clients/documents/API-KIND.json`.

use std::{path::PathBuf};

use anyhow::Result;
use cargo_purlin::process::Cmd;
use fs_err as fs;

use crate::{
    ours::Programs,
    run::{root},
};

/// The APIs that are called: the todo example with the errors of Flask-Rebar and with problem details.
pub(super) const APIS: [&str; 3] = ["greetings", "todo", "todo_problem"];

/// What is said, and how.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    /// OpenAPI 3.1.
    Newest,
    /// OpenAPI 3.0.
    Older,
    /// OpenAPI 3.0 in the profile for generators of clients.
    Clients,
}

/// Where a document is.
pub(super) fn path(api: &str, kind: Kind) -> PathBuf {
    let kind = match kind {
        Kind::Newest => "3.1",
        Kind::Older => "3.0",
        Kind::Clients => "clients",
    };
    folder().join(format!("{api}-{kind}.json"))
}

fn folder() -> PathBuf {
    root().join("target/clients/documents")
}

/// Writes every document: those a program prints as it prints them, the others as they are served.
pub(super) fn write(programs: &Programs) -> Result<()> {
    let folder = folder();
    fs::create_dir_all(&folder)?;

    let printed = |args: &[&str]| programs.greetings().args(["openapi"]).args(args);
    save("greetings", Kind::Newest, &read(printed(&[]))?)?;
    save(
        "greetings",
        Kind::Older,
        &read(printed(&["--dialect", "3.0"]))?,
    )?;
    let clients = ["--dialect", "3.0", "--profile", "clients"];
    save("greetings", Kind::Clients, &read(printed(&clients))?)?;

    let [rebar, problem] = [
        programs.start_todo()?,
        programs.start_todo_with_problem_details()?,
    ];
    for (api, server) in [("todo", rebar), ("todo_problem", problem)] {
        save(api, Kind::Newest, &server.fetch("/openapi.json")?)?;
        save(api, Kind::Older, &server.fetch("/openapi-3.0.json")?)?;
    }
    save(
        "todo",
        Kind::Clients,
        &read(programs.todo().args(["clients"]))?,
    )?;
    let problem = programs.todo().args(["clients", "problem"]);
    save("todo_problem", Kind::Clients, &read(problem)?)
}

fn read(run: Cmd) -> Result<Vec<u8>> {
    eprintln!("\n$ {run}");
    run.read().map(String::into_bytes)
}

/// Leaves a file alone that says the same already, so that nothing is compiled anew over it.
fn save(api: &str, kind: Kind, document: &[u8]) -> Result<()> {
    let path = path(api, kind);
    if fs::read(&path).is_ok_and(|known| known == document) {
        return Ok(());
    }
    fs::write(&path, document)
}
