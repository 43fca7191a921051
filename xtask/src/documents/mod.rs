//! `cargo xtask documents`: the documents and the services checked by other projects' tools.
//!
//! The greetings and the todo example run, each in both error styles. Their served documents in all dialects are validated
//! (openapi-spec-validator) and linted (Redocly, Spectral); warnings are errors. Then Schemathesis tests each service with
//! each of its documents. All of it is done for both services behind all middleware as well, and for Conduit, where
//! Schemathesis uses one document. Rules that are off are listed with reasons in `xtask/documents/`.

mod files;
mod schemathesis;

use anyhow::Result;

use crate::{
    conduit::{self, Database, content},
    programs::{GREETINGS_KEY, Programs, TODO_KEY},
    run::{cmd, empty_folder, npm, python, root},
    server::Server,
};
use files::Documents;

/// The configuration of the linters.
const FOLDER: &str = "xtask/documents";

/// A running service.
struct Service {
    name: &'static str,
    /// What the paths of its documents begin with.
    prefix: &'static str,
    /// The number of examples per operation that makes enough cases; none where a few are enough.
    examples: Option<u16>,
    /// How Schemathesis tests it: a file in `xtask/documents`.
    config: &'static str,
    /// The header field with the API key, as `NAME:VALUE`.
    key: String,
    server: Server,
}

/// Installs the tools, starts the services and runs every tool.
pub(crate) fn documents() -> Result<()> {
    let folder = root().join("target/documents");
    let python = python("documents", &format!("{FOLDER}/requirements.txt"))?;
    npm(FOLDER)?;
    let programs = Programs::build()?;
    let greetings_key = format!("X-MyApp-ApiKey:{GREETINGS_KEY}");
    let todo_key = format!("X-MyApp-Key:{TODO_KEY}");
    let behind_middleware = |name, service, errors, key: &String| {
        anyhow::Ok(Service {
            name,
            prefix: "",
            examples: None,
            config: "schemathesis-middleware.toml",
            key: key.clone(),
            server: programs.start_behind_middleware(service, errors)?,
        })
    };
    let services = [
        Service {
            name: "greetings",
            prefix: "",
            examples: Some(1000),
            config: "schemathesis.toml",
            key: greetings_key.clone(),
            server: programs.start_greetings()?,
        },
        Service {
            name: "greetings-problem",
            prefix: "",
            examples: Some(1000),
            config: "schemathesis.toml",
            key: greetings_key.clone(),
            server: programs.start_greetings_with_problem_details()?,
        },
        Service {
            name: "todo",
            prefix: "",
            examples: Some(200),
            config: "schemathesis.toml",
            key: todo_key.clone(),
            server: programs.start_todo()?,
        },
        Service {
            name: "todo-problem",
            prefix: "",
            examples: Some(200),
            config: "schemathesis.toml",
            key: todo_key.clone(),
            server: programs.start_todo_with_problem_details()?,
        },
        behind_middleware("greetings-all", "greetings", "rebar", &greetings_key)?,
        behind_middleware(
            "greetings-all-problem",
            "greetings",
            "problem",
            &greetings_key,
        )?,
        behind_middleware("todo-all", "todo", "rebar", &todo_key)?,
        behind_middleware("todo-all-problem", "todo", "problem", &todo_key)?,
        start_conduit()?,
    ];

    let mut documents = Documents::in_folder(&folder);
    for service in &services {
        documents.fetch(service)?;
    }
    documents.print("greetings", &programs)?;
    cmd(&python)
        .args([&root().join(FOLDER).join("same.py")])
        .args(documents.printed())
        .run()?;

    let tools = python.parent().unwrap_or(&python);
    cmd(tools.join("openapi-spec-validator"))
        .args(documents.served())
        .run()?;
    lint(&documents)?;
    schemathesis::test(&tools.join("st"), &services, &folder)
}

/// Starts Conduit on SQLite, with the token of a user.
fn start_conduit() -> Result<Service> {
    let folder = empty_folder("documents-conduit")?;
    let database = Database::Sqlite.create(&folder)?;
    let binary = conduit::build("dev")?;
    let server = conduit::start(conduit::configured(cmd(binary), database.url(), 1))?;
    let token = content::register(server.address(), "schemathesis")?;
    Ok(Service {
        name: "conduit",
        prefix: "/api",
        examples: None,
        config: "schemathesis-conduit.toml",
        key: format!("Authorization:Token {token}"),
        server,
    })
}

/// Runs both linters; warnings are errors.
fn lint(documents: &Documents) -> Result<()> {
    let linter = |name| cmd(root().join(FOLDER).join("node_modules/.bin").join(name));
    linter("redocly")
        .env("REDOCLY_TELEMETRY", "off")
        .env("REDOCLY_SUPPRESS_UPDATE_NOTICE", "true")
        .args(["lint", "--format=stylish"])
        .args([format!("--config={FOLDER}/redocly.yaml")])
        .args(documents.served())
        .run()?;
    linter("spectral")
        .args(["lint", "--fail-severity=hint"])
        .args([format!("--ruleset={FOLDER}/spectral.yaml")])
        .args(documents.served())
        .run()?;
    Ok(())
}
