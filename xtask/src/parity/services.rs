//! The four services: each API once in Python, as Flask-Rebar serves it, and once in Purlin.
//!
//! The Python ones are in `xtask/parity/`; a virtual environment for them is made below `target/` and kept until the
//! versions asked for change.

use std::{fs::File, net::SocketAddr, path::Path, process::Stdio};

use anyhow::{anyhow, Result};
use fs_err as fs;

use crate::{
    ours::Programs,
    python,
    run::{cmd, root},
    server::Server,
};

/// An API that is served on both sides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Api {
    Greetings,
    Todo,
}

/// Both services of one API; stopped when dropped.
pub(super) struct Pair {
    original: Server,
    ours: Server,
}

impl Pair {
    /// Where the original and where ours listen.
    pub(super) fn addresses(&self) -> Option<(SocketAddr, SocketAddr)> {
        self.original.address().zip(self.ours.address())
    }
}

/// Builds, installs and starts everything: the pair of the greetings, the pair of the todos.
pub(super) fn start() -> Result<(Pair, Pair)> {
    let folder = root().join("target/parity");
    let python = python::environment(&folder, "xtask/parity/requirements.txt")?;
    let programs = Programs::build()?;
    Ok((
        Pair {
            original: original(&python, "greetings", "/", &folder)?,
            ours: programs.start_greetings()?,
        },
        Pair {
            original: original(&python, "todo", "/swagger", &folder)?,
            ours: programs.start_todo()?,
        },
    ))
}

/// Starts one of the Python services. Its tracebacks go to a log file: some requests are sent to provoke them.
fn original(python: &Path, name: &str, ready: &str, folder: &Path) -> Result<Server> {
    let log = folder.join(format!("{name}.log"));
    let file = File::create(&log)?;
    let run = cmd(python).args([format!("xtask/parity/{name}.py")]);
    Server::launch(
        run.env("PYTHONDONTWRITEBYTECODE", "1"),
        ready,
        Stdio::from(file),
    )
    .map_err(|failure| {
        anyhow!("{failure}; its own words are in {}",
            log.strip_prefix(root()).unwrap_or(&log).display())
    })
}
