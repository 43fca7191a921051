//! `cargo xtask clients`: others' generators make clients from our documents, and the clients call our servers.
//!
//! For TypeScript, Rust and Python: a client is generated from the documents as they are printed and served, without a
//! stroke of ours in it; it is compiled as strictly as its language can, with a program that calls every operation of the
//! greetings and of the todo example, refusals included; and the program is run against the servers. What each generator
//! is given and what it is not good at is told in `docs/clients.md`.
//!
//! The programs and the versions of the generators are in `xtask/clients/`, a folder each.

mod documents;
mod python;
mod rust;
mod typescript;

use std::time::Instant;

use anyhow::{anyhow, Result};
use cargo_purlin::process::Cmd;

use crate::{
    ours::{GREETINGS_KEY, Programs, TODO_KEY},
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

    /// Tells a program where the servers are and what opens them.
    fn told(&self, run: Cmd) -> Cmd {
        let servers = [&self.greetings, &self.todo, &self.todo_problem];
        run.env("GREETINGS_KEY", GREETINGS_KEY)
            .env("TODO_KEY", TODO_KEY)
            .args(servers.map(Server::base_url))
    }
}

/// Has clients made and run, against servers that nobody called before.
type Check = fn(&Servers) -> Result<()>;

const CHECKS: [(&str, Check); 3] = [
    ("TypeScript", typescript::check),
    ("Python", python::check),
    ("Rust", rust::check),
];

/// Builds the servers, writes the documents, and has each client made and run.
pub(crate) fn clients() -> Result<()> {
    let programs = Programs::build()?;
    documents::write(&programs)?;
    let mut took = Vec::new();
    for (language, check) in CHECKS {
        let begin = Instant::now();
        let servers = Servers::start(&programs)?;
        check(&servers).map_err(|failure| anyhow!("{language}: {failure}"))?;
        took.push((language, begin.elapsed().as_secs_f64()));
    }
    eprintln!("\nevery client called its servers");
    for (language, seconds) in took {
        eprintln!("{seconds:8.1} s  {language}");
    }
    Ok(())
}
