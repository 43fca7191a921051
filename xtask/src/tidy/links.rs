//! Links to files of this repository must lead to a file, and to a heading of it: relative ones of Markdown files, and those with
//! the address of the repository, also in doc comments.
//!
//! Inline links and reference links are read, outside of code. [`references`] is used by the rules of the guide as well.

use std::collections::BTreeMap;

use super::Finding;
use crate::run::root;

/// The definitions that precede each page of the guide in rustdoc.
pub(super) const RUSTDOC_LINKS: &str = "crates/app/src/guide/links.md";

/// Where the files of the repository are shown.
pub(super) const REPOSITORY: &str = "https://github.com/purlin-rs/purlin/blob/main/";

/// The headings of every Markdown file, as the fragments that lead to them.
pub(super) struct Links(BTreeMap<String, Vec<String>>);

impl Links {
    /// Takes the files with their text.
    pub(super) fn new(files: &[(String, String)]) -> Self {
        let pages = files.iter().filter(|(path, _)| path.ends_with(".md"));
        Self(
            pages
                .map(|(path, text)| (path.clone(), fragments(text)))
                .collect(),
        )
    }

    /// Finds links to files and headings that do not exist, and references that are not defined.
    pub(super) fn check(&self, path: &str, text: &str, findings: &mut Vec<Finding>) {
        if path.ends_with(".rs") {
            self.check_doc_comments(path, text, findings);
        }
        if !path.ends_with(".md") || path == RUSTDOC_LINKS {
            return;
        }
        let definitions: Vec<(&str, &str)> = text.lines().filter_map(definition).collect();
        let mut report = |line: usize, message: String| {
            findings.push(Finding {
                file: path.to_owned(),
                line,
                message,
            });
        };
        for (number, line) in prose(text) {
            let inline = inline(&line);
            let defined = definition(&line).map(|(_, target)| target);
            for target in inline.into_iter().chain(defined) {
                if !self.exists(path, target) {
                    report(number, format!("the link to `{target}` is broken"));
                }
            }
            for label in references(&line) {
                if !definitions.iter().any(|(name, _)| *name == label) {
                    report(number, format!("the reference `{label}` is not defined"));
                }
            }
        }
    }

    /// Finds links to the repository that lead nowhere; rustdoc checks the others.
    fn check_doc_comments(&self, path: &str, text: &str, findings: &mut Vec<Finding>) {
        for (index, line) in text.lines().enumerate() {
            let line = line.trim_start();
            let is_doc = line.starts_with("//!") || line.starts_with("///");
            for target in inline(line) {
                if is_doc && target.starts_with(REPOSITORY) && !self.exists(path, target) {
                    findings.push(Finding {
                        file: path.to_owned(),
                        line: index + 1,
                        message: format!("the link to `{target}` is broken"),
                    });
                }
            }
        }
    }

    fn exists(&self, from: &str, target: &str) -> bool {
        if let Some(target) = target.strip_prefix(REPOSITORY) {
            return self.exists("", target);
        }
        if target.is_empty() || target.contains(':') || target.starts_with('/') {
            return true;
        }
        let (file, fragment) = target.split_once('#').unwrap_or((target, ""));
        let file = match file {
            "" => from.to_owned(),
            file => normal(from.rsplit_once('/').map_or("", |(folder, _)| folder), file),
        };
        match self.0.get(&file) {
            Some(fragments) => {
                fragment.is_empty() || fragments.iter().any(|known| known == fragment)
            }
            None => root().join(&file).exists(),
        }
    }
}

