//! `cargo purlin routes | openapi | mock`: commands of the service's own program, which is built first.

use std::{ffi::OsString, process::ExitCode};

use cargo_purlin::{Result, Selection, program::Program};

/// The package, and the arguments of the program.
#[derive(clap::Args)]
pub(crate) struct Run {
    #[command(flatten)]
    selection: Selection,
    /// The arguments of the program's command, after those of `cargo purlin`; `-- --help` prints them
    #[arg(
        trailing_var_arg = true,
        allow_hyphen_values = true,
        value_name = "ARGUMENTS"
    )]
    args: Vec<OsString>,
}

/// Builds the service and becomes its program.
pub(crate) fn run(command: &str, options: &Run) -> Result<ExitCode> {
    let service = options.selection.service()?;
    Err(Program::build(&service)?.replace_process(command, &options.args))
}
