//! `cargo xtask COMMAND`: the chores of this repository, one module each.
//!
//! Users of Purlin need none of it; what they need too is in the library `cargo-purlin`, which these commands call.

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

mod acme;
mod bench;
mod browser;
mod checks;
mod ci;
mod clients;
#[cfg(test)]
mod commands;
mod compose;
mod conduit;
mod contract;
mod deny;
mod dist;
mod documents;
mod edge;
mod faults;
mod fuzz;
mod http;
mod kubernetes;
mod monitoring;
mod new_service;
mod packages;
mod pages;
mod parity;
#[path = "../../crates/conduit/tests/it/support/postgres.rs"]
#[allow(dead_code, reason = "the tests of Conduit use the rest")]
mod postgres;
mod programs;
mod quick;
mod realworld;
#[path = "../../crates/store/tests/it/support/redis.rs"]
#[allow(
    dead_code,
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a file of the tests of purlin-store, which use the rest"
)]
mod redis;
mod replicas;
mod run;
mod semver;
mod server;
mod shapes;
mod smoke;
mod stores;
mod swagger_ui;
mod tidy;
mod versions;
#[cfg(test)]
mod workflows;

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
    /// Runs every check of the continuous integration except `cargo test`
    Ci(ci::Options),
    /// Runs the checks that take minutes and install nothing: format, tidy, clippy and the fast tests
    Quick,
    /// Formats the sources; with --check only lists what differs
    Fmt {
        /// Change nothing, fail where rustfmt would change something
        #[arg(long)]
        check: bool,
    },
    /// Runs clippy on every target; warnings are errors
    Lint,
    /// Checks the rules that clippy does not have: dependencies of crates and modules, terms, paths, module docs
    Tidy(tidy::Options),
    /// Builds the API documentation; warnings are errors
    Doc,
    /// Runs every test of the workspace, those of xtask included
    Test,
    /// Issues and renews a certificate for the edge, with an ACME server on this machine
    Acme,
    /// Measures and writes docs/benchmarks.md
    Bench(bench::Options),
    /// Opens the documents page of the built server in a browser
    Browser,
    /// Compares the APIs' documents with the saved ones, or any two documents
    ///
    /// Exit status: 0 no finding fails, 1 a finding fails, 2 the documents could not be compared.
    Contract {
        #[command(subcommand)]
        action: contract::Action,
    },
    /// Generates clients from the documents, compiles them, and calls the built services with them
    Clients,
    /// Checks licences, sources and known vulnerabilities of the dependencies, with cargo-deny
    Deny(deny::Options),
    /// Builds what is deployed into target/purlin/purlin-server: static executables, container image, bills of materials, provenance
    Dist(Box<dist::Dist>),
    /// Lints the documents in every dialect and tests the built services against them
    Documents,
    /// Checks the edge's nginx configuration with nginx and gixy
    Edge,
    /// Kills, stops and attacks the built server behind nginx, and changes its clock
    Faults,
    /// Runs the fuzz targets
    Fuzz(fuzz::Options),
    /// Builds the overlays of deploy/kubernetes and validates them
    Kubernetes,
    /// Checks the rules of Prometheus and the metrics of a running server
    Monitoring,
    /// Checks the units of deploy/systemd
    Systemd,
    /// Names the images of others with their digests, in deploy/.env
    Images(compose::Images),
    /// Checks and packs the crates that are published, as crates.io gets them
    Packages(packages::Options),
    /// Compares the public items of the published crates with their last release, by cargo-semver-checks
    Semver(semver::Options),
    /// Starts the servers behind the edge with Docker Compose, or those that are missing
    Up(compose::Options),
    /// Stops what `up` started
    Down,
    /// Replaces the servers one at a time, without losing requests
    Roll,
    /// Starts or stops servers, one at a time
    Scale {
        /// The number of servers
        servers: usize,
    },
    /// Compares document and server of generated shapes of types
    Shapes(shapes::Options),
    /// Checks that replicas share one store, PostgreSQL or Redis, while replicas and store are killed
    Replicas,
    /// Runs image and compose file on a Docker Engine under load: scales, kills and replaces servers
    Smoke(smoke::Options),
    /// Writes the files of Swagger UI that the docs page is made of; with --check only compares them
    SwaggerUi(swagger_ui::Options),
    /// Sends a Flask-Rebar service and Purlin the same requests and compares the responses
    Parity,
    /// Runs the Postman collection of the RealWorld project against Conduit, on each of its databases
    Realworld(realworld::Options),
}

fn main() -> ExitCode {
    match run(Cli::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            let no_finding =
                error.is::<contract::NotComparable>() || error.is::<dist::NotReadable>();
            ExitCode::from(if no_finding { 2 } else { 1 })
        }
    }
}

fn run(command: Command) -> Result<()> {
    match command {
        Command::Ci(options) => ci::run(&options),
        Command::Quick => quick::quick(),
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
        Command::Deny(options) => deny::deny(&options),
        Command::Dist(command) => dist::dist(&command),
        Command::Documents => documents::documents(),
        Command::Edge => edge::edge(),
        Command::Faults => faults::faults(),
        Command::Fuzz(options) => fuzz::fuzz(&options),
        Command::Kubernetes => kubernetes::kubernetes(),
        Command::Monitoring => monitoring::monitoring(),
        Command::Systemd => monitoring::systemd(),
        Command::Images(options) => compose::images(&options),
        Command::Packages(options) => packages::packages(&options),
        Command::Semver(options) => semver::semver(&options),
        Command::Up(options) => compose::up(&options),
        Command::Down => compose::down(),
        Command::Roll => compose::roll(),
        Command::Scale { servers } => compose::scale(servers),
        Command::Shapes(options) => shapes::shapes(&options),
        Command::Replicas => replicas::replicas(),
        Command::Smoke(options) => smoke::smoke(&options),
        Command::SwaggerUi(options) => swagger_ui::swagger_ui(&options),
        Command::Parity => parity::parity(),
        Command::Realworld(options) => realworld::realworld(&options),
    }
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory as _, error::ErrorKind};

    use super::*;

    #[test]
    fn command_line_is_consistent() {
        Cli::command().debug_assert();
    }
    #[test]
    fn pages_name_commands_that_exist() {
        for mention in pages::commands::mentions("cargo xtask").unwrap() {
            let arguments = std::iter::once("cargo xtask".to_owned());
            let arguments = arguments.chain(mention.arguments.clone());
            let Err(error) = Cli::command().try_get_matches_from(arguments) else {
                continue;
            };
            let is_unknown = matches!(
                error.kind(),
                ErrorKind::InvalidSubcommand | ErrorKind::UnknownArgument
            );
            assert!(!is_unknown, "{mention}\n{error}");
        }
    }
}
