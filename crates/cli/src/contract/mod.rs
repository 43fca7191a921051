//! Whether a change of an API's OpenAPI document breaks clients: `bless` saves the current documents as the baseline, `check`
//! compares the current ones with it, `diff` compares any two files.
//!
//! The rules of the comparison are in `purlin_compat`; `docs/compatibility.md` is the manual.

mod baseline;
mod ignore;
mod render;

use std::path::{Path, PathBuf};

use fs_err as fs;
use purlin_compat::{self as compat, Date, Options, Report, Rule, Severity};
use serde_json::Value;

pub use self::baseline::Baseline;
use self::baseline::Line;
use crate::{Error, Result, Service, program::Program};

/// The command-line options of a comparison.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Comparison")]
pub struct Policy {
    /// The format of the report
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// The lowest severity that fails
    #[arg(long, value_name = "LEVEL", default_value_t = Severity::Breaking)]
    fail_on: Severity,
    /// The accepted findings [default: ignore.toml beside the saved documents, if it exists]
    #[arg(long, value_name = "FILE")]
    ignore: Option<PathBuf>,
    /// Another severity for a rule; can be repeated
    #[arg(long, value_name = "RULE=LEVEL", value_parser = severity)]
    severity: Vec<(Rule, Severity)>,
    /// The number of days for which deprecated operations must stay
    #[arg(long, value_name = "DAYS", default_value_t)]
    grace_days: u32,
    /// Do not compare the versions of the documents
    #[arg(long)]
    no_semver: bool,
}

/// The format of a report.
#[derive(Clone, Copy, Debug, Default, clap::ValueEnum)]
#[non_exhaustive]
pub enum Format {
    /// Text for a terminal.
    #[default]
    Text,
    /// JSON for programs.
    Json,
    /// Markdown for a pull request.
    Markdown,
    /// JUnit XML for continuous integration.
    Junit,
}

/// The result of a command that could be carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// No finding fails.
    Pass,
    /// A finding fails; says which and what to do about it.
    Fail(String),
}

/// The report about one API.
struct Compared {
    api: String,
    /// The version that announces changes that break clients.
    next_version: Option<String>,
    report: Report,
}

/// The current document of an API, by the name of the API. Versions that are served side by side have the same name.
pub type Documents = [(String, Value)];

/// Builds the service and returns the document of each registry, with the Rust items behind it, by its title as the name of a
/// folder.
///
/// # Errors
/// Fails if the service does not compile or its program prints no document.
pub fn documents(service: &Service) -> Result<Vec<(String, Value)>> {
    let program = Program::build(service)?;
    let registries = program.registries()?;
    if registries.is_empty() {
        let reason = "it has no registry, so there is no document: add one with `app.registry(…)`";
        return Err(Error::invalid(&service.bin, reason));
    }
    let documents = registries.iter().map(|registry| {
        let document = program.document_value(registry, &["--rust-items"])?;
        Ok((registry.file_name(), document))
    });
    documents.collect()
}

/// Compares current documents with the baseline and prints the report.
pub fn check(baseline: &Baseline, documents: &Documents, policy: &Policy) -> Result<Verdict> {
    let (mut compared, mut unknown, mut outdated) = (Vec::new(), Vec::new(), Vec::new());
    for (api, current) in documents {
        let line = line(documents, api, current);
        let Some(old) = baseline.latest(api, line.as_ref())? else {
            unknown.push(api.as_str());
            continue;
        };
        if old != *current {
            outdated.push(api.as_str());
        }
        compared.push(policy.compare(baseline, api, &old, current)?);
    }
    println!(
        "{}",
        render::reports(&compared, policy.format, policy.fail_on)
    );
    // `bless` would refuse what fails, so it is no remedy yet.
    if let failed @ Verdict::Fail(_) = policy.verdict(baseline, &compared) {
        return Ok(failed);
    }
    if !unknown.is_empty() {
        return Ok(Verdict::Fail(format!(
            "no document of {} is saved: run `contract bless` and commit what it writes",
            unknown.join(", ")
        )));
    }
    if !outdated.is_empty() {
        eprintln!(
            "the document of {} changed: run `contract bless` and commit what it writes",
            outdated.join(", ")
        );
    }
    Ok(Verdict::Pass)
}

/// Compares as [`check`] does, and saves the documents unless a finding fails or with `force`.
pub fn bless(
    baseline: &Baseline,
    documents: &Documents,
    policy: &Policy,
    force: bool,
) -> Result<Verdict> {
    let mut compared = Vec::new();
    for (api, current) in documents {
        let line = line(documents, api, current);
        if let Some(old) = baseline.latest(api, line.as_ref())? {
            compared.push(policy.compare(baseline, api, &old, current)?);
        }
    }
    // At the first time there is nothing to compare.
    if !compared.is_empty() {
        println!(
            "{}",
            render::reports(&compared, policy.format, policy.fail_on)
        );
    }
    if let Verdict::Fail(reason) = policy.verdict(baseline, &compared)
        && !force
    {
        return Ok(Verdict::Fail(format!("{reason}; --force saves it anyway")));
    }
    for (api, document) in documents {
        eprintln!("wrote {}", baseline.save(api, document)?.display());
    }
    Ok(Verdict::Pass)
}

/// Returns the line of versions that a document is compared within, where the service has several versions of an API side by
/// side; otherwise it is compared with the highest version.
fn line(documents: &Documents, api: &str, current: &Value) -> Option<Line> {
    let versions = documents.iter().filter(|(name, _)| name == api).count();
    (versions > 1).then(|| Line::of(version(current)))
}

/// Returns the version of an API, as its document has it.
fn version(document: &Value) -> &str {
    let version = document.pointer("/info/version");
    version.and_then(Value::as_str).unwrap_or_default()
}

