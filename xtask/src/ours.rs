//! The two APIs of this workspace that are checked from outside, each in both error styles: the greetings, as they ship
//! and as their example serves them, and the todo example.

use std::{path::PathBuf, process::Stdio};

use anyhow::{anyhow, Result};
use cargo_purlin::process::Cmd;

use crate::{
    run::{cmd},
    server::{self, Server},
};

/// The key the greetings are started with; their Python counterpart has the same.
pub(crate) const GREETINGS_KEY: &str = "parity-key";

/// A body that `POST /send_greeting` takes.
pub(crate) const GUEST: &str = r#"{"name":"Ada","age":36}"#;

/// The key the todo example has.
pub(crate) const TODO_KEY: &str = "my-api-key";

/// Their programs, built.
pub(crate) struct Programs {
    greetings: PathBuf,
    problem_details: PathBuf,
    todo: PathBuf,
}

impl Programs {
    pub(crate) fn build() -> Result<Self> {
        Ok(Self {
            greetings: server::build("dev")?,
            problem_details: example("purlin-greetings", "problem_details", "dev")?,
            todo: example("purlin-router", "todo", "dev")?,
        })
    }

    /// The greetings' program, to be given a command and started.
    pub(crate) fn greetings(&self) -> Cmd {
        server::configured(&self.greetings, 1)
            .env("PURLIN_GREETINGS__API_KEYS__PARITY", GREETINGS_KEY)
    }

    /// The todo example's program, to be given a command.
    pub(crate) fn todo(&self) -> Cmd {
        cmd(&self.todo)
    }

    pub(crate) fn start_greetings(&self) -> Result<Server> {
        Server::launch(self.greetings(), "/", Stdio::inherit())
    }

    /// The greetings with problem details.
    pub(crate) fn start_problem_details(&self) -> Result<Server> {
        let program = cmd(&self.problem_details).args(["127.0.0.1:0", GREETINGS_KEY]);
        Server::launch(program, "/", Stdio::inherit())
    }

    pub(crate) fn start_todo(&self) -> Result<Server> {
        let todo = self.todo().args(["127.0.0.1:0"]);
        Server::launch(todo, "/swagger", Stdio::inherit())
    }

    /// The todo example with problem details.
    pub(crate) fn start_todo_with_problem_details(&self) -> Result<Server> {
        let todo = cmd(&self.todo).args(["127.0.0.1:0", "problem"]);
        Server::launch(todo, "/swagger", Stdio::inherit())
    }
}

/// Builds an example and returns its path.
pub(crate) fn example(package: &str, name: &str, profile: &str) -> Result<PathBuf> {
    let what = ["--package", package, "--example", name];
    let made = executables(["build", "--profile", profile].into_iter().chain(what))?;
    let example = made.into_iter().find(|(target, _)| target == name);
    example
        .map(|(_, path)| path)
        .ok_or_else(|| anyhow!("cargo built no example named {name}"))
}
