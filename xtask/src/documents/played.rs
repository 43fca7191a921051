//! Schemathesis: every phase and every check, by each document of each service; the first of them until there are
//! enough cases.

use std::{path::Path};

use anyhow::{anyhow, Result};
use fs_err as fs;

use serde_json::Value;

use super::{FOLDER, Service, told::DIALECTS};
use crate::run::{cmd, root};

/// So many cases a service has to pass by its first document.
const ENOUGH: u64 = 2000;

/// No answer may take longer, in seconds; the machine may be busy with something else.
const SLOWEST: &str = "10";

/// Plays every service and says how often.
pub(super) fn play(tool: &Path, services: &[Service], folder: &Path) -> Result<()> {
    let mut lines = Vec::new();
    for service in services {
        let mut cases = Vec::new();
        for (nth, (_, document)) in DIALECTS.into_iter().enumerate() {
            let examples = (nth == 0).then_some(service.examples);
            cases.push(one(tool, service, document, examples, folder)?);
        }
        lines.push(format!(
            "{:>8} cases  {}",
            cases.iter().sum::<u64>(),
            service.name
        ));
        if cases.first().is_none_or(|cases| *cases < ENOUGH) {
            return Err(anyhow!("{}: Schemathesis made {cases:?} cases, and the first should be {ENOUGH}; give it more examples",
                service.name));
        }
    }
    eprintln!("\nno case failed");
    lines.iter().for_each(|line| eprintln!("{line}"));
    Ok(())
}

/// Plays a service by one document; returns how many cases there were. The tool writes its notes into the folder it
/// runs in.
fn one(
    tool: &Path,
    service: &Service,
    document: &str,
    examples: Option<u16>,
    folder: &Path,
) -> Result<u64> {
    let config = root().join(FOLDER).join("schemathesis.toml");
    let document = format!("{}{document}", service.server.base_url());
    let report = folder.join("played.json");
    let examples = examples.map(|examples| format!("--max-examples={examples}"));
    cmd(tool)
        .current_dir(folder)
        .args(["--config-file".as_ref(), config.as_os_str()])
        .args(["run", &document, "--header", &service.key])
        .args(["--phases", "examples,coverage,fuzzing,stateful"])
        .args(["--checks", "all", "--max-response-time", SLOWEST])
        .args(["--report-json-path".as_ref(), report.as_os_str()])
        .args(examples)
        .run()?;
    let text = fs::read_to_string(&report)?;
    let cases = serde_json::from_str::<Value>(&text)
        .ok()
        .and_then(|report| {
            let cases = report.pointer("/test_cases/generated")?;
            cases.as_u64()
        });
    cases.ok_or_else(|| {
        anyhow!("{} does not say how many cases there were",
            report.display())
    })
}
