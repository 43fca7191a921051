//! `cargo xtask COMMAND`: every chore of the workspace as one command, a file each.
//!
//! This file only reads the command line and dispatches; how a program is started and how its failure is worded
//! lives in `run`. Nothing here is needed to use or to deploy Purlin.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

mod acme;
mod bench;
mod browser;
mod checks;
mod ci;
mod clients;
mod compose;
mod contract;
mod dist;
mod documents;
mod edge;
mod faults;
mod fuzz;
mod http;
mod kubernetes;
mod npm;
mod ours;
mod parity;
mod python;
mod run;
mod server;
mod smoke;
mod swagger_ui;
mod tidy;

use run::Outcome;

/// Builds, checks and measures Purlin.
#[derive(Parser)]
#[command(
    name = "cargo xtask",
    bin_name = "cargo xtask",
    arg_required_else_help = true
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Everything the continuous integration checks after `cargo test`
    Ci,
    /// Formats the sources; with --check only says what differs
    Fmt {
        /// Change nothing, fail where rustfmt would change something
        #[arg(long)]
        check: bool,
    },
    /// Clippy on every target, warnings refused
    Lint,
    /// The rules that Clippy does not check: dependencies of crates and modules, terms, paths, module docs
    Tidy(tidy::Options),
    /// The API documentation, warnings refused
    Doc,
    /// Every test of the workspace, those of xtask included
    Test,
    /// Gets the edge a certificate from an authority on this machine, and renews it
    Acme,
    /// Measures and writes docs/benchmarks.md
    Bench(bench::Options),
    /// Opens the documents page of the built server in a browser
    Browser,
    /// Compares the APIs' documents with those that were agreed on, or any two documents
    ///
    /// Exit status: 0 nothing fails, 1 something does, 2 it could not be compared.
    Contract {
        #[command(subcommand)]
        action: contract::Action,
    },
    /// Generates clients from the documents, compiles them, and has them call the built services
    Clients,
    /// Builds what is deployed: static programs, container images, bills of materials; into target/dist
    Dist(dist::Options),
    /// Lints the documents in every dialect and plays the built services by them
    Documents,
    /// Holds the edge's nginx configuration against nginx, gixy, and what it promises
    Edge,
    /// Kills, stops and misleads the built server behind nginx, and steps its clock: no request may be lost
    Faults,
    /// Throws inputs nobody thought of at the fuzz targets, and fails where one breaks a promise
    Fuzz(fuzz::Options),
    /// Builds the overlays of deploy/kubernetes and holds them against the schemas and each other
    Kubernetes,
    /// Starts the servers behind the edge with Docker Compose, or what is missing of them
    Up(compose::Options),
    /// Stops what `up` started
    Down,
    /// Replaces the servers one at a time, so that nobody is left without an answer
    Roll,
    /// Makes it so many servers, one at a time
    Scale {
        /// How many
        servers: usize,
    },
    /// Runs images and compose file on a Docker Engine: asked, scaled, killed, rolled over, and no GET may be lost
    Smoke(smoke::Options),
    /// Writes the files of Swagger UI that the docs page is made of; with --check only compares them
    SwaggerUi(swagger_ui::Options),
    /// Sends a Flask-Rebar service and Purlin the same requests and compares the answers
    Parity,
}

fn main() -> ExitCode {
    match dispatch(Cli::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("xtask: {failure}");
            ExitCode::from(failure.exit_code())
        }
    }
}

fn dispatch(command: Command) -> Outcome {
    match command {
        Command::Ci => ci::all(),
        Command::Fmt { check } => checks::fmt(check),
        Command::Lint => checks::lint(),
        Command::Tidy(options) => tidy::tidy(&options),
        Command::Doc => checks::doc(),
        Command::Test => checks::test(),
        Command::Acme => acme::acme(),
        Command::Bench(options) => bench::bench(&options),
        Command::Browser => browser::browser(),
        Command::Contract { action } => contract::contract(&action),
        Command::Clients => clients::clients(),
        Command::Dist(options) => dist::dist(&options),
        Command::Documents => documents::documents(),
        Command::Edge => edge::edge(),
        Command::Faults => faults::faults(),
        Command::Fuzz(options) => fuzz::fuzz(&options),
        Command::Kubernetes => kubernetes::kubernetes(),
        Command::Up(options) => compose::up(&options),
        Command::Down => compose::down(),
        Command::Roll => compose::roll(),
        Command::Scale { servers } => compose::scale(servers),
        Command::Smoke(options) => smoke::smoke(&options),
        Command::SwaggerUi(options) => swagger_ui::swagger_ui(&options),
        Command::Parity => parity::parity(),
    }
}
