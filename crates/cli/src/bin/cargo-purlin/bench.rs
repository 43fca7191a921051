//! `cargo purlin bench`: prints the figures of the service under load.

use std::process::ExitCode;

use cargo_purlin::{
    Result, Selection,
    bench::{self, Format, Options},
};

/// What to measure.
#[derive(clap::Args)]
pub(crate) struct Bench {
    #[command(flatten)]
    options: Options,
    #[command(flatten)]
    selection: Selection,
}

pub(crate) fn bench(command: &Bench) -> Result<ExitCode> {
    let report = bench::bench(&command.selection.service()?, &command.options)?;
    match command.options.format {
        Format::Json => println!("{:#}", report.to_json()),
        _ => print!("\n{report}"),
    }
    Ok(ExitCode::SUCCESS)
}
