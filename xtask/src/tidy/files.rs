//! Rules about one file at a time, each a function from its path and text to findings.

use super::Finding;

/// A file is cut by idea, at about 200 to 400 lines; one of this length holds several.
const MAX_LINES: usize = 800;

/// Folders that exist on one machine only. Split, so that this file does not violate its own rule.
const MACHINE_PATHS: &[&str] = &[
    concat!("/wo", "rk/"),
    concat!("/ro", "ot/"),
    concat!("/ho", "me/"),
];

/// Markers of unfinished work, in a comment.
const LEFTOVERS: &[&str] = &[
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
    concat!("XX", "X"),
];

type Rule = fn(&str, &str, &mut Vec<Finding>);

const RULES: &[Rule] = &[length, module_doc, machine_paths, leftovers];

/// Checks one file against every rule.
pub(super) fn check(path: &str, text: &str, findings: &mut Vec<Finding>) {
    for rule in RULES {
        rule(path, text, findings);
    }
}

fn found(file: &str, line: usize, message: String) -> Finding {
    Finding {
        file: file.to_owned(),
        line,
        message,
    }
}

/// Whether a file is a source; the inputs of compile-fail tests are data.
fn is_source(path: &str) -> bool {
    path.ends_with(".rs") && !path.contains("/tests/compile_fail/")
}

fn length(path: &str, text: &str, findings: &mut Vec<Finding>) {
    let lines = text.lines().count();
    if is_source(path) && lines > MAX_LINES {
        let message = format!("{lines} lines: split the file by idea, {MAX_LINES} is the limit");
        findings.push(found(path, lines, message));
    }
}

fn module_doc(path: &str, text: &str, findings: &mut Vec<Finding>) {
    let first = text
        .lines()
        .find(|line| !line.trim().is_empty())
        .unwrap_or_default();
    if is_source(path) && !first.starts_with("//!") {
        let message = "begin with a `//!` comment that describes the file";
        findings.push(found(path, 1, message.to_owned()));
    }
}

fn machine_paths(path: &str, text: &str, findings: &mut Vec<Finding>) {
    each(text, MACHINE_PATHS, |line, text, subject| {
        // Only where a path begins: `user/work/x` and `https://host/work/` are other paths.
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
                format!("`{word}`: finish it, or open an issue"),
            ));
        }
    });
}

fn each(text: &str, terms: &[&'static str], mut see: impl FnMut(usize, &str, &'static str)) {
    for (number, line) in text.lines().enumerate() {
        for term in terms.iter().filter(|term| line.contains(**term)) {
            see(number + 1, line, term);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(path: &str, text: &str) -> Vec<String> {
        let mut findings = Vec::new();
        check(path, text, &mut findings);
        findings.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_file_that_follows_the_rules_has_no_findings() {
        assert_eq!(
            findings("crates/a/src/lib.rs", "//! What lives here.\nfn f() {}\n"),
            [""; 0]
        );
    }

    #[test]
    fn a_source_without_a_module_doc_is_found() {
        assert_eq!(findings("crates/a/src/lib.rs", "fn f() {}\n").len(), 1);
        assert_eq!(
            findings("crates/a/tests/compile_fail/f.rs", "fn f() {}\n"),
            [""; 0]
        );
    }

    #[test]
    fn a_long_source_is_found() {
        let long = format!("//! Long.\n{}", "\n".repeat(MAX_LINES));
        assert_eq!(
            findings("a.rs", &long),
            ["a.rs:801: 801 lines: split the file by idea, 800 is the limit"]
        );
        assert_eq!(findings("a.json", &long), [""; 0]);
    }

    #[test]
    fn a_folder_of_one_machine_is_found_and_a_web_address_is_not() {
        let text = MACHINE_PATHS
            .iter()
            .map(|path| format!("see {path}x\nhttps://a.example{path}x\n"));
        let found = findings("a.md", &text.collect::<String>());
        assert_eq!(found.len(), MACHINE_PATHS.len(), "{found:?}");
    }

    #[test]
    fn unfinished_work_is_found_as_a_whole_word() {
        let text = format!(
            "//! Doc.\n// {}: later\n// M{}S\n",
            LEFTOVERS[0], LEFTOVERS[0]
        );
        assert_eq!(findings("a.rs", &text).len(), 1);
    }
}
