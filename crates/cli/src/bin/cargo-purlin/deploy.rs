//! The commands that deploy a service: its package, and the options of the library's command.

use std::process::ExitCode;

use cargo_purlin::{Result, Selection, Service};

/// A command about a service.
#[derive(clap::Args)]
pub(crate) struct Of<O: clap::Args> {
    #[command(flatten)]
    options: O,
    #[command(flatten)]
    selection: Selection,
}

/// Finds the service and runs the command.
pub(crate) fn run<O: clap::Args>(
    command: &Of<O>,
    action: fn(&O, &Service) -> Result,
) -> Result<ExitCode> {
    action(&command.options, &command.selection.service()?)?;
    Ok(ExitCode::SUCCESS)
}