/// Returns a path without `..`, relative to the repository.
fn normal(folder: &str, path: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            ".." => {
                parts.pop();
            }
            "." | "" => {}
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// Returns the lines outside of fenced code with their numbers, and with the text of code spans removed.
pub(super) fn prose(text: &str) -> impl Iterator<Item = (usize, String)> {
    let mut fenced = false;
    text.lines().enumerate().filter_map(move |(index, line)| {
        let is_fence = line.trim_start().starts_with("```");
        fenced ^= is_fence;
        let outside = |line: &str| line.split('`').step_by(2).collect::<Vec<_>>().join("``");
        (!fenced && !is_fence).then(|| (index + 1, outside(line)))
    })
}

/// Returns the targets of `[text](target)`.
pub(super) fn inline(line: &str) -> Vec<&str> {
    let ends = line.split("](").skip(1);
    ends.filter_map(|rest| rest.split([')', ' ']).next())
        .collect()
}

/// Returns the labels of `[text][label]`.
pub(super) fn references(line: &str) -> Vec<&str> {
    let ends = line.split("][").skip(1);
    ends.filter_map(|rest| rest.split(']').next()).collect()
}

/// Returns the label and the target of `[label]: target`.
pub(super) fn definition(line: &str) -> Option<(&str, &str)> {
    let (label, target) = line.strip_prefix('[')?.split_once("]: ")?;
    (!label.contains(']')).then(|| (label, target.trim()))
}

/// Returns the fragments that lead to the headings of a page, as GitHub and rustdoc derive them.
fn fragments(text: &str) -> Vec<String> {
    let mut fragments: Vec<String> = Vec::new();
    let mut fenced = false;
    for line in text.lines() {
        fenced ^= line.trim_start().starts_with("```");
        let title = line.trim_start_matches('#');
        let is_heading = !fenced && title.len() < line.len() && title.starts_with(' ');
        if !is_heading {
            continue;
        }
        let kept = title
            .trim()
            .chars()
            .filter(|c| c.is_alphanumeric() || "-_ ".contains(*c));
        let slug: String = kept
            .flat_map(char::to_lowercase)
            .map(|c| if c == ' ' { '-' } else { c })
            .collect();
        let count = fragments
            .iter()
            .filter(|known| {
                **known == slug
                    || known
                        .strip_prefix(&format!("{slug}-"))
                        .is_some_and(|rest| rest.parse::<u32>().is_ok())
            })
            .count();
        fragments.push(match count {
            0 => slug,
            n => format!("{slug}-{n}"),
        });
    }
    fragments
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        let files = [
            ("docs/a.md".to_owned(), text.to_owned()),
            (
                "docs/guide/b.md".to_owned(),
                "# B\n## What `x` is: a test\n## Twice\n## Twice\n".to_owned(),
            ),
        ];
        let mut findings = Vec::new();
        Links::new(&files).check("docs/a.md", text, &mut findings);
        findings.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn links_that_lead_somewhere_are_accepted() {
        let text = "## Here\n[a](../Cargo.toml) [b](https://x.example) [c](#here) [d](guide/b.md#what-x-is-a-test)\n\
            [e](guide/b.md#twice-1) `[f](nowhere.md)`\n```\n[g](nowhere.md)\n```\n[h][guide/b.md]\n\n[guide/b.md]: guide/b.md\n";
        assert_eq!(found(text), [""; 0]);
    }

    #[test]
    fn links_that_lead_nowhere_are_found() {
        for text in [
            "[a](nowhere.md#x)",
            "[a](#nowhere)",
            "[a](guide/b.md#nowhere)",
            "[a](guide/b.md#twice-2)",
            "[a][undefined]",
            "[a]: nowhere.md",
            "[a](https://github.com/purlin-rs/purlin/blob/main/docs/nowhere.md)",
            "[a](https://github.com/purlin-rs/purlin/blob/main/docs/guide/b.md#nowhere)",
        ] {
            assert_eq!(found(text).len(), 1, "{text}");
        }
    }

    #[test]
    fn links_to_the_repository_in_doc_comments_are_checked() {
        let page = ("docs/guide/b.md".to_owned(), "# B\n".to_owned());
        let links = Links::new(&[page]);
        let mut findings = Vec::new();
        let text = format!(
            "//! [a]({REPOSITORY}docs/guide/b.md#b) [b](self)\n/// [c]({REPOSITORY}docs/nowhere.md)\n"
        );
        links.check("crates/a/src/lib.rs", &text, &mut findings);
        let lines: Vec<_> = findings.iter().map(|finding| finding.line).collect();
        assert_eq!(lines, [2]);
    }
}
