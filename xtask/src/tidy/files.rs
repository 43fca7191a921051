//! Rules about one file at a time, each a function from its path and text to findings.

use super::Finding;
use crate::run::root;

/// About 400 lines is what one concept takes; beyond this a file is about two.
const MOST_LINES: usize = 450;

/// Folders that exist on somebody's machine only. Split, so that this file does not break its own rule.
const MACHINE_PATHS: &[&str] = &[
    concat!("/wo", "rk/"),
    concat!("/ro", "ot/"),
    concat!("/ho", "me/"),
];

/// Words that mark work left undone, in a comment.
const LEFTOVERS: &[&str] = &[
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
    concat!("XX", "X"),
];

type Rule = fn(&str, &str, &mut Vec<Finding>);

const RULES: &[Rule] = &[length, module_doc, machine_paths, leftovers, links];

/// Holds one file against every rule.
pub(super) fn check(path: &str, text: &str, findings: &mut Vec<Finding>) {
    for rule in RULES {
        rule(path, text, findings);
    }
}

fn found(file: &str, line: usize, words: String) -> Finding {
    Finding {
        file: file.to_owned(),
        line,
        words,
    }
}

/// Sources people read; what compile-fail tests feed to the compiler are data.
fn is_source(path: &str) -> bool {
    path.ends_with(".rs") && !path.contains("/tests/compile_fail/")
}

fn length(path: &str, text: &str, findings: &mut Vec<Finding>) {
    let lines = text.lines().count();
    if is_source(path) && lines > MOST_LINES {
        let words = format!("{lines} lines: split it, {MOST_LINES} are the most");
        findings.push(found(path, lines, words));
    }
}

fn module_doc(path: &str, text: &str, findings: &mut Vec<Finding>) {
    let first = text
        .lines()
        .find(|line| !line.trim().is_empty())
        .unwrap_or_default();
    if is_source(path) && !first.starts_with("//!") {
        let words = "say in a `//!` comment at the top what lives here and what does not";
        findings.push(found(path, 1, words.to_owned()));
    }
}

fn machine_paths(path: &str, text: &str, findings: &mut Vec<Finding>) {
    each(text, MACHINE_PATHS, |line, text, subject| {
        // Only where a path begins: `user/work/x` and `https://host/work/` are nobody's machine.
        let starts = |(at, _): (usize, &str)| {
            let before = text[..at].chars().next_back();
            !before.is_some_and(|c| c.is_alphanumeric() || "._-/}".contains(c))
        };
        if text.match_indices(subject).any(starts) {
            findings.push(found(
                path,
                line,
                format!("`{subject}` is a folder of one machine"),
            ));
        }
    });
}

fn leftovers(path: &str, text: &str, findings: &mut Vec<Finding>) {
    if !is_source(path) {
        return;
    }
    each(text, LEFTOVERS, |line, text, word| {
        let comment = text.split_once("//").map_or("", |(_, comment)| comment);
        let whole = |(at, _): (usize, &str)| {
            let letter = |c: char| c.is_alphanumeric() || c == '_';
            !comment[..at].ends_with(letter) && !comment[at + word.len()..].starts_with(letter)
        };
        if comment.match_indices(word).any(whole) {
            findings.push(found(
                path,
                line,
                format!("`{word}`: do it, or open an issue"),
            ));
        }
    });
}

/// Relative links of Markdown files must lead to a file.
fn links(path: &str, text: &str, findings: &mut Vec<Finding>) {
    let Some(folder) = path
        .ends_with(".md")
        .then(|| path.rsplit_once('/').map_or("", |(folder, _)| folder))
    else {
        return;
    };
    let mut fenced = false;
    for (number, line) in text.lines().enumerate() {
        fenced ^= line.trim_start().starts_with("```");
        for link in line
            .split("](")
            .skip(1)
            .filter_map(|rest| rest.split(')').next())
        {
            let target = link.split(['#', ' ']).next().unwrap_or_default();
            let elsewhere = target.is_empty() || target.contains(':') || target.starts_with('/');
            if !fenced && !elsewhere && !root().join(folder).join(target).exists() {
                findings.push(found(
                    path,
                    number + 1,
                    format!("the link to `{target}` leads nowhere"),
                ));
            }
        }
    }
}

fn each(text: &str, words: &[&'static str], mut see: impl FnMut(usize, &str, &'static str)) {
    for (number, line) in text.lines().enumerate() {
        for word in words.iter().filter(|word| line.contains(**word)) {
            see(number + 1, line, word);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(path: &str, text: &str) -> Vec<String> {
        let mut findings = Vec::new();
        check(path, text, &mut findings);
        findings.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_tidy_file_is_left_in_peace() {
        assert_eq!(
            words("crates/a/src/lib.rs", "//! What lives here.\nfn f() {}\n"),
            [""; 0]
        );
    }

    #[test]
    fn a_source_without_a_module_doc_is_found() {
        assert_eq!(words("crates/a/src/lib.rs", "fn f() {}\n").len(), 1);
        assert_eq!(
            words("crates/a/tests/compile_fail/f.rs", "fn f() {}\n"),
            [""; 0]
        );
    }

    #[test]
    fn a_long_source_is_found() {
        let long = format!("//! Long.\n{}", "\n".repeat(MOST_LINES));
        assert_eq!(
            words("a.rs", &long),
            ["a.rs:451: 451 lines: split it, 450 are the most"]
        );
        assert_eq!(words("a.json", &long), [""; 0]);
    }

    #[test]
    fn a_folder_of_one_machine_is_found_and_a_web_address_is_not() {
        let text = MACHINE_PATHS
            .iter()
            .map(|path| format!("see {path}x\nhttps://a.example{path}x\n"));
        let found = words("a.md", &text.collect::<String>());
        assert_eq!(found.len(), MACHINE_PATHS.len(), "{found:?}");
    }

    #[test]
    fn unfinished_work_is_found_as_a_whole_word() {
        let text = format!(
            "//! Doc.\n// {}: later\n// M{}S\n",
            LEFTOVERS[0], LEFTOVERS[0]
        );
        assert_eq!(words("a.rs", &text).len(), 1);
    }

    #[test]
    fn a_dead_link_is_found() {
        let text = "[a](Cargo.toml) [b](https://x.example) [c](#here) [d](nowhere.md#x)\n";
        assert_eq!(
            words("a.md", text),
            ["a.md:1: the link to `nowhere.md` leads nowhere"]
        );
    }
}
