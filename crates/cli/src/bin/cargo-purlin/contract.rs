//! `cargo purlin contract`: whether a change of the service's documents breaks clients.

use std::{path::PathBuf, process::ExitCode};

use cargo_purlin::{
    Result,
    contract::{Policy, Verdict, diff},
};

use crate::FOUND;

/// What to compare.
#[derive(clap::Args)]
pub(crate) struct Contract {
    #[command(subcommand)]
    action: Action,
}

#[derive(clap::Subcommand)]
enum Action {
    /// Compares two documents: JSON files in OpenAPI 3.1, 3.0 or Swagger 2.0
    Diff {
        /// The old document
        old: PathBuf,
        /// The new document
        new: PathBuf,
        #[command(flatten)]
        policy: Policy,
    },
}

pub(crate) fn contract(command: &Contract) -> Result<ExitCode> {
    let verdict = match &command.action {
        Action::Diff { old, new, policy } => diff(old, new, policy)?,
    };
    Ok(match verdict {
        Verdict::Pass => ExitCode::SUCCESS,
        Verdict::Fail(reason) => {
            eprintln!("{reason}");
            ExitCode::from(FOUND)
        }
    })
}
