//! Commands of `cargo xtask` that are named in other files, compared with the command line.
//!
//! The tests of xtask call this for the workflows; it works for any text in which a command ends with its line, or with what
//! ends a command in a shell.

use clap::{Command, CommandFactory as _};

use crate::{Cli, ci};

/// Finds the commands `cargo xtask …` in a text that do not exist, with the number of their line.
pub(crate) fn unknown(text: &str) -> Vec<(usize, String)> {
    let mut unknown = Vec::new();
    for (number, line) in text.lines().enumerate() {
        for rest in line.split("cargo xtask ").skip(1) {
            let command = rest
                .split(['`', '|', '&', ';', '#', '>', '<', '"', ')'])
                .next();
            if let Some(why) = command.and_then(|command| fault(command.split_whitespace())) {
                unknown.push((number + 1, why));
            }
        }
    }
    unknown
}

/// Returns why the command line would reject these arguments; values and placeholders are not looked at.
fn fault<'a>(mut arguments: impl Iterator<Item = &'a str>) -> Option<String> {
    let root = Cli::command();
    let mut command = &root;
    let first = arguments.next()?;
    if matches!(first, "help" | "COMMAND" | "--help") {
        return None;
    }
    match command.find_subcommand(first) {
        Some(found) => command = found,
        None => return Some(format!("there is no command `cargo xtask {first}`")),
    }
    for argument in arguments {
        if let Some(flag) = argument.strip_prefix("--") {
            let flag = flag.split('=').next().unwrap_or_default();
            if !flag.is_empty() && flag != "help" && !has_flag(command, flag) {
                return Some(format!("`{}` has no option --{flag}", path(first, command)));
            }
        } else if let Some(found) = command.find_subcommand(argument) {
            command = found;
        } else if first == "ci" && !ci::has_check(argument) {
            return Some(format!("`cargo xtask ci` has no check `{argument}`"));
        }
    }
    None
}

fn has_flag(command: &Command, flag: &str) -> bool {
    let mut long = command.get_arguments().filter_map(|it| it.get_long());
    long.any(|long| long == flag)
}

fn path(first: &str, command: &Command) -> String {
    match command.get_name() {
        name if name == first => format!("cargo xtask {first}"),
        name => format!("cargo xtask {first} … {name}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_that_exist_are_accepted() {
        let text = "cargo xtask fmt --check && cargo xtask ci deny tidy\n`cargo xtask contract check`, `cargo xtask help`\n";
        assert_eq!(unknown(text), []);
    }

    #[test]
    fn commands_options_and_checks_that_do_not_exist_are_found() {
        let text = "cargo xtask fnt\ncargo xtask fmt --chek # --check\ncargo xtask contract check --quickly\ncargo xtask ci dny\n";
        let found = unknown(text);
        let lines: Vec<_> = found.iter().map(|(line, _)| *line).collect();
        assert_eq!(lines, [1, 2, 3, 4], "{found:?}");
    }
}
