//! Schemathesis: every phase and every check, with each document of each service. The first document gets the number of
//! examples that makes enough test cases. Services behind all middleware and Conduit are tested with one document and fewer
//! examples.

use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use fs_err as fs;
use serde_json::Value;

use super::{FOLDER, Service, files::DIALECTS};
use crate::run::{cmd, root};

/// The least number of cases for the first document of a service.
const MIN_CASES: u64 = 2000;

/// The longest response time in seconds; other work may keep the machine busy.
const MAX_RESPONSE_TIME: &str = "10";

/// Tests every service and prints the number of cases.
pub(super) fn test(tool: &Path, services: &[Service], folder: &Path) -> Result<()> {
    let mut lines = Vec::new();
    for service in services {
        let mut total = 0;
        let documents = match service.examples {
            Some(_) => &DIALECTS[..],
            None => &DIALECTS[..1],
        };
        for (index, (_, document)) in documents.iter().enumerate() {
            let examples = service.examples.filter(|_| index == 0);
            let cases = run(tool, service, document, examples, folder)?;
            let name = service.name;
            ensure!(
                examples.is_none() || cases >= MIN_CASES,
                "{name}: Schemathesis ran {cases} cases, at least {MIN_CASES} are wanted: raise `examples`"
            );
            total += cases;
        }
        lines.push(format!("{total:>8} cases  {}", service.name));
    }
    eprintln!("\nno case failed\n{}", lines.join("\n"));
    Ok(())
}

/// Tests a service with one document and returns the number of cases. The tool writes into its working directory.
fn run(
    tool: &Path,
    service: &Service,
    document: &str,
    examples: Option<u16>,
    folder: &Path,
) -> Result<u64> {
    let document = format!("{}{}{document}", service.server.base_url(), service.prefix);
    let report = folder.join("schemathesis.json");
    let examples = examples.map(|examples| format!("--max-examples={examples}"));
    cmd(tool)
        .current_dir(folder)
        .arg("--config-file")
        .arg(root().join(FOLDER).join(service.config))
        .args(["run", &document, "--header", &service.key])
        .args(["--phases", "examples,coverage,fuzzing,stateful"])
        .args(["--checks", "all", "--max-response-time", MAX_RESPONSE_TIME])
        .arg("--report-json-path")
        .arg(&report)
        .args(examples)
        .run()?;
    let report: Value = serde_json::from_str(&fs::read_to_string(&report)?)?;
    let cases = report.pointer("/test_cases/generated");
    cases
        .and_then(Value::as_u64)
        .context("the report of Schemathesis has no number of cases")
}
