//! What the archive of a published crate contains: licences, a README whose links lead somewhere, everything that its sources
//! include, and nothing that users do not need.

use std::path::{Component, Path, PathBuf};

use anyhow::Result;
use fs_err as fs;

use super::Package;
use crate::run::root;

/// The files that every crate has.
const REQUIRED: &[&str] = &["LICENSE-APACHE", "LICENSE-MIT", "README.md"];

/// The folders that an archive may have.
const FOLDERS: &[&str] = &["assets", "examples", "guide", "src"];

/// Checks the files of an archive.
pub(super) fn check(package: &Package, files: &[String]) -> Result<Vec<String>> {
    let mut findings = names(files);
    let folder = root().join(&package.folder);
    let contains = |path: &Path| files.iter().any(|file| Path::new(file) == path);
    for file in files.iter().filter(|file| file.ends_with(".rs")) {
        let text = fs::read_to_string(folder.join(file))?;
        for included in included(&text) {
            let path = normalize(&Path::new(file).with_file_name("").join(included));
            if !path.as_deref().is_some_and(contains) {
                findings.push(format!(
                    "{file} includes {included}, which is not in its archive"
                ));
            }
        }
    }
    let readme = fs::read_to_string(folder.join("README.md"))?;
    for link in links(&readme) {
        // `tidy` checks that addresses of files of this repository exist.
        if !link.contains("://") && !link.starts_with('#') {
            findings.push(format!(
                "the link {link} of its README leads nowhere on crates.io"
            ));
        }
    }
    Ok(findings)
}

fn names(files: &[String]) -> Vec<String> {
    let missing = |name: &&&str| !files.iter().any(|file| file == **name);
    let missing = REQUIRED.iter().filter(missing);
    let missing = missing.map(|name| format!("its archive has no {name}"));
    let is_needless = |file: &&String| {
        let folder = file.split_once('/').map(|(folder, _)| folder);
        folder.is_some_and(|folder| !FOLDERS.contains(&folder))
    };
    let needless = files.iter().filter(is_needless);
    let needless = needless.map(|file| format!("its archive has {file}, which no user needs"));
    missing.chain(needless).collect()
}

/// Returns the paths that `include_str!` and `include_bytes!` name, except in items that only the tests of the repository have:
/// those with the attribute `#[cfg(doctest)]`.
fn included(text: &str) -> impl Iterator<Item = &str> {
    ["include_str!(\"", "include_bytes!(\""]
        .into_iter()
        .flat_map(|open| {
            text.match_indices(open)
                .map(|(at, open)| (at, at + open.len()))
        })
        .filter(|(at, _)| {
            !text[..*at]
                .trim_end_matches("#[doc = ")
                .ends_with("#[cfg(doctest)]\n")
        })
        .filter_map(|(_, path)| text[path..].split('"').next())
}

/// Resolves `..` in a path without looking at the file system; nothing above its beginning.
fn normalize(path: &Path) -> Option<PathBuf> {
    let mut normal = PathBuf::new();
    for component in path.components() {
        match component {
            Component::ParentDir => normal.pop().then_some(())?,
            other => normal.push(other),
        }
    }
    Some(normal)
}

/// Returns the targets of the links of a Markdown text, `[text](target)` and `[text]: target`.
fn links(text: &str) -> impl Iterator<Item = &str> {
    let inline = text.split("](").skip(1);
    let inline = inline.filter_map(|rest| rest.split([')', ' ']).next());
    let named = text.lines().filter_map(|line| {
        let (_, target) = line.strip_prefix('[')?.split_once("]: ")?;
        Some(target.trim())
    });
    inline.chain(named)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn licences_and_readme_are_required_and_tests_are_needless() {
        let files = ["LICENSE-MIT", "src/lib.rs", "tests/it/main.rs"].map(str::to_owned);
        assert_eq!(
            names(&files),
            [
                "its archive has no LICENSE-APACHE",
                "its archive has no README.md",
                "its archive has tests/it/main.rs, which no user needs"
            ]
        );
    }

    #[test]
    fn included_files_are_found_and_resolved() {
        let text = r#"a(include_str!("../README.md")) #[doc = include_bytes!("x/y.png")]
            #[cfg(doctest)]
#[doc = include_str!("../../../README.md")]"#;
        assert_eq!(
            included(text).collect::<Vec<_>>(),
            ["../README.md", "x/y.png"]
        );
        let resolve = |path: &str| normalize(&Path::new("src/docs").join(path));
        assert_eq!(resolve("../../README.md"), Some("README.md".into()));
        assert_eq!(resolve("../../../README.md"), None);
    }

    #[test]
    fn links_of_both_kinds_are_found() {
        let text = "[a](x.md) and [b](https://x.example \"title\")\n[c]: ../y.md\n";
        assert_eq!(
            links(text).collect::<Vec<_>>(),
            ["x.md", "https://x.example", "../y.md"]
        );
    }
}
