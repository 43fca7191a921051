//! The commands of this repository that its Markdown files name must exist, with their options.

use std::{collections::BTreeSet, path::Path};

use anyhow::{Result, ensure};
use cargo_purlin::process::Cmd;
use fs_err as fs;

use crate::run::{cmd, root};

/// A command in a Markdown file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Mention {
    file: String,
    line: usize,
    /// The arguments after the program.
    pub(crate) arguments: Vec<String>,
}

impl std::fmt::Display for Mention {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let arguments = self.arguments.join(" ");
        write!(f, "{}:{}: {arguments}", self.file, self.line)
    }
}

/// Returns the commands of a program, such as `cargo xtask`, in all Markdown files but the changelog.
pub(crate) fn mentions(program: &str) -> Result<Vec<Mention>> {
    let listing = cmd("git").args(["ls-files", "--", "*.md"]).read()?;
    let mut mentions = Vec::new();
    for file in listing.lines().filter(|file| *file != "CHANGELOG.md") {
        // A file that is deleted but not yet committed is listed too.
        if let Ok(text) = fs::read_to_string(root().join(file)) {
            mentions.extend(in_text(program, file, &text));
        }
    }
    Ok(mentions)
}

fn in_text(program: &str, file: &str, text: &str) -> Vec<Mention> {
    let start = format!("{program} ");
    let mut fenced = false;
    let mut mentions = Vec::new();
    for (index, line) in text.lines().enumerate() {
        fenced ^= line.trim_start().starts_with("```");
        let codes: Vec<&str> = match fenced {
            true => vec![line],
            false => line.split('`').skip(1).step_by(2).collect(),
        };
        for code in codes.iter().flat_map(|code| code.split(&start).skip(1)) {
            let arguments = arguments(code);
            // `COMMAND` stands for any.
            let is_name = |first: &String| !first.starts_with(|c: char| c.is_ascii_uppercase());
            if arguments.first().is_some_and(is_name) {
                mentions.push(Mention {
                    file: file.to_owned(),
                    line: index + 1,
                    arguments,
                });
            }
        }
    }
    mentions
}

/// Returns the arguments up to the end of the command.
fn arguments(code: &str) -> Vec<String> {
    let mut arguments = Vec::new();
    let mut rest = code.trim_start();
    while let Some(first) = rest.chars().next() {
        let (argument, after) = match first {
            '\'' | '"' => rest[1..].split_once(first).unwrap_or((&rest[1..], "")),
            _ => rest.split_once(' ').unwrap_or((rest, "")),
        };
        let is_end = |c: char| "#|&;>…[\\".contains(c);
        if argument.starts_with(is_end) || argument == "--" {
            break;
        }
        let whole = argument.trim_end_matches([';', ',']);
        arguments.push(whole.to_owned());
        if whole != argument {
            break;
        }
        rest = after.trim_start();
    }
    arguments
}

/// Finds commands and options of `cargo purlin` in Markdown files that the program does not have.
pub(crate) fn check(program: &Path) -> Result<()> {
    let mut unknown = Vec::new();
    let mut known: BTreeSet<Vec<String>> = BTreeSet::new();
    for mention in mentions("cargo purlin")? {
        if known.insert(mention.arguments.clone()) && !exists(program, &mention.arguments) {
            unknown.push(mention.to_string());
        }
    }
    ensure!(
        unknown.is_empty(),
        "`cargo purlin` has no such commands or options:\n{}",
        unknown.join("\n")
    );
    Ok(())
}

/// Whether the help of a command names all options; what is no option may be a subcommand.
fn exists(program: &Path, arguments: &[String]) -> bool {
    let is_name = |it: &&String| it.chars().all(|c| c.is_ascii_lowercase() || c == '-');
    let names: Vec<&String> = arguments
        .iter()
        .take_while(|it| !it.starts_with('-'))
        .take_while(is_name)
        .collect();
    let help = |names: &[&String]| Cmd::new(program).args(names).arg("--help").try_read();
    // `new demo` has a name that is no subcommand.
    let help = match (help(&names), names.split_last()) {
        (Some(help), _) => Some(help),
        (None, Some((_, fewer))) if !fewer.is_empty() => help(fewer),
        (None, _) => None,
    };
    let options = arguments.iter().filter(|it| it.starts_with("--"));
    let mut options = options.map(|option| option.split('=').next().unwrap_or_default());
    // Those of the service's own program come after `[ARGUMENTS]...`.
    help.is_some_and(|help| help.contains("[ARGUMENTS]...") || options.all(|it| help.contains(it)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_found_in_code() {
        let text = "Run `cargo xtask tidy --terms PATH`, not cargo xtask nothing.\n\
            ```sh\ncargo xtask ci 'fuzz corpus' # slow\n  cargo xtask dist && cargo xtask up; true\n```\n`cargo xtask bench …`\n";
        let found: Vec<_> = in_text("cargo xtask", "a.md", text)
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(
            found,
            [
                "a.md:1: tidy --terms PATH",
                "a.md:3: ci fuzz corpus",
                "a.md:4: dist",
                "a.md:4: up",
                "a.md:6: bench",
            ]
        );
    }
}
