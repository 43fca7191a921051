//! `cargo purlin COMMAND`: what a service built on Purlin needs around its code. The commands are modules of the library.

use std::{ffi::OsString, io::Write as _, process::ExitCode};

use cargo_purlin::{Result, Selection, clients, deploy as library};
use clap::{CommandFactory as _, Parser, Subcommand};
use clap_complete::Shell;

mod bench;
mod completions;
mod contract;
mod deploy;
mod dist;
mod new;
mod run;

/// The exit status when a check finds something: clients break, or files are not verified.
const FOUND: u8 = 1;

/// The exit status when a command could not be carried out.
const STOPPED: u8 = 2;

const AFTER_HELP: &str = "The service is a package that depends on purlin-app; [package.metadata.purlin] in its Cargo.toml \
describes it. The keys are in https://github.com/purlin-rs/purlin/blob/main/docs/cargo-purlin.md

Examples:
  cargo purlin new shop                           a service with a database and authentication
  cargo purlin routes                             what the service serves
  cargo purlin dist                               the image, in target/purlin
  cargo purlin contract bless                     saves the OpenAPI documents
  cargo purlin contract check                     whether a change breaks clients
  cargo purlin clients ts                         a client in TypeScript
  cargo purlin up                                 three servers behind an edge, with Docker

Exit status: 0 success, 1 a check found something, 2 the command could not be carried out: the command line or the metadata is \
invalid, a program is missing, or a build failed.";

/// Builds, packages and checks a service built on Purlin
#[derive(Parser)]
#[command(
    name = "cargo-purlin",
    bin_name = "cargo purlin",
    version,
    arg_required_else_help = true,
    after_help = AFTER_HELP
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Creates a service in a folder of its own: operations, a database, authentication, tests, continuous integration
    New(new::New),
    /// Builds what is deployed: static executables, container image, bills of materials, documents, provenance
    Dist(Box<dist::Dist>),
    /// Compares the service's OpenAPI documents with the saved ones, or any two documents
    Contract(contract::Contract),
    /// Starts the servers behind an edge on this machine, with Docker Compose, or those that are missing
    Up(deploy::Of<library::Up>),
    /// Replaces the servers one at a time, without losing requests
    Roll(deploy::Of<library::Roll>),
    /// Starts or stops servers, one at a time
    Scale(deploy::Of<library::Scale>),
    /// Stops what `up` started; volumes are kept
    Down(deploy::Of<library::Down>),
    /// Writes the compose file that `up` runs, and what it mounts, to keep and review
    Compose(deploy::Of<library::ComposeOptions>),
    /// Names the images of others with the digests that registries have now
    Images(library::ImagesOptions),
    /// Writes Kubernetes manifests: a base, components and overlays for kustomize
    Kubernetes(deploy::Of<library::KubernetesOptions>),
    /// Measures the service under load: requests a second, latency, processor time and memory
    Bench(bench::Bench),
    /// Writes a package with a client for the service's API
    ///
    /// What the generator writes is replaced at each run; the files around it, such as the package's metadata, are written
    /// once.
    #[command(after_help = "Examples:
  cargo purlin clients ts
  cargo purlin clients rust --output crates/client
  cargo purlin clients python --registry \"Shop 2.0.0\"

TypeScript takes Node.js with npm, Python takes Python 3.11 or later with venv. The generators are installed below target/.")]
    Clients {
        #[command(flatten)]
        options: clients::Options,
        #[command(flatten)]
        selection: Selection,
    },
    /// Lists every operation of the service: method, path, name, authenticators, summary
    #[command(after_help = "Examples:
  cargo purlin routes
  cargo purlin routes --package shop-server

Exit status: that of the program; 2 if it could not be built.")]
    Routes(run::Run),
    /// Prints the OpenAPI document of the service
    #[command(after_help = "Examples:
  cargo purlin openapi > openapi.json
  cargo purlin openapi --dialect 3.0 --format yaml
  cargo purlin openapi -- --help                  all arguments

Exit status: that of the program; 2 if it could not be built.")]
    Openapi(run::Run),
    /// Serves examples of the documented responses, without calling handlers
    #[command(after_help = "Examples:
  cargo purlin mock
  cargo purlin mock --bind 127.0.0.1:8080
  curl -H 'Prefer: code=404' http://127.0.0.1:8080/orders/1
  curl -H 'Authorization: Bearer eyJ…' http://127.0.0.1:8080/orders/1

Requests need the credentials that those of the service need, and are validated. A service of `cargo purlin new` prints one when it
starts, unless its settings have keys or a secret.

Exit status: that of the program; 2 if it could not be built.")]
    Mock(run::Run),
    /// Prints a script that completes commands and options in a shell
    #[command(after_help = "Examples:
  cargo purlin completions bash > ~/.local/share/bash-completion/completions/cargo-purlin
  echo 'source ~/.local/share/bash-completion/completions/cargo-purlin' >> ~/.bashrc
  cargo purlin completions zsh > ~/.zfunc/_cargo-purlin      # a folder of $fpath
  cargo purlin completions fish > ~/.config/fish/completions/cargo-purlin.fish")]
    Completions {
        /// The shell
        shell: Shell,
    },
}

fn main() -> ExitCode {
    match run(Cli::parse_from(arguments(std::env::args_os()))) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(STOPPED)
        }
    }
}

/// Removes the name that cargo passes: `cargo purlin dist` runs `cargo-purlin purlin dist`.
fn arguments(all: impl Iterator<Item = OsString>) -> Vec<OsString> {
    let mut all: Vec<_> = all.collect();
    if all.get(1).is_some_and(|first| first == "purlin") {
        all.remove(1);
    }
    all
}

fn run(cli: Cli) -> Result<ExitCode> {
    match cli.command {
        Command::New(command) => new::new(&command),
        Command::Dist(command) => dist::dist(&command),
        Command::Contract(command) => contract::contract(&command),
        Command::Up(up) => deploy::run(&up, library::Up::run),
        Command::Roll(roll) => deploy::run(&roll, library::Roll::run),
        Command::Scale(scale) => deploy::run(&scale, library::Scale::run),
        Command::Down(down) => deploy::run(&down, library::Down::run),
        Command::Compose(compose) => deploy::run(&compose, library::ComposeOptions::run),
        Command::Images(images) => images.run().map(|()| ExitCode::SUCCESS),
        Command::Kubernetes(kubernetes) => {
            deploy::run(&kubernetes, library::KubernetesOptions::run)
        }
        Command::Bench(bench) => bench::bench(&bench),
        Command::Clients { options, selection } => {
            clients::generate(&selection.service()?, &options)?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Routes(options) => run::run("routes", &options),
        Command::Openapi(options) => run::run("openapi", &options),
        Command::Mock(options) => run::run("mock", &options),
        Command::Completions { shell } => {
            // Names in the script are made of this one, which has no space.
            let mut command = Cli::command().bin_name("cargo-purlin");
            let script = completions::script(shell, &mut command);
            std::io::stdout().write_all(script.as_bytes())?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn name_that_cargo_passes_is_removed() {
        let arguments = |all: &[&str]| {
            let all = arguments(all.iter().map(OsString::from));
            all.into_iter()
                .map(|it| it.into_string().unwrap_or_default())
                .collect::<Vec<_>>()
        };
        let expected = ["cargo-purlin", "dist"];
        assert_eq!(arguments(&["cargo-purlin", "purlin", "dist"]), expected);
        assert_eq!(arguments(&["cargo-purlin", "dist"]), expected);
    }
}
