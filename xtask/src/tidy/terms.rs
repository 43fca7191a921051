//! Retired terms: names and phrases for which the project uses the standard term now. The list is
//! `xtask/tidy/terms.toml`.
//!
//! Phrases are matched without regard to case, in prose as well as in the parts of `snake_case` and `CamelCase` names,
//! and across line breaks of a comment. Identifiers are matched whole and in the case given.

use std::collections::{BTreeMap, HashSet};

use anyhow::{Result, anyhow};
use fs_err as fs;

use serde_json::Value;

use super::Finding;
use crate::run::root;

/// The list of terms.
const LIST: &str = "xtask/tidy/terms.toml";

/// The list itself, the changelog, which names what was renamed, and a text of others.
const UNCHECKED: &[&str] = &[LIST, "CHANGELOG.md", "CODE_OF_CONDUCT.md"];

/// The folders and files that are checked.
const CHECKED: &[&str] = &["crates/", "xtask/", "docs/", "deploy/", ".github/"];

/// The extensions that are checked: what people write, not what programs generate.
const EXTENSIONS: &[&str] = &[
    "rs", "md", "toml", "stderr", "sh", "yaml", "yml", "py", "mjs", "ts", "conf", "template", "txt",
];

/// A group of terms with the same replacement.
struct Group {
    /// Sequences of lower-case tokens.
    phrases: Vec<Vec<String>>,
    identifiers: Vec<String>,
    /// Names of files, or of folders with a slash at their end.
    files: Vec<String>,
    /// Path prefixes; anywhere if there are none.
    only_in: Vec<String>,
    /// Path prefixes and suffixes (`*.ts`) that are left out.
    not_in: Vec<String>,
    /// What to write instead.
    replacement: String,
}

/// The list of retired terms.
pub(super) struct Terms(Vec<Group>);

impl Terms {
    pub(super) fn read() -> Result<Self> {
        let path = root().join(LIST);
        let text = fs::read_to_string(&path)?;
        Self::parse(&text).map_err(|error| anyhow!("{LIST}: {error}"))
    }

    fn parse(text: &str) -> Result<Self, String> {
        let table: toml::Table = text.parse().map_err(|error| format!("{error}"))?;
        // As JSON, so that one set of accessors reads it.
        let table = serde_json::to_value(table).map_err(|error| error.to_string())?;
        let groups = table["term"].as_array().map(Vec::as_slice);
        groups
            .unwrap_or_default()
            .iter()
            .map(Group::parse)
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// Finds the terms in the name and the text of a file.
    pub(super) fn check(&self, path: &str, text: &str, findings: &mut Vec<Finding>) {
        let is_checked =
            CHECKED.iter().any(|folder| path.starts_with(folder)) || !path.contains('/');
        let extension = path.rsplit_once('.').map_or("", |(_, extension)| extension);
        if !is_checked || !EXTENSIONS.contains(&extension) || UNCHECKED.contains(&path) {
            return;
        }
        let tokens = tokens(text);
        // Most phrases and identifiers do not occur in a file: they are not looked for at every place in it.
        let occurring: HashSet<String> = tokens.iter().map(|token| token.word(text)).collect();
        let before = findings.len();
        for group in self.0.iter().filter(|group| group.applies_to(path)) {
            let mut add = |line: usize, term: &str| {
                findings.push(Finding {
                    file: path.to_owned(),
                    line,
                    message: format!("`{term}` is a retired term: {}", group.replacement),
                });
            };
            for name in group.files.iter().filter(|name| is_named(path, name)) {
                add(1, name);
            }
            let may_occur =
                |phrase: &&Vec<String>| phrase.iter().all(|word| occurring.contains(word));
            let phrases: Vec<_> = group.phrases.iter().filter(may_occur).collect();
            for (index, token) in tokens.iter().enumerate() {
                let mut phrases = phrases.iter();
                if let Some(phrase) =
                    phrases.find(|phrase| is_phrase(text, &tokens[index..], phrase))
                {
                    add(token.line, &phrase.join(" "));
                }
            }
            let names = group.identifiers.iter();
            let names: Vec<_> = names.filter(|name| text.contains(name.as_str())).collect();
            if names.is_empty() {
                continue;
            }
            for (line, text) in (1..).zip(text.lines()) {
                for word in text.split(|c: char| !is_word(c)) {
                    if names.iter().any(|name| *name == word) {
                        add(line, word);
                    }
                }
            }
        }
        findings[before..].sort_by_key(|finding| finding.line);
    }
}

impl Group {
    fn parse(value: &Value) -> Result<Self, String> {
        let list = |key: &str| -> Vec<String> {
            let values = value[key].as_array().map(Vec::as_slice).unwrap_or_default();
            values
                .iter()
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect()
        };
        let replacement = value["use"].as_str().ok_or("every term needs `use`")?;
        let split = |phrase: &String| phrase.split(' ').map(str::to_lowercase).collect();
        Ok(Self {
            phrases: list("phrases").iter().map(split).collect(),
            identifiers: list("identifiers"),
            files: list("files"),
            only_in: list("only_in"),
            not_in: list("not_in"),
            replacement: replacement.to_owned(),
        })
    }

