//! `cargo xtask tidy`: the rules of the house that neither rustc, clippy nor rustfmt knows.
//!
//! Rules about one file are in `files`, rules about the crates and what they depend on in `crates`. This module
//! gathers what both find and prints all of it at once.

use std::{fmt, fs};

use crate::run::{Failure, Outcome, Run, root};

mod crates;
mod files;

/// A broken rule: where, and what to do about it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    file: String,
    line: usize,
    words: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.words)
    }
}

/// Checks every file git knows or would take.
pub(crate) fn tidy() -> Outcome {
    let mut findings = Vec::new();
    let listing = ["ls-files", "--cached", "--others", "--exclude-standard"];
    for path in Run::new("git").args(listing).read()?.lines() {
        // What is deleted but not yet committed is listed too; what is not text is nobody's prose.
        let Ok(bytes) = fs::read(root().join(path)) else {
            continue;
        };
        let Ok(text) = String::from_utf8(bytes) else {
            continue;
        };
        files::check(path, &text, &mut findings);
    }
    crates::check(&mut findings)?;
    for finding in &findings {
        eprintln!("{finding}");
    }
    match findings.len() {
        0 => Ok(()),
        1 => Err(Failure::said("one house rule is broken, see above")),
        n => Err(Failure::said(format!(
            "{n} house rules are broken, see above"
        ))),
    }
}
