//! Reports as they are printed: one, or several APIs' in one text.

use std::fmt::Write as _;

use purlin_compat::{Report, Severity};
use serde_json::{Map, Value};

use super::{Format, Judged};

/// One report.
pub(super) fn report(report: &Report, format: Format, level: Severity) -> String {
    match format {
        Format::Text => report.to_text(),
        Format::Json => report.to_json(),
        Format::Markdown => report.to_markdown(),
        Format::Junit => report.to_junit(level),
    }
}

/// Those of several APIs.
pub(super) fn reports(judged: &[Judged], format: Format, level: Severity) -> String {
    match format {
        Format::Json => {
            let values = judged.iter().map(|it| {
                // What was written as JSON is JSON.
                let value = serde_json::from_str(&it.report.to_json()).unwrap_or_default();
                (it.name.clone(), value)
            });
            format!("{:#}", Value::Object(values.collect::<Map<_, _>>()))
        }
        Format::Junit => purlin_compat::junit(
            judged.iter().map(|it| (it.name.as_str(), &it.report)),
            level,
        ),
        Format::Text | Format::Markdown => {
            let mut text = String::new();
            for it in judged {
                let told = report(&it.report, format, level);
                let told = match format {
                    Format::Markdown => told.replacen("# Contract:", &format!("# {}:", it.name), 1),
                    _ => format!("{}\n\n{told}", it.name),
                };
                // Writing to a String does not fail.
                let _ = writeln!(text, "{told}");
            }
            text.trim_end().to_owned()
        }
    }
}
