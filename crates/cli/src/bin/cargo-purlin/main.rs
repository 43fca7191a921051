//! `cargo purlin COMMAND`: what a service built on Purlin needs around its code. The commands are modules of the library.

use std::{ffi::OsString, process::ExitCode};

use cargo_purlin::Result;
use clap::{CommandFactory as _, Parser, Subcommand};
use clap_complete::Shell;

mod contract;
mod dist;
mod new;

/// The exit status when a check finds something: clients break, or files are not verified.
const FOUND: u8 = 1;

/// The exit status when a command could not be carried out.
const STOPPED: u8 = 2;

const EXIT_STATUS: &str = "Exit status: 0 success, 1 a check found something, 2 the command could not be carried out: \
                           the command line or the metadata is invalid, a program is missing, or a build failed.";

/// Builds, packages and checks a service built on Purlin.
#[derive(Parser)]
#[command(
    name = "cargo-purlin",
    bin_name = "cargo purlin",
    version,
    arg_required_else_help = true,
    disable_help_subcommand = true,
    after_help = EXIT_STATUS
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
    /// Prints a script that completes commands and options in a shell
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
        Command::Completions { shell } => {
            completions(shell);
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn completions(shell: Shell) {
    let mut command = Cli::command();
    clap_complete::generate(shell, &mut command, "cargo-purlin", &mut std::io::stdout());
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