    fn applies_to(&self, path: &str) -> bool {
        let matches = |pattern: &String| match pattern.strip_prefix('*') {
            Some(end) => path.ends_with(end),
            None => path.starts_with(pattern.as_str()),
        };
        (self.only_in.is_empty() || self.only_in.iter().any(matches))
            && !self.not_in.iter().any(matches)
    }
}

/// Prints how many findings there are in each folder.
pub(super) fn print_counts(findings: &[Finding]) {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for finding in findings {
        let parts: Vec<&str> = finding.file.split('/').collect();
        let folder = match parts.as_slice() {
            ["crates", name, part, _, ..] => format!("crates/{name}/{part}"),
            [folder, _, ..] => (*folder).to_owned(),
            _ => finding.file.clone(),
        };
        *counts.entry(folder).or_default() += 1;
    }
    for (folder, count) in &counts {
        println!("{count:6}  {folder}");
    }
    println!(
        "{:6}  in all; `cargo xtask tidy --terms PATH` lists those under a path",
        findings.len()
    );
}

/// A word of prose, or a part of an identifier.
struct Token {
    start: usize,
    end: usize,
    line: usize,
}

impl Token {
    /// Returns the token in lower case.
    fn word(&self, text: &str) -> String {
        let word = text[self.start..self.end].trim_matches(APOSTROPHES);
        word.to_ascii_lowercase()
    }
}

/// The apostrophes at the ends of a token are quotation marks.
const APOSTROPHES: [char; 2] = ['\'', '’'];

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

/// Splits a text into tokens; `snake_case` and `CamelCase` names into their parts.
fn tokens(text: &str) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::new();
    let mut line = 1;
    let mut open = false;
    let mut before = ' ';
    for (start, character) in text.char_indices() {
        if character == '\n' {
            line += 1;
        }
        let is_letter = character.is_alphanumeric() || matches!(character, '\'' | '’');
        let is_hump = character.is_uppercase() && before.is_lowercase();
        let end = start + character.len_utf8();
        match tokens.last_mut() {
            Some(token) if open && is_letter && !is_hump => token.end = end,
            _ if is_letter => tokens.push(Token { start, end, line }),
            _ => {}
        }
        open = is_letter;
        before = character;
    }
    tokens
}

