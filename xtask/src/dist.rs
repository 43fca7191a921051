//! `cargo xtask dist`: Purlin's own server as `cargo_purlin::dist` packages it, and the verification of what was packaged.

use std::fmt;

use anyhow::{Context as _, Result, bail};
use cargo_purlin::{
    Service,
    dist::{self, Verdict, Verified},
};

use crate::{run::root, swagger_ui};

/// The package of the server.
pub(crate) const SERVER: &str = "purlin-server";

/// What to do.
#[derive(clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Options {
    #[command(subcommand)]
    action: Option<Action>,
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

/// The files or the key could not be read, which is no finding.
#[derive(Debug)]
pub(crate) struct NotReadable;

impl fmt::Display for NotReadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the files could not be verified")
    }
}

/// Builds or verifies.
pub(crate) fn dist(options: &Options) -> Result<()> {
    match &options.action {
        Some(Action::Verify(options)) => verify(options),
        None => build(&options.build),
    }
}

/// Builds the server for this machine.
pub(crate) fn for_this_machine() -> Result<()> {
    build(&dist::Options::for_this_machine()?)
}

/// Builds the server and writes everything into `target/dist`.
fn build(options: &dist::Options) -> Result<()> {
    let mut server = Service::of_package(root(), SERVER)?;
    server.bundled = swagger_ui::components()?;
    Ok(dist::dist(&server, options)?)
}

fn verify(options: &dist::VerifyOptions) -> Result<()> {
    match dist::verify(options).context(NotReadable)? {
        Verdict::Verified(verified) => {
            print(&verified);
            Ok(())
        }
        Verdict::NotVerified(findings) => {
            for finding in &findings {
                eprintln!("{finding}");
            }
            bail!("{} findings: not verified", findings.len())
        }
    }
}

fn print(verified: &Verified) {
    println!("verified: {} files", verified.files.len());
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
