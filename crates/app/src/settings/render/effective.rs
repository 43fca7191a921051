//! The effective settings, each with its origin.

use std::fmt::Write;

use config::{Map, Value as Given, ValueKind};
use serde_json::Value;

use super::toml;
use crate::settings::{
    secret::MASK,
    section::{ReadSection, entries, fields, is_secret},
};

/// Prints the settings as TOML, with the origin of each as a comment. Secrets are masked.
pub(in crate::settings) fn effective(
    sections: &[ReadSection],
    root: &Map<String, Given>,
) -> String {
    let mut text = String::new();
    for section in sections {
        let given = root.get(&section.name);
        table(
            &mut text,
            &section.name,
            &section.schema,
            &section.value,
            given,
        );
    }
    text
}

fn table(text: &mut String, key: &str, schema: &Value, value: &Value, given: Option<&Given>) {
    let separator = if text.is_empty() { "" } else { "\n" };
    // Writing to a String does not fail.
    let _ = writeln!(text, "{separator}[{key}]");
    let mut tables = Vec::new();
    for (name, schema) in fields(schema) {
        let value = value.get(name).unwrap_or(&Value::Null);
        let given = inner(given, name);
        if fields(schema).next().is_some() || entries(schema).is_some() {
            tables.push((name, schema, value, given));
        } else {
            line(text, name, schema, value, given);
        }
    }
    if let Some(entry) = entries(schema) {
        for (name, value) in value.as_object().into_iter().flatten() {
            line(text, name, entry, value, inner(given, name));
        }
    }
    for (name, schema, value, given) in tables {
        table(text, &format!("{key}.{name}"), schema, value, given);
    }
}

fn line(text: &mut String, name: &str, schema: &Value, value: &Value, given: Option<&Given>) {
    let origin = given.and_then(|given| given.origin()).unwrap_or("default");
    let shown = match toml(value) {
        Some(_) if is_secret(schema) => Some(format!("\"{MASK}\"")),
        shown => shown,
    };
    let _ = match shown {
        Some(shown) => writeln!(text, "{name} = {shown}  # {origin}"),
        None => writeln!(text, "# {name} is not set"),
    };
}

fn inner<'g>(given: Option<&'g Given>, name: &str) -> Option<&'g Given> {
    let table = match &given?.kind {
        ValueKind::Table(table) => table,
        _ => return None,
    };
    let file = || table.get(&format!("{name}_file"));
    table.get(name).or_else(file)
}
