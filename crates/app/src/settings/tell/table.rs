//! The table of all settings, for a page of documentation.

use std::fmt::Write;

use super::{Setting, Table};
use crate::settings::section::Declared;

/// Every setting as a row of Markdown.
pub(in crate::settings) fn table(sections: &[Declared]) -> String {
    let mut text =
        String::from("| setting | default | what it is | environment, flag |\n|---|---|---|---|\n");
    for section in sections {
        rows(&mut text, &Table::of(&section.name, &section.schema));
    }
    text
}

fn rows(text: &mut String, table: &Table<'_>) {
    for setting in &table.settings {
        row(text, setting);
    }
    for inner in &table.tables {
        rows(text, inner);
    }
}

fn row(text: &mut String, setting: &Setting<'_>) {
    let name = if setting.is_map() { ".NAME" } else { "" };
    let default = setting.default().map(|it| format!("`{it}`"));
    let words = setting
        .words()
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    let variable = setting.variable() + if setting.is_map() { "__NAME" } else { "" };
    let flag = setting.flag().map(|flag| format!(", `{flag}`"));
    // Writing to a String does not fail.
    let _ = writeln!(
        text,
        "| `{}{name}` | {} | {} | `{variable}`{} |",
        setting.key,
        default.unwrap_or_default(),
        words.replace('|', "\\|"),
        flag.unwrap_or_default(),
    );
}
