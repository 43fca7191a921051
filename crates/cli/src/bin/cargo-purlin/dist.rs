//! `cargo purlin dist`: packages the service, or verifies what was packaged.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use cargo_purlin::{
    Result, Selection,
    dist::{self, Verdict, VerifyOptions},
};

use crate::FOUND;

/// What to do.
#[derive(clap::Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "Examples:
  cargo purlin dist                                         for linux/amd64
  cargo purlin dist --platform linux/amd64,linux/arm64      one image for both
  cargo purlin dist --sign-key release.pem --verify         signed, and verified afterwards
  cargo purlin dist --push registry.example                 pushed with skopeo
  cargo purlin dist verify FOLDER --key release.pub         what others built
  docker load --input target/purlin/shop/shop-image.tar

Exit status: 0 success, 1 what was verified does not agree, 2 the command could not be carried out."
)]
pub(crate) struct Dist {
    #[command(subcommand)]
    action: Option<Action>,
    #[command(flatten)]
    build: dist::Options,
    /// Verify the files after they are written
    #[arg(long)]
    verify: bool,
    #[command(flatten)]
    selection: Selection,
}

#[derive(clap::Subcommand)]
enum Action {
    /// Verifies the files that `dist` wrote: their provenance, its signature, and every digest
    ///
    /// Exit status: 0 everything agrees, 1 something does not, 2 the files or the key could not be read.
    Verify {
        /// The folder with the files [default: that of the service]
        folder: Option<PathBuf>,
        #[command(flatten)]
        options: VerifyOptions,
        #[command(flatten)]
        selection: Selection,
    },
}

pub(crate) fn dist(command: &Dist) -> Result<ExitCode> {
    match &command.action {
        None => build(command),
        Some(Action::Verify {
            folder,
            options,
            selection,
        }) => match folder {
            Some(folder) => verify(folder, options),
            None => verify(&selection.service()?.output, options),
        },
    }
}

fn build(command: &Dist) -> Result<ExitCode> {
    let service = command.selection.service()?;
    dist::dist(&service, &command.build)?;
    match command.verify {
        true => {
            let output = command.build.output.as_deref();
            verify(output.unwrap_or(&service.output), &VerifyOptions::default())
        }
        false => Ok(ExitCode::SUCCESS),
    }
}

fn verify(folder: &Path, options: &VerifyOptions) -> Result<ExitCode> {
    Ok(report(&dist::verify(folder, options)?))
}

fn report(verdict: &Verdict) -> ExitCode {
    match verdict {
        Verdict::Verified(_) => {
            println!("{verdict}");
            ExitCode::SUCCESS
        }
        Verdict::NotVerified(_) => {
            eprintln!("{verdict}");
            ExitCode::from(FOUND)
        }
    }
}
