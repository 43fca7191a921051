//! `cargo xtask clients`: generated clients call the built servers.
//!
//! For TypeScript, Rust and Python, a client is generated from the unchanged documents, compiled as strictly as its language
//! allows with a program that calls every operation, errors included, and that program runs against the servers. The options
//! and limits of each generator are described in `docs/clients.md`; programs and versions are in `xtask/clients/`.

mod documents;
mod packages;
mod python;
mod rust;
mod typescript;

use std::time::Instant;

use anyhow::{Context as _, Result};
use cargo_purlin::process::Cmd;

use crate::{
    programs::{GREETINGS_KEY, Programs, TODO_KEY},
    server::Server,
};

/// The servers the clients call.
struct Servers {
    greetings: Server,
    todo: Server,
    todo_problem: Server,
}

impl Servers {
    fn start(programs: &Programs) -> Result<Self> {
        Ok(Self {
            greetings: programs.start_greetings()?,
            todo: programs.start_todo()?,
            todo_problem: programs.start_todo_with_problem_details()?,
        })
    }

    /// Passes addresses and API keys to a program.
    fn pass_to(&self, program: Cmd) -> Cmd {
        let servers = [&self.greetings, &self.todo, &self.todo_problem];
        program
            .env("GREETINGS_KEY", GREETINGS_KEY)
            .env("TODO_KEY", TODO_KEY)
            .args(servers.map(Server::base_url))
    }
}

/// Generates a client and runs it against fresh servers.
type Check = fn(&Servers) -> Result<()>;

const CHECKS: [(&str, Check); 3] = [
    ("TypeScript", typescript::check),
    ("Python", python::check),
    ("Rust", rust::check),
];

/// Builds the servers, writes the documents, and checks each client.
pub(crate) fn clients() -> Result<()> {
    let programs = Programs::build()?;
    documents::write(&programs)?;
    for (language, check) in CHECKS {
        let begin = Instant::now();
        check(&Servers::start(&programs)?).context(language)?;
        eprintln!("\n{language}: {:.1} s", begin.elapsed().as_secs_f64());
    }
    packages::check().context("packages")
}