/// Whether a phrase begins at the first of the tokens.
fn is_phrase(text: &str, tokens: &[Token], phrase: &[String]) -> bool {
    let Some(tokens) = tokens.get(..phrase.len()) else {
        return false;
    };
    let is_same = |(token, word): (&Token, &String)| {
        let token = text[token.start..token.end].trim_matches(APOSTROPHES);
        token.eq_ignore_ascii_case(word)
    };
    // Tokens of a phrase are separated by whitespace and by the characters that begin lines of comments.
    let is_gap = |pair: &[Token]| {
        let gap = &text[pair[0].end..pair[1].start];
        !gap.is_empty()
            && gap
                .chars()
                .all(|c| c.is_whitespace() || "/!*#>".contains(c))
    };
    let (Some(first), Some(last)) = (tokens.first(), tokens.last()) else {
        return false;
    };
    let is_part_of_name = text[..first.start].ends_with('_') || text[last.end..].starts_with('_');
    tokens.iter().zip(phrase).all(is_same)
        && tokens.windows(2).all(is_gap)
        && !(phrase.len() > 1 && is_part_of_name)
}

/// Whether a path has a file of that name, or a folder for a name with a slash.
fn is_named(path: &str, name: &str) -> bool {
    match name.strip_suffix('/') {
        Some(folder) => path.split('/').rev().skip(1).any(|part| part == folder),
        None => path.rsplit('/').next() == Some(name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(list: &str, path: &str, text: &str) -> Vec<(usize, String)> {
        let mut findings = Vec::new();
        Terms::parse(list).unwrap().check(path, text, &mut findings);
        let term = |finding: Finding| {
            let term = finding
                .message
                .split('`')
                .nth(1)
                .unwrap_or_default()
                .to_owned();
            (finding.line, term)
        };
        findings.into_iter().map(term).collect()
    }

    const PROSE: &str = "[[term]]\nphrases = [\"gizmo\", \"odd thing\"]\nuse = \"`part`\"\n";

    #[test]
    fn a_word_is_found_in_prose_and_in_the_parts_of_names() {
        let text = "Gizmo gizmos\nfn a_gizmo_b() {}\nstruct MyGizmoB;\ngizmology\n";
        let gizmo = |line| (line, "gizmo".to_owned());
        assert_eq!(
            found(PROSE, "crates/a/src/b.rs", text),
            [gizmo(1), gizmo(2), gizmo(3)]
        );
    }

    #[test]
    fn a_phrase_is_found_across_the_lines_of_a_comment_and_not_across_names() {
        let odd = |line| (line, "odd thing".to_owned());
        assert_eq!(found(PROSE, "docs/a.md", "An odd\nthing.\n"), [odd(1)]);
        assert_eq!(
            found(PROSE, "crates/a.rs", "/// An odd\n/// thing.\n"),
            [odd(1)]
        );
        assert_eq!(
            found(PROSE, "crates/a.rs", "let odd thing_b = odd_thing;\n"),
            []
        );
    }

    #[test]
    fn an_identifier_is_found_whole_and_in_its_case_where_it_is_retired() {
        let list = "[[term]]\nidentifiers = [\"Gizmo\"]\nonly_in = [\"crates/a/\"]\nnot_in = [\"*.ts\"]\nuse = \"`Part`\"\n";
        let text = "struct Gizmo; struct Gizmos; let gizmo = 1;\n";
        assert_eq!(found(list, "crates/a/b.rs", text).len(), 1);
        assert_eq!(found(list, "crates/b/b.rs", text), []);
        assert_eq!(found(list, "crates/a/b.ts", text), []);
    }

    #[test]
    fn names_of_files_and_folders_are_found() {
        let list = "[[term]]\nfiles = [\"gizmo.rs\", \"odd/\"]\nuse = \"`part.rs`\"\n";
        assert_eq!(found(list, "crates/a/gizmo.rs", "").len(), 1);
        assert_eq!(found(list, "crates/odd/part.rs", "").len(), 1);
        assert_eq!(found(list, "crates/part/odd.rs", ""), []);
    }

    #[test]
    fn generated_files_are_not_checked() {
        assert_eq!(found(PROSE, "Cargo.lock", "gizmo"), []);
        assert_eq!(found(PROSE, "crates/a/golden.json", "gizmo"), []);
    }
}
