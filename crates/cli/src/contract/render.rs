//! Renders the report about one API, or about several in one text.

use std::fmt::Write as _;

use purlin_compat::{self as compat, Report, Severity};
use serde_json::{Map, Value};

use super::{Compared, Format};

/// Renders one report.
pub(super) fn report(report: &Report, format: Format, level: Severity) -> String {
    match format {
        Format::Text => report.to_text(),
        Format::Json => report.to_json(),
        Format::Markdown => report.to_markdown(),
        Format::Junit => report.to_junit(level),
    }
}

/// Renders the reports about several APIs.
pub(super) fn reports(compared: &[Compared], format: Format, level: Severity) -> String {
    match format {
        Format::Json => {
            let values = compared.iter().map(|it| {
                // The report was rendered as JSON.
                let value = serde_json::from_str(&it.report.to_json()).unwrap_or_default();
                (it.api.clone(), value)
            });
            format!("{:#}", Value::Object(values.collect::<Map<_, _>>()))
        }
        Format::Junit => compat::junit(
            compared.iter().map(|it| (it.api.as_str(), &it.report)),
            level,
        ),
        Format::Text | Format::Markdown => {
            let mut text = String::new();
            for it in compared {
                let rendered = report(&it.report, format, level);
                let rendered = match format {
                    Format::Markdown => {
                        rendered.replacen("# Contract:", &format!("# {}:", it.api), 1)
                    }
                    _ => format!("{}\n\n{rendered}", it.api),
                };
                // Writing to a String does not fail.
                let _ = writeln!(text, "{rendered}");
            }
            text.trim_end().to_owned()
        }
    }
}
