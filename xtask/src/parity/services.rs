//! The four services: each API once in Python, as Flask-Rebar serves it, and once in Purlin.
//!
//! The Python ones are in `xtask/parity/`; a virtual environment for them is made below `target/` and kept until the
//! versions asked for change.

use std::{
    fs::{self, File},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::Stdio,
};

use crate::{
    run::{Failure, Outcome, Run, executables, install, need, root},
    server::{self, Server},
};

/// The key of the greetings, on both sides.
pub(super) const GREETINGS_KEY: &str = "parity-key";

/// The key of the todos, on both sides.
pub(super) const TODO_KEY: &str = "my-api-key";

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
pub(super) fn start() -> Outcome<(Pair, Pair)> {
    let folder = root().join("target/parity");
    fs::create_dir_all(&folder).map_err(Failure::file(&folder))?;
    let python = environment(&folder)?;
    let greetings = server::build("dev")?;
    let todo = example("todo")?;

    let greetings =
        server::configured(&greetings, 1).env("PURLIN_GREETINGS__API_KEYS__PARITY", GREETINGS_KEY);
    let todo = Run::new(todo).args(["127.0.0.1:0"]);
    Ok((
        Pair {
            original: original(&python, "greetings", "/", &folder)?,
            ours: Server::launch(greetings, "/", Stdio::inherit())?,
        },
        Pair {
            original: original(&python, "todo", "/swagger", &folder)?,
            ours: Server::launch(todo, "/swagger", Stdio::inherit())?,
        },
    ))
}

/// Starts one of the Python services. Its tracebacks go to a log file: some requests are sent to provoke them.
fn original(python: &Path, name: &str, ready: &str, folder: &Path) -> Outcome<Server> {
    let log = folder.join(format!("{name}.log"));
    let file = File::create(&log).map_err(Failure::file(&log))?;
    let run = Run::new(python).args([format!("xtask/parity/{name}.py")]);
    Server::launch(
        run.env("PYTHONDONTWRITEBYTECODE", "1"),
        ready,
        Stdio::from(file),
    )
    .map_err(|failure| {
        Failure::said(format!(
            "{failure}; its own words are in {}",
            log.strip_prefix(root()).unwrap_or(&log).display()
        ))
    })
}

fn example(name: &str) -> Outcome<PathBuf> {
    let made = executables(["build", "--package", "purlin-router", "--example", name])?;
    let example = made.into_iter().find(|(target, _)| target == name);
    example
        .map(|(_, path)| path)
        .ok_or_else(|| Failure::said(format!("cargo built no example named {name}")))
}

/// A Python with the packages of `requirements.txt`; made anew only when those change.
fn environment(folder: &Path) -> Outcome<PathBuf> {
    let wanted = root().join("xtask/parity/requirements.txt");
    let wanted_text = fs::read_to_string(&wanted).map_err(Failure::file(&wanted))?;
    let venv = folder.join("venv");
    let python = venv.join("bin/python");
    let installed = venv.join("requirements.txt");
    let same = fs::read_to_string(&installed).is_ok_and(|text| text == wanted_text);
    if same && Run::new(&python).args(["--version"]).succeeds() {
        return Ok(python);
    }
    need("python3", "python3")?;
    if !Run::new("python3")
        .args(["-c", "import ensurepip, venv"])
        .succeeds()
    {
        install("Python's venv", "python3-venv")?;
    }
    let made = Run::new("python3").args(["-m", "venv", "--clear"]);
    made.args([&venv]).run()?;
    let pip = Run::new(&python).args(["-m", "pip", "install", "--quiet", "--no-input"]);
    pip.args(["--disable-pip-version-check", "--requirement"])
        .args([&wanted])
        .run()
        .map_err(|failure| {
            Failure::said(format!(
                "the parity check needs Flask-Rebar from the Python package index: {failure}"
            ))
        })?;
    fs::write(&installed, wanted_text).map_err(Failure::file(&installed))?;
    Ok(python)
}
