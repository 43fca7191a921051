//! `cargo purlin contract`: whether a change of the service's documents breaks clients.

use std::{path::PathBuf, process::ExitCode};

use cargo_purlin::{
    Result, Selection,
    contract::{Baseline, Policy, Verdict, bless, check, diff, documents},
};

use crate::FOUND;

/// What to compare.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  cargo purlin contract bless                     saves the documents; commit them
  cargo purlin contract check                     in continuous integration
  cargo purlin contract check --format markdown   for a pull request
  cargo purlin contract diff old.json new.json    any two documents

Exit status: 0 no finding fails, 1 a finding fails or no document is saved, 2 the documents could not be compared.")]
pub(crate) struct Contract {
    #[command(subcommand)]
    action: Action,
}

#[derive(clap::Subcommand)]
enum Action {
    /// Saves the current documents, as the baseline of later comparisons
    ///
    /// Builds the service and writes the document of each of its APIs to contract/API/VERSION.json, unless a change breaks
    /// clients. Commit what it writes. `contract` in [package.metadata.purlin] names another folder.
    Bless {
        /// Save them even where a finding fails
        #[arg(long)]
        force: bool,
        #[command(flatten)]
        policy: Policy,
        #[command(flatten)]
        selection: Selection,
    },
    /// Compares the current documents with the saved ones
    Check {
        #[command(flatten)]
        policy: Policy,
        #[command(flatten)]
        selection: Selection,
    },
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
        Action::Bless {
            force,
            policy,
            selection,
        } => {
            let service = selection.service()?;
            let baseline = Baseline::new(&service.contract);
            bless(&baseline, &documents(&service)?, policy, *force)?
        }
        Action::Check { policy, selection } => {
            let service = selection.service()?;
            let baseline = Baseline::new(&service.contract);
            check(&baseline, &documents(&service)?, policy)?
        }
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
