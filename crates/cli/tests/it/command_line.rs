//! The command line of `cargo purlin`: its help, its usage errors and its completions.

use std::{path::Path, process::Command};

use fs_err as fs;

use crate::support::{Outcome, assert_golden, cargo_purlin};

/// cargo's own completion, and a function that completes a line.
const SETUP: &str = include_str!("completion.bash");

/// Returns the help of a command, and of the commands below it.
fn help(command: &[&str]) -> Vec<(String, String)> {
    let args: Vec<_> = command.iter().chain(&["--help"]).copied().collect();
    let outcome = Outcome::of(&mut cargo_purlin(&args));
    assert_eq!((outcome.status, outcome.errors.as_str()), (Some(0), ""));
    let text: Vec<_> = outcome.out.lines().map(str::trim_end).collect();
    let mut all = vec![(command.join("-"), format!("{}\n", text.join("\n")))];
    let lines = outcome
        .out
        .lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1);
    for line in lines.take_while(|line| !line.is_empty()) {
        // What continues the description of a command is indented further.
        if let Some(name) = line.strip_prefix("  ").and_then(|it| it.split(' ').next())
            && !name.is_empty()
            && name != "help"
        {
            let below: Vec<_> = command.iter().chain(&[name]).copied().collect();
            all.extend(help(&below));
        }
    }
    all
}

#[test]
fn help_of_every_command_is_as_reviewed() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/help");
    let all = help(&[]);
    assert!(all.len() > 8, "{all:?}");
    for (name, text) in &all {
        let name = if name.is_empty() {
            "cargo-purlin"
        } else {
            name
        };
        assert_golden(&folder.join(format!("{name}.txt")), text);
    }
    let names: Vec<_> = all.iter().map(|(name, _)| name.as_str()).collect();
    for file in fs::read_dir(&folder).unwrap() {
        let name = file.unwrap().file_name().into_string().unwrap();
        let name = name.trim_end_matches(".txt");
        assert!(
            name == "cargo-purlin" || names.contains(&name),
            "there is no command {name}"
        );
    }
}

#[test]
fn help_of_commands_that_do_something_has_examples() {
    let all = help(&[]);
    let leaves = all
        .iter()
        .filter(|(_, text)| !text.contains("\nCommands:\n"));
    for (name, text) in leaves {
        let parent = name.rsplit_once('-').map_or("", |(parent, _)| parent);
        let mut above = all
            .iter()
            .filter(|(other, _)| other == parent && !parent.is_empty());
        let has = |text: &str| text.contains("Examples:\n  ");
        assert!(
            has(text) || above.any(|(_, text)| has(text)),
            "{name} has no examples"
        );
    }
}

#[test]
fn help_is_a_command_and_an_option() {
    for command in [&["contract"][..], &["contract", "check"], &["new"]] {
        let args: Vec<_> = [&["help"], command].concat();
        let by_command = Outcome::of(&mut cargo_purlin(&args));
        let args: Vec<_> = [command, &["--help"]].concat();
        let by_option = Outcome::of(&mut cargo_purlin(&args));
        assert_eq!(by_command.status, Some(0), "{}", by_command.errors);
        assert_eq!(by_command.out, by_option.out);
    }
}

#[test]
fn usage_errors_exit_with_2_and_suggest_the_command_that_was_meant() {
    for (args, meant) in [
        (&["conract", "check"][..], "'contract'"),
        (&["contract", "chek"], "'check'"),
        (&["dist", "--lib", "gnu"], "'--libc'"),
        (&["dist", "--libc", "gnuu"], "'gnu'"),
        (&["new", "shop", "--databse", "none"], "'--database'"),
        (&["bench", "--pakage", "shop"], "'--package'"),
    ] {
        let outcome = Outcome::of(&mut cargo_purlin(args));
        assert_eq!(outcome.status, Some(2), "{args:?}");
        assert!(
            outcome.errors.contains(meant),
            "{args:?}: {}",
            outcome.errors
        );
    }
}

#[test]
fn bash_completes_the_command_of_cargo() {
    let folder = tempfile::tempdir().unwrap();
    let script = Outcome::of(&mut cargo_purlin(&["completions", "bash"]));
    assert_eq!(script.status, Some(0));
    let file = folder.path().join("completions");
    fs::write(&file, script.out).unwrap();
    let complete = |line: &str| {
        // As bash does when TAB is pressed at the end of the line.
        let bash = format!(
            "{SETUP} source {}; complete_line {line}; echo \"${{COMPREPLY[@]}}\"",
            file.display()
        );
        let outcome = Outcome::of(Command::new("bash").args(["--norc", "-c", &bash]));
        assert_eq!(outcome.errors, "", "{line}");
        outcome.out.trim().to_owned()
    };
    assert_eq!(complete("cargo purlin con"), "contract");
    assert_eq!(complete("cargo purlin contract b"), "bless");
    assert_eq!(complete("cargo purlin dist --libc m"), "musl");
    assert_eq!(complete("cargo build --rel"), "from-cargo");
}
