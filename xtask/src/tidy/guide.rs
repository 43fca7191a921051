//! The pages of the guide are read in the repository and, as modules of purlin-app, on docs.rs, where a link to another file
//! leads nowhere.
//!
//! So a page has reference links only, whose labels are their targets: `[text][errors.md#codes]`. The definitions at its end lead
//! to files; those in [`RUSTDOC_LINKS`], which precede each page in rustdoc, lead to modules and to the repository. Of two
//! definitions of a label the first counts (CommonMark 0.31, section 4.7). `cargo xtask tidy --write-links` writes both.

use std::collections::BTreeSet;

use anyhow::Result;
use fs_err as fs;

use super::{
    Finding,
    links::{REPOSITORY, RUSTDOC_LINKS, definition, inline, prose, references},
};
use crate::run::root;

const PAGES: &str = "docs/guide/";
const MODULES: &str = "crates/app/src/guide/mod.rs";

/// Finds links that would lead nowhere in rustdoc, and pages that are no module.
pub(super) fn check(files: &[(String, String)], findings: &mut Vec<Finding>) {
    let mut report = |file: &str, line: usize, message: String| {
        findings.push(Finding {
            file: file.to_owned(),
            line,
            message,
        });
    };
    let text_of = |path: &str| {
        let mut found = files.iter().filter(|(file, _)| file == path);
        found.next().map_or("", |(_, text)| text.as_str())
    };
    let modules = text_of(MODULES);
    for (path, text) in pages(files) {
        let name = path.trim_start_matches(PAGES);
        if !modules.contains(&format!("/guide/{name}\")")) {
            report(path, 1, format!("the page is no module in {MODULES}"));
        }
        for (line, prose) in prose(text) {
            for target in inline(&prose)
                .into_iter()
                .filter(|target| is_relative(target))
            {
                let message =
                    format!("write `[text][{target}]`, and run `cargo xtask tidy --write-links`");
                report(path, line, message);
            }
        }
        if with_definitions(text) != *text {
            let message = "the definitions of links at its end are not those it uses: run `cargo xtask tidy --write-links`";
            report(path, 1, message.to_owned());
        }
    }
    if rustdoc_links(files) != text_of(RUSTDOC_LINKS) {
        let message =
            "it does not have the links of the pages: run `cargo xtask tidy --write-links`";
        report(RUSTDOC_LINKS, 1, message.to_owned());
    }
}

/// Writes the definitions of all links.
pub(super) fn write(files: &[(String, String)]) -> Result<()> {
    for (path, text) in pages(files) {
        fs::write(root().join(path), with_definitions(text))?;
    }
    fs::write(root().join(RUSTDOC_LINKS), rustdoc_links(files))?;
    Ok(())
}

fn pages(files: &[(String, String)]) -> impl Iterator<Item = &(String, String)> {
    files
        .iter()
        .filter(|(path, _)| path.starts_with(PAGES) && path.ends_with(".md"))
}

/// Whether a target is a file of the repository, and not a heading of the same page.
fn is_relative(target: &str) -> bool {
    !target.contains(':') && !target.starts_with('#')
}

/// The files that a page refers to.
fn targets(text: &str) -> BTreeSet<String> {
    let lines = prose(text).filter(|(_, line)| definition(line).is_none());
    let labels = lines.flat_map(|(_, line)| {
        let labels = references(&line).into_iter().map(str::to_owned);
        labels.collect::<Vec<_>>()
    });
    labels
        .filter(|label| label.contains(".md") || label.contains('/'))
        .collect()
}

/// Returns a page with the definitions of the files that it refers to at its end, before those of other sites.
fn with_definitions(text: &str) -> String {
    let is_ours = |line: &str| definition(line).is_some_and(|(label, target)| label == target);
    let is_theirs = |line: &str| definition(line).is_some() && !is_ours(line);
    let mut lines: Vec<&str> = text.lines().collect();
    let mut theirs = Vec::new();
    while let Some(last) = lines.pop_if(|line| line.is_empty() || definition(line).is_some()) {
        theirs.extend(is_theirs(last).then_some(last));
    }
    theirs.reverse();
    let mut page = lines.join("\n");
    page.push('\n');
    let targets = targets(text);
    if !targets.is_empty() || !theirs.is_empty() {
        page.push('\n');
    }
    for target in targets {
        page.push_str(&format!("[{target}]: {target}\n"));
    }
    for line in theirs {
        page.push_str(line);
        page.push('\n');
    }
    page
}

/// Returns the definitions for rustdoc.
fn rustdoc_links(files: &[(String, String)]) -> String {
    let targets: BTreeSet<String> = pages(files).flat_map(|(_, text)| targets(text)).collect();
    let lines = targets.iter().map(|target| {
        let leads_to = match target.strip_prefix("../") {
            Some(path) => match path.strip_prefix("../") {
                Some(path) => format!("{REPOSITORY}{path}"),
                None => format!("{REPOSITORY}docs/{path}"),
            },
            None => {
                let (file, fragment) = target.split_once('#').unwrap_or((target, ""));
                let module = file.trim_end_matches(".md").replace('-', "_");
                let hash = if fragment.is_empty() { "" } else { "#" };
                format!("crate::guide::{module}{hash}{fragment}")
            }
        };
        format!("[{target}]: {leads_to}\n")
    });
    lines.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(page: &str) -> Vec<(String, String)> {
        let links = rustdoc_links(&[("docs/guide/a.md".to_owned(), page.to_owned())]);
        let modules = "#[doc = include_str!(\"../../guide/a.md\")]\nmod a {}\n";
        vec![
            ("docs/guide/a.md".to_owned(), page.to_owned()),
            (MODULES.to_owned(), modules.to_owned()),
            (RUSTDOC_LINKS.to_owned(), links),
        ]
    }

    fn found(files: &[(String, String)]) -> Vec<String> {
        let mut findings = Vec::new();
        check(files, &mut findings);
        findings.iter().map(ToString::to_string).collect()
    }

    const PAGE: &str = "# A\n[x][b-c.md#d] [y][../e.md] [z][../../f/g.rs] [w][site] [v](#a)\n\n\
        [../../f/g.rs]: ../../f/g.rs\n[../e.md]: ../e.md\n[b-c.md#d]: b-c.md#d\n[site]: https://x.example\n";

    #[test]
    fn links_lead_to_modules_and_to_the_repository() {
        assert_eq!(found(&files(PAGE)), [""; 0]);
        let expected = "[../../f/g.rs]: https://github.com/purlin-rs/purlin/blob/main/f/g.rs\n\
            [../e.md]: https://github.com/purlin-rs/purlin/blob/main/docs/e.md\n\
            [b-c.md#d]: crate::guide::b_c#d\n";
        assert_eq!(files(PAGE)[2].1, expected);
    }

    #[test]
    fn definitions_are_written() {
        let page = "# A\n[x][b-c.md#d] [y][../e.md] [z][../../f/g.rs] [w][site] [v](#a)\n\n[unused.md]: unused.md\n[site]: https://x.example\n";
        assert_eq!(with_definitions(page), PAGE);
        assert_eq!(found(&files(page)).len(), 1);
        assert_eq!(with_definitions("# A\n"), "# A\n");
    }

    #[test]
    fn what_rustdoc_would_not_find_is_found() {
        assert_eq!(found(&files("# A\n[x](b.md)\n")).len(), 1, "inline link");
        let mut other = files(PAGE);
        other[1].1.clear();
        other[2].1.clear();
        assert_eq!(found(&other).len(), 2, "no module, other definitions");
    }
}
