//! `cargo xtask contract`: whether clients would notice what changed.
//!
//! `bless` writes down the documents of the APIs as they are today, `check` compares today's with the last ones written
//! down, `diff` compares any two files. What is a difference and how grave it is, is the business of
//! `purlin_compat`; here it is read, written and told. `docs/compatibility.md` is the manual.

mod agreed;
mod ignore;
mod tell;
mod today;

use std::{
    fs,
    path::{Path, PathBuf},
    time::{SystemTime, UNIX_EPOCH},
};

use clap::{Args, Subcommand, ValueEnum};
use purlin_compat::{Date, Options, Report, Rule, Severity};
use serde_json::Value;

use crate::run::{Failure, Outcome, root};

/// What to compare.
#[derive(Subcommand)]
pub(crate) enum Action {
    /// Writes today's documents into docs/contract, for later ones to be compared with
    Bless {
        /// Write them even where something breaks and the version does not say so
        #[arg(long)]
        force: bool,
        #[command(flatten)]
        judging: Judging,
    },
    /// Compares today's documents with the last ones that were blessed
    Check {
        #[command(flatten)]
        judging: Judging,
    },
    /// Compares two documents: JSON files in OpenAPI 3.1, 3.0 or Swagger 2.0
    Diff {
        /// The document that holds until now
        old: PathBuf,
        /// The document that is to hold
        new: PathBuf,
        #[command(flatten)]
        judging: Judging,
    },
}

/// How it is compared and told.
#[derive(Args)]
pub(crate) struct Judging {
    /// How the findings are written
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// The least severity that fails
    #[arg(long, value_name = "LEVEL", default_value_t = Severity::Breaking)]
    fail_on: Severity,
    /// The findings that are meant [default: docs/contract/ignore.toml, if there is one]
    #[arg(long, value_name = "FILE")]
    ignore: Option<PathBuf>,
    /// Another severity for a rule; may be given several times
    #[arg(long, value_name = "RULE=LEVEL", value_parser = severity)]
    severity: Vec<(Rule, Severity)>,
    /// For how many days deprecated operations have to stay
    #[arg(long, value_name = "DAYS", default_value_t)]
    grace_days: u32,
    /// Do not look at the versions
    #[arg(long)]
    no_semver: bool,
}

/// How findings are written.
#[derive(Clone, Copy, Default, ValueEnum)]
enum Format {
    #[default]
    Text,
    Json,
    Markdown,
    Junit,
}

/// A document and what is found in it.
struct Judged {
    name: String,
    report: Report,
}

/// Runs it. Findings are a failure, anything that keeps from comparing is another.
pub(crate) fn contract(action: &Action) -> Outcome {
    let verdict = match action {
        Action::Bless { force, judging } => bless(*force, judging),
        Action::Check { judging } => check(judging),
        Action::Diff { old, new, judging } => diff(old, new, judging),
    };
    match verdict {
        Ok(None) => Ok(()),
        Ok(Some(words)) => Err(Failure::said(words)),
        Err(failure) => Err(Failure::Undecided(Box::new(failure))),
    }
}

/// Compares today's documents as `cargo xtask ci` does.
pub(crate) fn checked() -> Outcome {
    let judging = Judging {
        format: Format::Text,
        fail_on: Severity::Breaking,
        ignore: None,
        severity: Vec::new(),
        grace_days: 0,
        no_semver: false,
    };
    contract(&Action::Check { judging })
}

/// What keeps it from passing, in words.
type Verdict = Outcome<Option<String>>;

fn check(judging: &Judging) -> Verdict {
    let mut judged = Vec::new();
    let mut unknown = Vec::new();
    let mut outdated = Vec::new();
    for (name, today) in today::documents()? {
        let Some(agreed) = agreed::latest(name)? else {
            unknown.push(name);
            continue;
        };
        let report = judging.compare(Some(name), &agreed, &today)?;
        if agreed != today {
            outdated.push(name);
        }
        judged.push(Judged {
            name: name.to_owned(),
            report,
        });
    }
    println!(
        "{}",
        tell::reports(&judged, judging.format, judging.fail_on)
    );
    if !unknown.is_empty() {
        return Ok(Some(format!(
            "no document of {} was ever blessed: run `cargo xtask contract bless` and commit what it writes",
            unknown.join(", ")
        )));
    }
    if let Some(words) = judging.refusal(&judged) {
        return Ok(Some(words));
    }
    if !outdated.is_empty() {
        eprintln!(
            "the document of {} changed: run `cargo xtask contract bless` and commit what it writes",
            outdated.join(", ")
        );
    }
    Ok(None)
}

fn bless(force: bool, judging: &Judging) -> Verdict {
    let today = today::documents()?;
    let mut judged = Vec::new();
    for (name, document) in &today {
        if let Some(agreed) = agreed::latest(name)? {
            judged.push(Judged {
                name: (*name).to_owned(),
                report: judging.compare(Some(name), &agreed, document)?,
            });
        }
    }
    println!(
        "{}",
        tell::reports(&judged, judging.format, judging.fail_on)
    );
    if let Some(words) = judging.refusal(&judged).filter(|_| !force) {
        return Ok(Some(format!("{words}; or bless it with --force")));
    }
    for (name, document) in &today {
        let path = agreed::write(name, document)?;
        eprintln!("wrote {}", shown(&path));
    }
    Ok(None)
}

