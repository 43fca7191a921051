//! The commented example of a settings file, with every setting and its default.

use std::fmt::Write;

use super::{Setting, Table};
use crate::{prefix::Prefix, settings::section::ReadSection};

const WIDTH: usize = 78;

/// Prints the example, for a program of this name.
pub(in crate::settings) fn example(
    sections: &[ReadSection],
    program: &str,
    prefix: &Prefix,
) -> String {
    let mut text = String::new();
    let (file, variable) = (prefix.settings_file(), prefix.variable("section.key"));
    comment(
        &mut text,
        &format!(
            "All settings of {program} with their defaults, as `{program} config example` prints them. Copy this file to \
             {file} in the working directory, or name it with --config FILE, and remove what you do not change.\n\n\
             Environment variables override this file: {variable}, with two underscores between section and key. Flags \
             override both. Unknown settings are rejected at startup.\n\n\
             A text can be read from a file of its own, such as a secret of Docker or Kubernetes: set key_file in place of \
             key, or {{ file = \"/run/secrets/name\" }} in a table of free names."
        ),
    );
    for section in sections {
        let section = Table::of(&section.name, &section.schema);
        table(&mut text, &section, prefix);
    }
    text
}

fn table(text: &mut String, table: &Table<'_>, prefix: &Prefix) {
    text.push('\n');
    comment(text, table.description);
    // Writing to a String does not fail.
    let _ = writeln!(text, "[{}]", table.key);
    let (maps, settings): (Vec<_>, Vec<_>) = table.settings.iter().partition(|it| it.is_map());
    for (index, setting) in settings.into_iter().enumerate() {
        if index > 0 {
            text.push('\n');
        }
        one(text, setting, prefix);
    }
    for setting in maps {
        text.push('\n');
        comment(text, setting.description());
        comment(text, &format!("{}__NAME", setting.variable(prefix)));
        let _ = writeln!(text, "[{}]\n# name = \"value\"", setting.key);
    }
    for inner in &table.tables {
        self::table(text, inner, prefix);
    }
}

fn one(text: &mut String, setting: &Setting<'_>, prefix: &Prefix) {
    comment(text, setting.description());
    let flag = setting.flag().map(|flag| format!(", {flag}"));
    let bounds = setting.bounds().map(|bounds| format!(": {bounds}"));
    comment(
        text,
        &format!(
            "{}{}{}",
            setting.variable(prefix),
            flag.unwrap_or_default(),
            bounds.unwrap_or_default()
        ),
    );
    let _ = match setting.default() {
        Some(default) => writeln!(text, "{} = {default}", setting.name),
        None => writeln!(text, "# {} = {}", setting.name, setting.sample()),
    };
}

/// Writes paragraphs as comments, in lines of at most `WIDTH` characters.
fn comment(text: &mut String, paragraphs: &str) {
    let lines: Vec<&str> = paragraphs.lines().collect();
    for (index, paragraph) in lines.split(|line| line.is_empty()).enumerate() {
        if index > 0 {
            text.push_str("#\n");
        }
        let mut line = String::from("#");
        for word in paragraph.iter().flat_map(|line| line.split_whitespace()) {
            if line.len() + 1 + word.len() > WIDTH && line.len() > 1 {
                let _ = writeln!(text, "{line}");
                "#".clone_into(&mut line);
            }
            line.push(' ');
            line.push_str(word);
        }
        let _ = writeln!(text, "{}", line.trim_end());
    }
}
