//! The four services: each API in Python, as Flask-Rebar serves it, and in Purlin.
//!
//! The Python services are in `xtask/parity/`; their virtual environment is below `target/`.

use std::path::Path;

use anyhow::{Context as _, Result};

use crate::{
    programs::Programs,
    run::{cmd, log_file, python, root},
    server::Server,
};

/// An API that both serve.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Api {
    Greetings,
    Todo,
}

/// Both services of one API; stopped when dropped.
pub(super) struct Pair {
    pub(super) original: Server,
    pub(super) purlin: Server,
}

/// Builds, installs and starts everything: the pair of the greetings, the pair of the todos.
pub(super) fn start() -> Result<(Pair, Pair)> {
    let python = python("parity", "xtask/parity/requirements.txt")?;
    let programs = Programs::build()?;
    Ok((
        Pair {
            original: original(&python, "greetings", "/")?,
            purlin: programs.start_greetings()?,
        },
        Pair {
            original: original(&python, "todo", "/swagger")?,
            purlin: programs.start_todo()?,
        },
    ))
}

/// Starts one of the Python services. Its tracebacks go to a log file: some requests provoke them.
fn original(python: &Path, name: &str, ready: &str) -> Result<Server> {
    let log = root().join(format!("target/parity/{name}.log"));
    let program = cmd(python)
        .arg(format!("xtask/parity/{name}.py"))
        .env("PYTHONDONTWRITEBYTECODE", "1");
    Server::launch(program, ready, log_file(&log)?)
        .with_context(|| format!("see {}", log.display()))
}
