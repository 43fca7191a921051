//! The two APIs of this workspace that are checked from outside, each in both error styles: the greetings, as they ship
//! and as their example serves them, and the todo example.

use std::{path::PathBuf, process::Stdio};

use crate::{
    run::{Failure, Outcome, Run, executables},
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
    pub(crate) fn build() -> Outcome<Self> {
        Ok(Self {
            greetings: server::build("dev")?,
            problem_details: example("purlin-greetings", "problem_details", "dev")?,
            todo: example("purlin-router", "todo", "dev")?,
        })
    }

    /// The greetings' program, to be given a command and started.
    pub(crate) fn greetings(&self) -> Run {
        server::configured(&self.greetings, 1)
            .env("PURLIN_GREETINGS__API_KEYS__PARITY", GREETINGS_KEY)
    }

    /// The todo example's program, to be given a command.
    pub(crate) fn todo(&self) -> Run {
        Run::new(&self.todo)
    }

    pub(crate) fn start_greetings(&self) -> Outcome<Server> {
        Server::launch(self.greetings(), "/", Stdio::inherit())
    }

    /// The greetings with problem details.
    pub(crate) fn start_problem_details(&self) -> Outcome<Server> {
        let program = Run::new(&self.problem_details).args(["127.0.0.1:0", GREETINGS_KEY]);
        Server::launch(program, "/", Stdio::inherit())
    }

    pub(crate) fn start_todo(&self) -> Outcome<Server> {
        let todo = self.todo().args(["127.0.0.1:0"]);
        Server::launch(todo, "/swagger", Stdio::inherit())
    }

    /// The todo example with problem details.
    pub(crate) fn start_todo_with_problem_details(&self) -> Outcome<Server> {
        let todo = Run::new(&self.todo).args(["127.0.0.1:0", "problem"]);
        Server::launch(todo, "/swagger", Stdio::inherit())
    }
}

/// Builds an example and returns its path.
pub(crate) fn example(package: &str, name: &str, profile: &str) -> Outcome<PathBuf> {
    let what = ["--package", package, "--example", name];
    let made = executables(["build", "--profile", profile].into_iter().chain(what))?;
    let example = made.into_iter().find(|(target, _)| target == name);
    example
        .map(|(_, path)| path)
        .ok_or_else(|| Failure::said(format!("cargo built no example named {name}")))
}
