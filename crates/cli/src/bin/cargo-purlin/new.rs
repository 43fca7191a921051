//! `cargo purlin new`: creates a service.

use std::{path::Path, process::ExitCode};

use cargo_purlin::{
    Result,
    new::{self, Created, Options},
};

/// What to create.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  cargo purlin new shop                                  SQLite, callers with an API key
  cargo purlin new shop --database postgres --auth jwt
  cargo purlin new shop --database none --auth none      the least
  cargo purlin new services/shop --git https://github.com/purlin-rs/purlin --rev 3f2a1b0

Exit status: 0 success, 2 the service could not be created; then nothing is left of it.")]
pub(crate) struct New {
    #[command(flatten)]
    options: Options,
}

pub(crate) fn new(command: &New) -> Result<ExitCode> {
    let created = new::new(&command.options)?;
    report(&created);
    Ok(ExitCode::SUCCESS)
}

fn report(created: &Created) {
    println!("Created {}.", created.name);
    for note in &created.notes {
        println!("{note}");
    }
    let folder = created.folder.as_path();
    let here = std::env::current_dir().unwrap_or_default();
    let folder: &Path = folder.strip_prefix(here).unwrap_or(folder);
    println!(
        "\nNext:\n  cd {}\n  cargo test\n  cargo run",
        folder.display()
    );
}
