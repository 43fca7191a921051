//! `cargo purlin completions`: the script that a shell reads.

use clap_complete::Shell;

/// Completes `cargo purlin …` in bash, in place of cargo's own completion, which gets everything else.
const BASH: &str = include_str!("completions.bash");

/// The same in fish, which adds to cargo's own completions.
const FISH: &str = include_str!("completions.fish");

/// Returns the script of a shell.
pub(crate) fn script(shell: Shell, command: &mut clap::Command) -> String {
    let mut script = Vec::new();
    clap_complete::generate(shell, command, "cargo-purlin", &mut script);
    let script = String::from_utf8_lossy(&script).into_owned();
    match shell {
        // clap_complete 4.6 takes the hyphen in the name of a program for the space before a command in half of its labels.
        Shell::Bash => script.replace("cargo__subcmd__purlin", "cargo__purlin") + BASH,
        Shell::Fish => script + FISH,
        _ => script,
    }
}
