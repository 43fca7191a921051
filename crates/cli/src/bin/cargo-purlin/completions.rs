//! `cargo purlin completions`: the script that a shell reads.

use std::io::{self, Write as _};

use clap_complete::Shell;

/// Completes `cargo purlin …` in bash, in place of cargo's own completion, which gets everything else.
const BASH: &str = include_str!("completions.bash");

/// The same in fish, which adds to cargo's own completions.
const FISH: &str = include_str!("completions.fish");

/// Returns the script of a shell.
pub(crate) fn script(shell: Shell, command: &mut clap::Command) -> io::Result<Vec<u8>> {
    let mut script = Vec::new();
    clap_complete::generate(shell, command, "cargo-purlin", &mut script);
    match shell {
        Shell::Bash => script.write_all(BASH.as_bytes())?,
        Shell::Fish => script.write_all(FISH.as_bytes())?,
        _ => {}
    }
    Ok(script)
}
