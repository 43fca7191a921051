//! The programs of the two APIs that are checked from outside, each in both error styles: the greetings, as they ship and
//! as their example serves them, and the todo example.

use std::{path::PathBuf, process::Stdio};

use anyhow::Result;
use cargo_purlin::process::Cmd;

use crate::{
    run::{cargo, cmd, executable, root},
    server::{self, Server},
};

/// The API key of the greetings; their Python counterpart has the same.
pub(crate) const GREETINGS_KEY: &str = "parity-key";

/// A valid body of `POST /send_greeting`.
pub(crate) const GREETING: &str = r#"{"name":"Ada","age":36}"#;

/// The API key of the todo example.
pub(crate) const TODO_KEY: &str = "my-api-key";

/// The built programs.
pub(crate) struct Programs {
    greetings: PathBuf,
    problem_details: PathBuf,
    todo: PathBuf,
    /// Both APIs in both styles, with the settings of a service.
    services: PathBuf,
}

impl Programs {
    pub(crate) fn build() -> Result<Self> {
        Ok(Self {
            greetings: server::build("dev")?,
            problem_details: example("purlin-greetings", "problem_details", "dev")?,
            todo: example("purlin-router", "todo", "dev")?,
            services: example("purlin-server", "services", "dev")?,
        })
    }

    /// Returns the program of the greetings, without arguments.
    pub(crate) fn greetings(&self) -> Cmd {
        server::configured(&self.greetings, 1)
            .env("PURLIN_GREETINGS__API_KEYS__PARITY", GREETINGS_KEY)
    }

    /// Returns the program of the todo example, without arguments.
    pub(crate) fn todo(&self) -> Cmd {
        cmd(&self.todo)
    }

    /// Starts a service, `greetings` or `todo`, behind all middleware. Its errors are `rebar` or `problem`.
    pub(crate) fn start_behind_middleware(&self, service: &str, errors: &str) -> Result<Server> {
        let settings = root().join("xtask/documents/middleware.toml");
        let program = server::configured(&self.services, 1)
            .env("PURLIN_GREETINGS__API_KEYS__PARITY", GREETINGS_KEY)
            .env("SERVICE", service)
            .env("ERRORS", errors)
            .arg("--config")
            .arg(settings);
        Server::launch(program, "/openapi.json", Stdio::inherit())
    }

    pub(crate) fn start_greetings(&self) -> Result<Server> {
        Server::launch(self.greetings(), "/", Stdio::inherit())
    }

    pub(crate) fn start_greetings_with_problem_details(&self) -> Result<Server> {
        let program = cmd(&self.problem_details).args(["127.0.0.1:0", GREETINGS_KEY]);
        Server::launch(program, "/", Stdio::inherit())
    }

    pub(crate) fn start_todo(&self) -> Result<Server> {
        Server::launch(self.todo().arg("127.0.0.1:0"), "/swagger", Stdio::inherit())
    }

    pub(crate) fn start_todo_with_problem_details(&self) -> Result<Server> {
        let todo = self.todo().args(["127.0.0.1:0", "problem"]);
        Server::launch(todo, "/swagger", Stdio::inherit())
    }
}

/// Builds an example and returns its path.
pub(crate) fn example(package: &str, name: &str, profile: &str) -> Result<PathBuf> {
    let build = cargo().args(["build", "--profile", profile, "--package", package]);
    executable(build.args(["--example", name]), name)
}
