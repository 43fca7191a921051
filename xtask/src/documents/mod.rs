//! `cargo xtask documents`: what others' tools say of the documents, and of the services by them.
//!
//! The greetings and the todo example are started, each in both error styles. Their documents in all dialects, as they
//! are served, are validated (openapi-spec-validator) and linted (Redocly, Spectral), and no warning is let through. Then
//! Schemathesis plays each service by each of its documents: what is promised has to hold. The rules that are off are
//! named, with reasons, in `xtask/documents/`.

mod played;
mod told;

use anyhow::Result;
use crate::{
    npm,
    ours::{GREETINGS_KEY, Programs, TODO_KEY},
    python,
    run::{cmd, root},
    server::Server,
};
use told::Told;

/// Where the linters and what they are told are.
const FOLDER: &str = "xtask/documents";

/// A service that is up.
struct Service {
    name: &'static str,
    /// How many examples of each operation make enough cases.
    examples: u16,
    /// The header that opens it, as `NAME:VALUE`.
    key: String,
    server: Server,
}

/// Installs the tools, starts both services, and asks every tool.
pub(crate) fn documents() -> Result<()> {
    let folder = root().join("target/documents");
    let python = python::environment(&folder, &format!("{FOLDER}/requirements.txt"))?;
    npm::packages(FOLDER)?;
    let programs = Programs::build()?;
    let services = [
        Service {
            name: "greetings",
            examples: 1000,
            key: format!("X-MyApp-ApiKey:{GREETINGS_KEY}"),
            server: programs.start_greetings()?,
        },
        Service {
            name: "greetings-problem",
            examples: 1000,
            key: format!("X-MyApp-ApiKey:{GREETINGS_KEY}"),
            server: programs.start_problem_details()?,
        },
        Service {
            name: "todo",
            examples: 200,
            key: format!("X-MyApp-Key:{TODO_KEY}"),
            server: programs.start_todo()?,
        },
        Service {
            name: "todo-problem",
            examples: 200,
            key: format!("X-MyApp-Key:{TODO_KEY}"),
            server: programs.start_todo_with_problem_details()?,
        },
    ];

    let mut told = Told::in_folder(&folder);
    for service in &services {
        told.fetch(service.name, &service.server)?;
    }
    told.print("greetings", &programs)?;
    cmd(&python)
        .args([&root().join(FOLDER).join("same.py")])
        .args(told.in_both_formats())
        .run()?;

    let tools = python.parent().unwrap_or(&python);
    cmd(tools.join("openapi-spec-validator"))
        .args(told.documents())
        .run()?;
    lint(&told)?;
    played::play(&tools.join("st"), &services, &folder)
}

/// Both linters; each ends badly over a warning too.
fn lint(told: &Told) -> Result<()> {
    let linter = |name| cmd(root().join(FOLDER).join("node_modules/.bin").join(name));
    linter("redocly")
        .env("REDOCLY_TELEMETRY", "off")
        .env("REDOCLY_SUPPRESS_UPDATE_NOTICE", "true")
        .args(["lint", "--format=stylish"])
        .args([format!("--config={FOLDER}/redocly.yaml")])
        .args(told.documents())
        .run()?;
    linter("spectral")
        .args(["lint", "--fail-severity=hint"])
        .args([format!("--ruleset={FOLDER}/spectral.yaml")])
        .args(told.documents())
        .run()
}
