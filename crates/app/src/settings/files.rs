//! Texts that stand in files of their own, as secrets of Docker and Kubernetes do: `key_file = "/run/secrets/key"` in the
//! stead of `key`, and `{ file = "/run/secrets/ada" }` in the stead of a text in a table of free names.

use std::fs;

use config::{Map, Value, ValueKind};

use super::{
    Mistake,
    section::{entries, fields, is_text},
};

const ENDING: &str = "_file";

/// Puts texts in place of the files that are named; what cannot be read is taken out.
pub(super) fn resolve(
    value: &mut Value,
    schema: &serde_json::Value,
    path: &str,
    mistakes: &mut Vec<Mistake>,
) {
    let ValueKind::Table(table) = &mut value.kind else {
        return;
    };
    for (name, field) in fields(schema) {
        let named = format!("{name}{ENDING}");
        let is_of_its_own = fields(schema).any(|(other, _)| other == named);
        if is_text(field) && !is_of_its_own && table.contains_key(&named) {
            beside(table, name, &named, path, mistakes);
        }
        if let Some(inner) = table.get_mut(name) {
            resolve(inner, field, &format!("{path}.{name}"), mistakes);
        }
    }
    if !entries(schema).is_some_and(is_text) {
        return;
    }
    table.retain(|name, value| {
        let place = format!("{path}.{name}");
        let file = match &value.kind {
            ValueKind::Table(inner) if inner.len() == 1 => inner.get("file").cloned(),
            _ => None,
        };
        let Some(file) = file else { return true };
        match read(&file, &format!("{place}.file")) {
            Ok(text) => {
                *value = text;
                true
            }
            Err(mistake) => {
                mistakes.push(mistake);
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
    mistakes: &mut Vec<Mistake>,
) {
    let Some(file) = table.remove(named) else {
        return;
    };
    let key = format!("{path}.{named}");
    if let Some(other) = table.get(name) {
        let origin = file.origin().unwrap_or("settings").to_owned();
        let words = format!(
            "`{path}.{name}` is set as well, by {}; leave one of the two out",
            other.origin().unwrap_or("settings")
        );
        mistakes.push(Mistake::new(origin, Some(key), words));
        return;
    }
    match read(&file, &key) {
        Ok(text) => drop(table.insert(name.to_owned(), text)),
        Err(mistake) => mistakes.push(mistake),
    }
}

/// The text of a file, without the line end that editors put there.
fn read(file: &Value, key: &str) -> Result<Value, Mistake> {
    let origin = file.origin().unwrap_or("settings").to_owned();
    let refuse = |words: String| Mistake::new(origin.clone(), Some(key.to_owned()), words);
    let ValueKind::String(path) = &file.kind else {
        return Err(refuse("expected the path of a file".to_owned()));
    };
    let text =
        fs::read_to_string(path).map_err(|error| refuse(format!("cannot read {path}: {error}")))?;
    let text = text.strip_suffix('\n').unwrap_or(&text);
    let text = text.strip_suffix('\r').unwrap_or(text);
    Ok(Value::new(Some(&format!("{origin}, file {path}")), text))
}
