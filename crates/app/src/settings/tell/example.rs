//! The commented example of a settings file: every setting, with its default.

use std::fmt::Write;

use super::{Setting, Table};
use crate::settings::section::Declared;

const WIDTH: usize = 78;

/// The example, for a program of this name.
pub(in crate::settings) fn example(sections: &[Declared], program: &str) -> String {
    let mut text = String::new();
    comment(
        &mut text,
        &format!(
            "Every setting of {program}, as `{program} config example` writes it. Copy this file to purlin.toml in the \
             working directory, or name it with --config FILE. What is written here is the default; leave out what \
             you do not change.\n\n\
             Each setting may also come from the environment, which overrides this file: PURLIN_SECTION__KEY, with \
             two underscores between section and key. Flags override both. A setting that does not exist is refused \
             at start.\n\n\
             A text may stand in a file of its own, such as a secret of Docker or Kubernetes: name it by key_file in \
             the stead of key, and in a table of free names by {{ file = \"/run/secrets/name\" }}."
        ),
    );
    for section in sections {
        table(&mut text, &Table::of(&section.name, &section.schema));
    }
    text
}

fn table(text: &mut String, table: &Table<'_>) {
    text.push('\n');
    comment(text, table.words);
    // Writing to a String does not fail.
    let _ = writeln!(text, "[{}]", table.key);
    let (maps, settings): (Vec<_>, Vec<_>) = table.settings.iter().partition(|it| it.is_map());
    for (index, setting) in settings.into_iter().enumerate() {
        if index > 0 {
            text.push('\n');
        }
        one(text, setting);
    }
    for setting in maps {
        text.push('\n');
        comment(text, setting.words());
        comment(text, &format!("{}__NAME", setting.variable()));
        let _ = writeln!(text, "[{}]\n# name = \"value\"", setting.key);
    }
    for inner in &table.tables {
        self::table(text, inner);
    }
}

fn one(text: &mut String, setting: &Setting<'_>) {
    comment(text, setting.words());
    let flag = setting.flag().map(|flag| format!(", {flag}"));
    comment(
        text,
        &format!("{}{}", setting.variable(), flag.unwrap_or_default()),
    );
    let _ = match setting.default() {
        Some(default) => writeln!(text, "{} = {default}", setting.name),
        None => writeln!(text, "# {} = {}", setting.name, setting.sample()),
    };
}

/// Words as comments, a paragraph each, in lines of a width that reads well.
fn comment(text: &mut String, words: &str) {
    let lines: Vec<&str> = words.lines().collect();
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
