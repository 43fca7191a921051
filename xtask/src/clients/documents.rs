//! The documents that clients are generated from: `target/clients/documents/API-VARIANT.json`.

use std::path::PathBuf;

use anyhow::Result;
use cargo_purlin::process::Cmd;
use fs_err as fs;

use crate::{programs::Programs, run::root};

/// The APIs that are called: the greetings, and the todo example with the errors of Flask-Rebar and with problem details.
pub(super) const APIS: [&str; 3] = ["greetings", "todo", "todo_problem"];

/// A variant of a document.
#[derive(Clone, Copy)]
pub(super) enum Variant {
    /// OpenAPI 3.1.
    V3_1,
    /// OpenAPI 3.0.
    V3_0,
    /// OpenAPI 3.0 in the profile for client generators.
    Clients,
}

/// Returns the path of a document.
pub(super) fn path(api: &str, variant: Variant) -> PathBuf {
    let variant = match variant {
        Variant::V3_1 => "3.1",
        Variant::V3_0 => "3.0",
        Variant::Clients => "clients",
    };
    folder().join(format!("{api}-{variant}.json"))
}

fn folder() -> PathBuf {
    root().join("target/clients/documents")
}

/// Writes every document: printed by the program where it can, otherwise as it is served.
pub(super) fn write(programs: &Programs) -> Result<()> {
    fs::create_dir_all(folder())?;
    let greetings = |args: &[&str]| programs.greetings().arg("openapi").args(args);
    save("greetings", Variant::V3_1, &read(greetings(&[]))?)?;
    let dialect = ["--dialect", "3.0"];
    save("greetings", Variant::V3_0, &read(greetings(&dialect))?)?;
    let clients = ["--dialect", "3.0", "--profile", "clients"];
    save("greetings", Variant::Clients, &read(greetings(&clients))?)?;

    let [rebar, problem] = [
        programs.start_todo()?,
        programs.start_todo_with_problem_details()?,
    ];
    for (api, server) in [("todo", rebar), ("todo_problem", problem)] {
        save(api, Variant::V3_1, &server.fetch("/openapi.json")?)?;
        save(api, Variant::V3_0, &server.fetch("/openapi-3.0.json")?)?;
    }
    let rebar = programs.todo().arg("clients");
    save("todo", Variant::Clients, &read(rebar)?)?;
    let problem = programs.todo().args(["clients", "problem"]);
    save("todo_problem", Variant::Clients, &read(problem)?)
}

fn read(program: Cmd) -> Result<Vec<u8>> {
    eprintln!("\n$ {program}");
    Ok(program.read()?.into_bytes())
}

/// Writes a document unless the file has it already, so that nothing is compiled again without need.
fn save(api: &str, variant: Variant, document: &[u8]) -> Result<()> {
    let path = path(api, variant);
    if fs::read(&path).is_ok_and(|known| known == document) {
        return Ok(());
    }
    Ok(fs::write(&path, document)?)
}
