//! The table of all settings, for the documentation.

use std::fmt::Write;

use super::{Setting, Table};
use crate::{prefix::Prefix, settings::section::ReadSection};

/// Prints every setting as a row of Markdown.
pub(in crate::settings) fn table(sections: &[ReadSection], prefix: &Prefix) -> String {
    let mut text = String::from(
        "| setting | default | description | environment, flag |\n|---|---|---|---|\n",
    );
    for section in sections {
        rows(
            &mut text,
            &Table::of(&section.name, &section.schema),
            prefix,
        );
    }
    text
}

fn rows(text: &mut String, table: &Table<'_>, prefix: &Prefix) {
    for setting in &table.settings {
        row(text, setting, prefix);
    }
    for inner in &table.tables {
        rows(text, inner, prefix);
    }
}

fn row(text: &mut String, setting: &Setting<'_>, prefix: &Prefix) {
    let name = if setting.is_map() { ".NAME" } else { "" };
    let default = setting.default().map(|it| format!("`{it}`"));
    let lines: Vec<_> = setting.description().split_whitespace().collect();
    let mut description = lines.join(" ");
    if let Some(bounds) = setting.bounds() {
        // Writing to a String does not fail.
        let _ = write!(description, " From {bounds}.");
    }
    let variable = setting.variable(prefix) + if setting.is_map() { "__NAME" } else { "" };
    let flag = setting.flag().map(|flag| format!(", `{flag}`"));
    // Writing to a String does not fail.
    let _ = writeln!(
        text,
        "| `{}{name}` | {} | {} | `{variable}`{} |",
        setting.key,
        default.unwrap_or_default(),
        description.replace('|', "\\|"),
        flag.unwrap_or_default(),
    );
}
