//! Paths of the repository that are named in back ticks must exist, in Markdown files and in `//!` comments.
//!
//! A name counts as a path if it begins with a folder of the repository or of a crate, or ends with `.rs`. It may be
//! relative to the repository, to `crates/`, to the folder of the file, or to any folder of the repository.

use std::collections::BTreeSet;

use super::Finding;

/// The folders that a path within a crate begins with.
const CRATE_FOLDERS: &[&str] = &["src", "tests", "examples", "benches"];

/// Paths that exist on the reader's machine only.
const UNTRACKED: &[&str] = &["deploy/.env", "deploy/private", "docs/contract/ignore.toml"];

/// The files and folders of the repository.
pub(super) struct Known {
    /// Files and folders, the latter without a slash at their end.
    paths: BTreeSet<String>,
    /// The folders in the root, and those in `crates`.
    roots: BTreeSet<String>,
}

impl Known {
    pub(super) fn new<'p>(files: impl Iterator<Item = &'p str>) -> Self {
        let mut known = Self {
            paths: BTreeSet::new(),
            roots: BTreeSet::new(),
        };
        for file in files {
            known.paths.insert(file.to_owned());
            known.paths.extend(
                file.match_indices('/')
                    .map(|(end, _)| file[..end].to_owned()),
            );
            let mut parts = file.split('/');
            if let (Some(first), Some(second)) = (parts.next(), parts.next()) {
                known.roots.insert(first.to_owned());
                if first == "crates" {
                    known.roots.insert(second.to_owned());
                }
            }
        }
        known
    }

    /// Finds the names of files and folders that do not exist.
    pub(super) fn check(&self, path: &str, text: &str, findings: &mut Vec<Finding>) {
        let is_markdown = path.ends_with(".md");
        if !is_markdown && !path.ends_with(".rs") || path == "CHANGELOG.md" {
            return;
        }
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let mut fenced = false;
        for (number, line) in text.lines().enumerate() {
            let prose = match is_markdown {
                true => line,
                false => line.trim_start().strip_prefix("//!").unwrap_or_default(),
            };
            fenced ^= prose.trim_start().starts_with("```");
            if fenced {
                continue;
            }
            for name in prose.split('`').skip(1).step_by(2).flat_map(expand) {
                if self.is_claim(&name) && !self.exists(folder, name.trim_end_matches('/')) {
                    findings.push(Finding {
                        file: path.to_owned(),
                        line: number + 1,
                        message: format!("there is no `{name}` in this repository"),
                    });
                }
            }
        }
    }

    /// Whether a name in back ticks claims to be a path of this repository.
    fn is_claim(&self, name: &str) -> bool {
        let is_part = |part: &str| {
            let is_legal = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
            !part.is_empty() && part.chars().all(is_legal)
        };
        let mut parts = name.trim_end_matches('/').split('/');
        // `docs/contract/API/VERSION.json` stands for many files.
        let is_placeholder = |part: &str| {
            let stem = part.split('.').next().unwrap_or_default();
            stem.len() > 1 && stem.chars().all(|c| c.is_ascii_uppercase()) && !part.ends_with(".md")
        };
        if name.starts_with('/')
            || !parts.clone().all(is_part)
            || parts.clone().any(is_placeholder)
            || UNTRACKED.iter().any(|path| name.starts_with(path))
        {
            return false;
        }
        let (first, second) = (parts.next().unwrap_or_default(), parts.next());
        let is_source = name.ends_with(".rs") && name.len() > ".rs".len();
        let is_in_crate = second.is_some_and(|second| CRATE_FOLDERS.contains(&second));
        let is_top = ["crates", "docs", "xtask", "deploy", ".ci"].contains(&first);
        is_source || (self.roots.contains(first) && (is_in_crate || (is_top && second.is_some())))
    }

    fn exists(&self, folder: &str, name: &str) -> bool {
        let end = format!("/{name}");
        self.paths.contains(name)
            || self.paths.contains(&format!("{folder}{end}"))
            || self
                .paths
                .iter()
                // A file of the services that `cargo purlin new` writes is here as a template.
                .map(|path| path.strip_suffix(".jinja").unwrap_or(path))
                .any(|path| path.ends_with(&end))
    }
}

/// `src/{a,b}.rs` is `src/a.rs` and `src/b.rs`.
fn expand(name: &str) -> Vec<String> {
    let braces = name.split_once('{').and_then(|(before, rest)| {
        let (inside, after) = rest.split_once('}')?;
        Some((before, inside, after))
    });
    match braces {
        Some((before, inside, after)) if name.contains('/') => inside
            .split(',')
            .map(|part| format!("{before}{}{after}", part.trim()))
            .collect(),
        _ => vec![name.to_owned()],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> Vec<String> {
        let files = [
            "docs/a.md",
            "crates/app/src/lib.rs",
            "crates/app/src/settings/mod.rs",
            "xtask/src/main.rs",
            "crates/cli/src/new/store.rs.jinja",
        ];
        let mut findings = Vec::new();
        Known::new(files.into_iter()).check(path, text, &mut findings);
        findings
            .into_iter()
            .map(|finding| finding.message)
            .collect()
    }

    #[test]
    fn paths_that_exist_are_accepted() {
        let text = "`docs/a.md` `crates/app` `app/src/{lib,settings/mod}.rs` `settings/mod.rs` `lib.rs` `xtask/src/` `store.rs`";
        assert_eq!(found("docs/a.md", text), [""; 0]);
    }

    #[test]
    fn paths_that_do_not_exist_are_found() {
        for name in [
            "docs/b.md",
            "app/src/cli.rs",
            "cli.rs",
            "crates/mcp/src",
            "xtask/nothing/",
        ] {
            assert_eq!(
                found("docs/a.md", &format!("See `{name}`.")).len(),
                1,
                "{name}"
            );
            let comment = format!("//! See `{name}`.\n");
            assert_eq!(found("crates/app/src/lib.rs", &comment).len(), 1, "{name}");
        }
    }

    #[test]
    fn other_text_in_back_ticks_is_no_path() {
        let text = "`application/json` `/docs/x.rs` `GET /docs` `app/json` `a{b,c}` `https://docs/x.rs` `docs/API/VERSION.json`";
        assert_eq!(found("docs/a.md", text), [""; 0]);
        assert_eq!(found("docs/a.md", "```\n`cli.rs`\n```\n"), [""; 0]);
    }
}
