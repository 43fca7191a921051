//! `cargo xtask realworld FILE`: the Postman collection of the RealWorld project, unchanged, against Conduit.
//!
//! Newman runs it twice on each database: on an empty one, and on one that holds what the first run left and more. The file
//! belongs to the RealWorld project and is not part of this repository, so this is run by hand.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use fs_err as fs;
use serde_json::Value;

use crate::{
    conduit::{self, DATABASES, content},
    run::{cmd, empty_folder, npm, root},
    server::Server,
};

/// The folder of newman.
const FOLDER: &str = "xtask/realworld";

/// What to run.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// The collection: `Conduit.postman_collection.json` of the RealWorld project
    file: PathBuf,
}

/// Runs the collection on every database.
pub(crate) fn realworld(options: &Options) -> Result<()> {
    let file = fs::canonicalize(&options.file)?;
    npm(FOLDER)?;
    let binary = conduit::build("dev")?;
    let folder = empty_folder("realworld")?;
    let mut runs = Vec::new();
    for database in DATABASES {
        let empty = database.create(&folder)?;
        let server = conduit::start(conduit::configured(cmd(&binary), empty.url(), 2))?;
        let run = |state, user| {
            let report = folder.join(format!("{database}-{state}.json"));
            let outcome = collection(&file, &server, user, &report)?;
            eprintln!("{database}, {state}: {}", outcome.summary());
            anyhow::Ok(outcome)
        };
        runs.push(run("empty", "anna")?);
        content::fill(server.address()).context("filling the database")?;
        runs.push(run("filled", "bert")?);
        let status = server.stop()?;
        ensure!(status.success(), "Conduit ended with {status}");
    }
    let failures: Vec<_> = runs.into_iter().flat_map(|run| run.failures).collect();
    ensure!(failures.is_empty(), "failed:\n{}", failures.join("\n"));
    Ok(())
}

/// The outcome of one run.
#[derive(Debug, Default, PartialEq, Eq)]
struct Outcome {
    requests: u64,
    assertions: u64,
    failed: u64,
    /// Everything that failed, requests and scripts included.
    failures: Vec<String>,
}

impl Outcome {
    fn summary(&self) -> String {
        let Self {
            requests,
            assertions,
            failed,
            ..
        } = self;
        format!("{requests} requests, {assertions} assertions, {failed} failed")
    }

    /// Reads newman's report.
    fn read(report: &Value) -> Result<Self> {
        let run = &report["run"];
        let count = |what: &str, which: &str| {
            let count = run["stats"][what][which].as_u64();
            count.with_context(|| format!("the report of newman has no {which} of {what}"))
        };
        let failures = run["failures"].as_array();
        let failures = failures.context("the report of newman has no failures")?;
        Ok(Self {
            requests: count("requests", "total")?,
            assertions: count("assertions", "total")?,
            failed: count("assertions", "failed")?,
            failures: failures.iter().map(failure).collect(),
        })
    }
}

/// Returns a line about a failure: the request, the assertion, what is wrong.
fn failure(failure: &Value) -> String {
    let parts = ["/source/name", "/error/test", "/error/message"];
    let parts = parts.map(|part| failure.pointer(part).and_then(Value::as_str));
    parts.into_iter().flatten().collect::<Vec<_>>().join(": ")
}

/// Runs the collection as a user that does not exist yet.
fn collection(file: &Path, server: &Server, user: &str, report: &Path) -> Result<Outcome> {
    let variable = |name, value: &str| ["--env-var".to_owned(), format!("{name}={value}")];
    let newman = root().join(FOLDER).join("node_modules/.bin/newman");
    cmd(newman)
        .arg("run")
        .arg(file)
        .args(variable("APIURL", &format!("{}/api", server.base_url())))
        .args(variable("USERNAME", user))
        .args(variable("EMAIL", &format!("{user}@example.com")))
        .args(variable("PASSWORD", "correct horse battery"))
        .args(["--suppress-exit-code", "--reporters", "json"])
        .arg("--reporter-json-export")
        .arg(report)
        .run()?;
    let report = serde_json::from_str(&fs::read_to_string(report)?)?;
    let outcome = Outcome::read(&report)?;
    ensure!(
        outcome.assertions > 0,
        "{} has no assertions",
        file.display()
    );
    Ok(outcome)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn report_of_newman_is_counted() {
        let report = json!({"run": {
            "stats": {
                "requests": {"total": 3, "failed": 1},
                "assertions": {"total": 9, "failed": 1},
            },
            "failures": [
                {"source": {"name": "Login"}, "error": {"test": "has a token", "message": "it has none"}},
                {"source": {"name": "Tags"}, "error": {"message": "connection refused"}},
            ],
        }});
        let outcome = Outcome::read(&report).unwrap();
        assert_eq!(outcome.summary(), "3 requests, 9 assertions, 1 failed");
        assert_eq!(
            outcome.failures,
            [
                "Login: has a token: it has none",
                "Tags: connection refused"
            ]
        );
        assert!(Outcome::read(&json!({"run": {}})).is_err());
    }
}