fn diff(old: &Path, new: &Path, judging: &Judging) -> Verdict {
    let report = judging.compare(None, &document(old)?, &document(new)?)?;
    print!("{}", tell::report(&report, judging.format, judging.fail_on));
    let words = "the new document breaks clients of the old one, see above";
    Ok(report.fails(judging.fail_on).then(|| words.to_owned()))
}

impl Judging {
    fn compare(&self, api: Option<&str>, old: &Value, new: &Value) -> Outcome<Report> {
        let mut options = Options::new(today()?);
        options.grace_days = self.grace_days;
        options.semver = !self.no_semver;
        options.severities = self.severity.iter().copied().collect();
        options.ignore = ignore::read(self.ignore.as_deref(), api)?;
        purlin_compat::compare(old, new, &options).map_err(|error| {
            let name = api.map_or(String::new(), |name| format!("{name}: "));
            Failure::said(format!("{name}{error}"))
        })
    }

    /// Why it does not pass, with the mend.
    fn refusal(&self, judged: &[Judged]) -> Option<String> {
        let failed = judged.iter().filter(|it| it.report.fails(self.fail_on));
        let failed: Vec<_> = failed.map(|it| it.name.as_str()).collect();
        (!failed.is_empty()).then(|| {
            format!(
                "what changed in {} fails, see above: take it back, raise the version, or say in {} why it is meant",
                failed.join(", "),
                ignore::USUAL
            )
        })
    }
}

fn today() -> Outcome<Date> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let days = now
        .ok()
        .and_then(|now| u32::try_from(now.as_secs() / 86_400).ok());
    days.map(Date::from_unix_days)
        .ok_or_else(|| Failure::said("the clock of this machine is wrong"))
}

fn document(path: &Path) -> Outcome<Value> {
    let text = fs::read_to_string(path).map_err(Failure::file(path))?;
    serde_json::from_str(&text).map_err(|error| {
        Failure::said(format!(
            "{} is no JSON: {error}; convert what is YAML",
            path.display()
        ))
    })
}

fn severity(text: &str) -> Result<(Rule, Severity), String> {
    let (rule, level) = text.split_once('=').ok_or("write RULE=LEVEL")?;
    let rule = rule.parse::<Rule>().map_err(|error| error.to_string())?;
    let level = level
        .parse::<Severity>()
        .map_err(|error| error.to_string())?;
    Ok((rule, level))
}

/// A path as one reads it.
fn shown(path: &Path) -> String {
    let path = path.strip_prefix(root()).unwrap_or(path);
    path.display().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn severities_are_read_and_mistakes_named() {
        let (rule, level) = severity("api-tag-removed=safe").unwrap();
        assert_eq!((rule.id(), level), ("api-tag-removed", Severity::Safe));
        assert_eq!(severity("api-tag-removed").unwrap_err(), "write RULE=LEVEL");
        assert!(severity("no-rule=safe").unwrap_err().contains("no-rule"));
        assert!(severity("api-tag-removed=bad").unwrap_err().contains("bad"));
    }

    #[test]
    fn files_are_compared_and_what_cannot_be_is_another_failure() {
        let folder = root().join("crates/openapi/tests/golden");
        let action = |old: &str, new: &str, fail_on| Action::Diff {
            old: folder.join(old),
            new: folder.join(new),
            judging: Judging {
                format: Format::Text,
                fail_on,
                ignore: None,
                severity: Vec::new(),
                grace_days: 0,
                no_semver: false,
            },
        };
        let code =
            |action: Action| contract(&action).map_or_else(|failure| failure.exit_code(), |()| 0);
        let (rich, todos) = ("rich.v3_1.json", "todos.v3_1.json");
        assert_eq!(code(action(rich, rich, Severity::Safe)), 0);
        assert_eq!(code(action(rich, todos, Severity::Breaking)), 1);
        assert_eq!(code(action(rich, "none.json", Severity::Breaking)), 2);
        assert_eq!(code(action(rich, "rich.v3_1.yaml", Severity::Breaking)), 2);
    }

    #[test]
    fn the_port_of_a_flask_service_differs_as_the_book_says() {
        let read = |path: &str| document(&root().join(path)).unwrap();
        let old = read("xtask/parity/todo.swagger.json");
        let new = read("docs/contract/todo/1.0.0.json");
        let mut options = Options::new("2026-01-01".parse().unwrap());
        options.semver = false;
        let report = purlin_compat::compare(&old, &new, &options).unwrap();
        let grave = report
            .findings
            .iter()
            .filter(|it| it.severity > Severity::Safe);
        let grave: Vec<_> = grave.map(|it| it.rule.id()).collect();
        assert_eq!(
            grave,
            [
                "request-property-default-value-removed",
                "request-parameter-max-set",
                "request-parameter-min-set"
            ]
        );
        let book = fs::read_to_string(root().join("docs/compatibility.md")).unwrap();
        for told in report.to_text().split("\n\n").take(2) {
            assert!(book.contains(told), "the book does not have\n{told}");
        }
    }
}
