//! `cargo xtask tidy`: the rules of this repository that neither rustc, clippy nor rustfmt checks.
//!
//! Rules about one file are in `files`, about links in `links` and `guide`, about names of files in the text in `paths`, about
//! names of tests in `named_tests`, about crates and their dependencies in `crates`, about the tables of their features in
//! `features`, about dependencies between modules in `circles`, about terms in `terms`. This module gathers what they find and
//! prints all of it at once.

use std::fmt;

use anyhow::{Result, anyhow};
use fs_err as fs;

use crate::run::{cmd, root};

mod circles;
mod crates;
mod features;
mod files;
mod guide;
mod links;
mod named_tests;
mod paths;
mod terms;

/// What to check; everything without an option.
#[derive(Default, clap::Args)]
pub(crate) struct Options {
    /// Check only for circles of modules, those in files under PATH or all
    #[arg(long, value_name = "PATH", num_args = 0..=1, default_missing_value = "", conflicts_with = "terms")]
    circles: Option<String>,
    /// Check only for retired terms: those under PATH, or a count for each folder
    #[arg(long, value_name = "PATH", num_args = 0..=1, default_missing_value = "")]
    terms: Option<String>,
    /// Write the definitions of the guide's links: those at the end of its pages, and those for rustdoc
    #[arg(long, conflicts_with_all = ["circles", "terms"])]
    write_links: bool,
}

/// A violated rule: where, and what to do about it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    file: String,
    line: usize,
    message: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            file,
            line,
            message,
        } = self;
        write!(f, "{file}:{line}: {message}")
    }
}

/// Checks every file that git tracks or would add.
pub(crate) fn tidy(options: &Options) -> Result<()> {
    let mut findings = Vec::new();
    if let Some(folder) = &options.circles {
        circles::check(&mut findings)?;
        retain(&mut findings, folder);
        return print(&findings);
    }
    let files = text_files()?;
    if options.write_links {
        return guide::write(&files);
    }
    let terms = terms::Terms::read()?;
    if let Some(folder) = &options.terms {
        for (path, text) in &files {
            terms.check(path, text, &mut findings);
        }
        if folder.is_empty() {
            terms::print_counts(&findings);
            return Ok(());
        }
        retain(&mut findings, folder);
        return print(&findings);
    }
    let links = links::Links::new(&files);
    let known = paths::Known::new(files.iter().map(|(path, _)| path.as_str()));
    let functions = named_tests::Functions::new(
        files
            .iter()
            .map(|(path, text)| (path.as_str(), text.as_str())),
    );
    for (path, text) in &files {
        files::check(path, text, &mut findings);
        links.check(path, text, &mut findings);
        functions.check(path, text, &mut findings);
        known.check(path, text, &mut findings);
        terms.check(path, text, &mut findings);
    }
    guide::check(&files, &mut findings);
    crates::check(&mut findings)?;
    features::check(&mut findings)?;
    circles::check(&mut findings)?;
    print(&findings)
}

/// Keeps the findings in files under a path.
fn retain(findings: &mut Vec<Finding>, folder: &str) {
    findings.retain(|finding| finding.file.starts_with(folder.trim_start_matches("./")));
}

/// Returns the path and the text of every file of the repository that is text.
fn text_files() -> Result<Vec<(String, String)>> {
    let listing = ["ls-files", "--cached", "--others", "--exclude-standard"];
    let listing = cmd("git").args(listing).read()?;
    let read = |path: &str| {
        // Files that are deleted but not yet committed are listed too.
        let text = String::from_utf8(fs::read(root().join(path)).ok()?).ok()?;
        Some((path.to_owned(), text))
    };
    Ok(listing.lines().filter_map(read).collect())
}

fn print(findings: &[Finding]) -> Result<()> {
    for finding in findings {
        eprintln!("{finding}");
    }
    match findings.len() {
        0 => Ok(()),
        1 => Err(anyhow!("1 rule is violated, see above")),
        n => Err(anyhow!("{n} rules are violated, see above")),
    }
}
