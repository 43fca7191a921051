//! Texts that are read from files of their own, such as secrets of Docker and Kubernetes: `key_file = "/run/secrets/key"`
//! in place of `key`, and `{ file = "/run/secrets/ada" }` in place of a text in a table of free names.

use std::fs;

use config::{Map, Value, ValueKind};

use super::{
    SettingsError,
    section::{entries, fields, is_text},
};

const ENDING: &str = "_file";

/// Replaces the names of files by their contents; a file that cannot be read is reported and removed.
pub(super) fn resolve(
    value: &mut Value,
    schema: &serde_json::Value,
    path: &str,
    errors: &mut Vec<SettingsError>,
) {
    let ValueKind::Table(table) = &mut value.kind else {
        return;
    };
    for (name, field) in fields(schema) {
        let named = format!("{name}{ENDING}");
        let is_a_field = fields(schema).any(|(other, _)| other == named);
        if is_text(field) && !is_a_field && table.contains_key(&named) {
            beside(table, name, &named, path, errors);
        }
        if let Some(inner) = table.get_mut(name) {
            resolve(inner, field, &format!("{path}.{name}"), errors);
        }
    }
    if !entries(schema).is_some_and(is_text) {
        return;
    }
    table.retain(|name, value| {
        let key = format!("{path}.{name}");
        let file = match &value.kind {
            ValueKind::Table(inner) if inner.len() == 1 => inner.get("file").cloned(),
            _ => None,
        };
        let Some(file) = file else { return true };
        match read(&file, &format!("{key}.file")) {
            Ok(text) => {
                *value = text;
                true
            }
            Err(error) => {
                errors.push(error);
                false
            }
        }
    });
}

/// Reads `key_file` into `key`.
fn beside(
    table: &mut Map<String, Value>,
    name: &str,
    named: &str,
    path: &str,
    errors: &mut Vec<SettingsError>,
) {
    let Some(file) = table.remove(named) else {
        return;
    };
    let key = format!("{path}.{named}");
    if let Some(other) = table.get(name) {
        let origin = file.origin().unwrap_or("settings").to_owned();
        let message = format!(
            "`{path}.{name}` is set as well, by {}; remove one of the two",
            other.origin().unwrap_or("settings")
        );
        errors.push(SettingsError::new(origin, Some(key), message));
        return;
    }
    match read(&file, &key) {
        Ok(text) => drop(table.insert(name.to_owned(), text)),
        Err(error) => errors.push(error),
    }
}

/// Reads the text of a file, without the final line end that editors add.
fn read(file: &Value, key: &str) -> Result<Value, SettingsError> {
    let origin = file.origin().unwrap_or("settings").to_owned();
    let fail = |message: String| SettingsError::new(origin.clone(), Some(key.to_owned()), message);
    let ValueKind::String(path) = &file.kind else {
        return Err(fail("expected the path of a file".to_owned()));
    };
    let text =
        fs::read_to_string(path).map_err(|error| fail(format!("cannot read {path}: {error}")))?;
    let text = text.strip_suffix('\n').unwrap_or(&text);
    let text = text.strip_suffix('\r').unwrap_or(text);
    Ok(Value::new(Some(&format!("{origin}, file {path}")), text))
}
