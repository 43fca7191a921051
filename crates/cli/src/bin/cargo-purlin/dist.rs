//! `cargo purlin dist`: packages the service, or verifies what was packaged.

use std::process::ExitCode;

use cargo_purlin::{
    Result, Selection,
    dist::{self, Verdict, Verified},
};

use crate::FOUND;

/// What to do.
#[derive(clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Dist {
    #[command(subcommand)]
    action: Option<Action>,
    #[command(flatten)]
    selection: Selection,
    #[command(flatten)]
    build: dist::Options,
}

#[derive(clap::Subcommand)]
enum Action {
    /// Verifies the files that `dist` wrote: their provenance, its signature, and every digest
    ///
    /// Exit status: 0 everything agrees, 1 something does not, 2 the files or the key could not be read.
    Verify(dist::VerifyOptions),
}

pub(crate) fn dist(command: &Dist) -> Result<ExitCode> {
    match &command.action {
        Some(Action::Verify(options)) => Ok(report(&dist::verify(options)?)),
        None => {
            dist::dist(&command.selection.service()?, &command.build)?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn report(verdict: &Verdict) -> ExitCode {
    match verdict {
        Verdict::Verified(verified) => {
            print(verified);
            ExitCode::SUCCESS
        }
        Verdict::NotVerified(findings) => {
            for finding in findings {
                eprintln!("{finding}");
            }
            eprintln!("{} findings: not verified", findings.len());
            ExitCode::from(FOUND)
        }
    }
}

fn print(verified: &Verified) {
    let outcome = match verified.key_id {
        Some(_) => "verified",
        None => "consistent",
    };
    println!("{outcome}: {} files", verified.files.len());
    for (name, digest) in &verified.images {
        println!("image     {name} {digest}");
    }
    if let Some(commit) = &verified.commit {
        println!("commit    {commit}");
    }
    println!("builder   {}", verified.builder);
    match &verified.key_id {
        Some(key) => println!("key       {key}"),
        None => println!("no --key was given: who made these files was not verified"),
    }
}
