//! `cargo xtask contract`: whether the APIs of this workspace break their clients, by `cargo_purlin::contract`.

use std::{fmt, path::PathBuf};

use anyhow::{Context as _, Result, bail};
use cargo_purlin::{
    contract::{Baseline, Policy, Verdict, bless, check, diff},
    process::Cmd,
};
use serde_json::Value;

use crate::{
    conduit,
    programs::Programs,
    run::{cmd, root},
};

/// What to compare.
#[derive(clap::Subcommand)]
pub(crate) enum Action {
    /// Saves the current documents in docs/contract, as the baseline of later comparisons
    Bless {
        /// Save them even where a finding fails
        #[arg(long)]
        force: bool,
        #[command(flatten)]
        policy: Policy,
    },
    /// Compares the current documents with the saved ones
    Check {
        #[command(flatten)]
        policy: Policy,
    },
    /// Compares two documents: JSON files in OpenAPI 3.1, 3.0 or Swagger 2.0
    Diff {
        /// The old document
        old: PathBuf,
        /// The new document
        new: PathBuf,
        #[command(flatten)]
        policy: Policy,
    },
}

/// The documents could not be read or compared, which is no finding.
#[derive(Debug)]
pub(crate) struct NotComparable;

impl fmt::Display for NotComparable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the documents could not be compared")
    }
}

/// Runs a comparison; fails when a finding does.
pub(crate) fn contract(action: &Action) -> Result<()> {
    match compare(action).context(NotComparable)? {
        Verdict::Pass => Ok(()),
        Verdict::Fail(reason) => bail!(reason),
    }
}

/// Compares the current documents, with the default policy.
pub(crate) fn checked() -> Result<()> {
    contract(&Action::Check {
        policy: Policy::default(),
    })
}

fn compare(action: &Action) -> Result<Verdict> {
    let baseline = Baseline::new(root().join("docs/contract"));
    let verdict = match action {
        Action::Bless { force, policy } => bless(&baseline, &documents()?, policy, *force),
        Action::Check { policy } => check(&baseline, &documents()?, policy),
        Action::Diff { old, new, policy } => diff(old, new, policy),
    };
    Ok(verdict?)
}

/// Builds the programs and returns the document each prints, with the Rust items behind it.
fn documents() -> Result<Vec<(String, Value)>> {
    let programs = Programs::build()?;
    let greetings = programs.greetings().args(["openapi", "--rust-items"]);
    let todo = programs.todo().arg("openapi");
    let conduit = cmd(conduit::build("dev")?).args(["openapi", "--rust-items"]);
    Ok(vec![
        ("greetings".to_owned(), printed(greetings)?),
        ("todo".to_owned(), printed(todo)?),
        ("conduit".to_owned(), printed(conduit)?),
    ])
}

fn printed(program: Cmd) -> Result<Value> {
    let shown = program.to_string();
    serde_json::from_str(&program.read()?).with_context(|| format!("`{shown}` printed no JSON"))
}

#[cfg(test)]
mod tests {
    use fs_err as fs;
    use purlin_compat::{Options, Severity, compare};

    use super::*;

    #[test]
    fn documentation_has_the_comparison_with_a_flask_service() {
        let read = |path: &str| fs::read_to_string(root().join(path)).unwrap();
        let document = |path: &str| serde_json::from_str(&read(path)).unwrap();
        let old: Value = document("xtask/parity/todo.swagger.json");
        let new: Value = document("docs/contract/todo/1.0.0.json");
        let mut options = Options::new("2026-01-01".parse().unwrap());
        options.semver = false;
        let report = compare(&old, &new, &options).unwrap();
        let mut findings = report.findings.iter();
        let rules: Vec<_> = findings
            .by_ref()
            .filter(|it| it.severity > Severity::Safe)
            .map(|it| it.rule.id())
            .collect();
        let expected = [
            "request-property-default-value-removed",
            "request-parameter-max-set",
            "request-parameter-min-set",
        ];
        assert_eq!(rules, expected);
        let page = read("docs/compatibility.md");
        for finding in report.to_text().split("\n\n").take(2) {
            assert!(page.contains(finding), "not in the page:\n{finding}");
        }
    }
}