/// Compares two files and prints the report.
pub fn diff(old: &Path, new: &Path, policy: &Policy) -> Result<Verdict> {
    let ignore = policy.ignore.as_deref();
    let ignore = ignore.map_or(Ok(Vec::new()), |path| ignore::read(path, None))?;
    let report = policy.report(&document(old)?, &document(new)?, ignore);
    let report = report.map_err(Error::unsupported)?;
    print!("{}", render::report(&report, policy.format, policy.fail_on));
    Ok(match report.fails(policy.fail_on) {
        true => {
            Verdict::Fail("the new document breaks clients of the old one, see above".to_owned())
        }
        false => Verdict::Pass,
    })
}

impl Default for Policy {
    /// Returns the defaults of the command line.
    fn default() -> Self {
        Self {
            format: Format::Text,
            fail_on: Severity::Breaking,
            ignore: None,
            severity: Vec::new(),
            grace_days: 0,
            no_semver: false,
        }
    }
}

impl Policy {
    fn compare(
        &self,
        baseline: &Baseline,
        api: &str,
        old: &Value,
        new: &Value,
    ) -> Result<Compared> {
        let usual = baseline.ignore_file();
        let ignore = match &self.ignore {
            Some(path) => ignore::read(path, Some(api))?,
            None if usual.exists() => ignore::read(&usual, Some(api))?,
            None => Vec::new(),
        };
        let report = self.report(old, new, ignore);
        Ok(Compared {
            api: api.to_owned(),
            next_version: baseline::announcing(version(old)),
            report: report.map_err(|reason| Error::invalid(api, reason))?,
        })
    }

    fn report(
        &self,
        old: &Value,
        new: &Value,
        ignore: Vec<compat::Ignore>,
    ) -> Result<Report, String> {
        let today = jiff::Zoned::now().date().to_string();
        let today: Date = today.parse().map_err(|_| format!("unknown date {today}"))?;
        let mut options = Options::new(today);
        options.grace_days = self.grace_days;
        options.semver = !self.no_semver;
        options.severities = self.severity.iter().copied().collect();
        options.ignore = ignore;
        compat::compare(old, new, &options).map_err(|error| error.to_string())
    }

    fn verdict(&self, baseline: &Baseline, compared: &[Compared]) -> Verdict {
        let failed = compared.iter().filter(|it| it.report.fails(self.fail_on));
        let failed: Vec<_> = failed.collect();
        if failed.is_empty() {
            return Verdict::Pass;
        }
        let names: Vec<_> = failed.iter().map(|it| it.api.as_str()).collect();
        let raise = failed.iter().filter_map(|it| {
            let next = it.next_version.as_ref().filter(|_| self.is_announced(it))?;
            Some(format!("raise the version of {} to {next}, ", it.api))
        });
        Verdict::Fail(format!(
            "the change of {} fails, see above: revert it, {}or accept it in {}",
            names.join(", "),
            raise.collect::<String>(),
            baseline.ignore_file().display()
        ))
    }

    /// Whether another version is enough for what fails to pass.
    fn is_announced(&self, compared: &Compared) -> bool {
        let fails = compared.report.findings.iter();
        let mut fails = fails.filter(|it| it.severity >= self.fail_on);
        let bump = ["api-version-not-bumped", "api-major-version-not-bumped"];
        self.fail_on > Severity::Safe
            && !self.no_semver
            && !compared.report.is_excused
            && fails.all(|it| it.rule.is_excused_by_version() || bump.contains(&it.rule.id()))
    }
}

fn document(path: &Path) -> Result<Value> {
    serde_json::from_str(&fs::read_to_string(path)?).map_err(|error| {
        Error::invalid(
            path.display(),
            format!("not JSON: {error}; convert YAML first"),
        )
    })
}

fn severity(text: &str) -> Result<(Rule, Severity), String> {
    let (rule, level) = text.split_once('=').ok_or("write RULE=LEVEL")?;
    let rule = rule.parse::<Rule>().map_err(|error| error.to_string())?;
    let level = level.parse::<Severity>();
    Ok((rule, level.map_err(|error| error.to_string())?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn severities_are_parsed_and_errors_name_the_wrong_part() {
        let (rule, level) = severity("api-tag-removed=safe").unwrap();
        assert_eq!((rule.id(), level), ("api-tag-removed", Severity::Safe));
        assert_eq!(severity("api-tag-removed").unwrap_err(), "write RULE=LEVEL");
        assert!(severity("no-rule=safe").unwrap_err().contains("no-rule"));
        assert!(severity("api-tag-removed=bad").unwrap_err().contains("bad"));
    }

    #[test]
    fn unreadable_document_is_an_error_and_a_finding_is_a_verdict() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, text: &str| {
            let path = folder.path().join(name);
            fs::write(&path, text).unwrap();
            path
        };
        let document = |paths: &str| {
            format!(
                r#"{{"openapi":"3.1.0","info":{{"title":"a","version":"1.0.0"}},"paths":{paths}}}"#
            )
        };
        let get = r#"{"/a":{"get":{"responses":{"204":{"description":"done"}}}}}"#;
        let old = file("old.json", &document(get));
        let new = file("new.json", &document("{}"));
        let policy = Policy::default();
        assert_eq!(diff(&old, &old, &policy).unwrap(), Verdict::Pass);
        assert!(matches!(
            diff(&old, &new, &policy).unwrap(),
            Verdict::Fail(_)
        ));
        let yaml = file("new.yaml", "openapi: 3.1.0\n");
        assert!(diff(&old, &yaml, &policy).is_err());
        assert!(diff(&old, Path::new("none.json"), &policy).is_err());
    }
}
