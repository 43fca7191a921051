//! Reads a table of the metadata in a Cargo.toml, and reports all its errors together.

use std::path::Path;

use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::{Error, Result};

/// A table whose keys are the fields of a type; every key may be left out.
pub(crate) trait Table: DeserializeOwned + JsonSchema + Default {
    /// Returns what the types of the fields do not exclude: the key and the error, with its remedy.
    fn errors(&self) -> Vec<(String, String)> {
        Vec::new()
    }
}

/// Reads the table `name` of a Cargo.toml from what `cargo metadata` returns for it.
pub(crate) fn read<T: Table>(manifest: &Path, name: &str, value: &Value) -> Result<T> {
    let table = match value {
        Value::Null => return Ok(T::default()),
        Value::Object(table) => table,
        _ => {
            let reason = format!("`{name}` is not a table: write [{name}]");
            return Err(Error::invalid(manifest.display(), reason));
        }
    };
    let known = Keys::of::<T>();
    // One key at a time, since serde stops at the first error.
    let mut errors: Vec<_> = table
        .iter()
        .filter_map(|(key, value)| {
            let alone = Map::from_iter([(key.clone(), value.clone())]);
            let error = serde_json::from_value::<T>(alone.into()).err()?;
            Some((key.clone(), known.error(key, &error.to_string())))
        })
        .collect();
    let correct = table
        .iter()
        .filter(|(key, _)| errors.iter().all(|(wrong, _)| wrong != *key));
    let correct: Map<_, _> = correct
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    let read = serde_json::from_value::<T>(correct.into());
    match &read {
        Ok(read) => errors.extend(read.errors()),
        Err(error) => errors.push((name.to_owned(), error.to_string())),
    }
    match read {
        Ok(read) if errors.is_empty() => Ok(read),
        _ => Err(Error::Metadata {
            manifest: manifest.to_owned(),
            table: name.to_owned(),
            errors,
        }),
    }
}

/// The keys of a table, from the schema of its type.
struct Keys(Map<String, Value>);

impl Keys {
    fn of<T: JsonSchema>() -> Self {
        let mut schema = schemars::schema_for!(T).to_value();
        let properties = schema.get_mut("properties").map(Value::take);
        match properties {
            Some(Value::Object(properties)) => Self(properties),
            _ => Self(Map::new()),
        }
    }

    /// Describes what is wrong with a key, with the remedy.
    fn error(&self, key: &str, error: &str) -> String {
        let names = || self.0.keys().map(String::as_str);
        match self.0.get(key) {
            Some(schema) => {
                let example = example(schema);
                format!("{error}; write it as in `{key} = {example}`")
            }
            None => match closest(key, names()) {
                Some(known) => format!("unknown key; did you mean `{known}`?"),
                None => format!(
                    "unknown key; the keys are {}",
                    names().collect::<Vec<_>>().join(", ")
                ),
            },
        }
    }
}

/// Returns the known name that is most like a misspelled one.
pub(crate) fn closest<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let alike = known.map(|known| (strsim::jaro(name, known), known));
    let alike = alike.filter(|(likeness, _)| *likeness > 0.7);
    let closest = alike.max_by(|(a, _), (b, _)| a.total_cmp(b));
    closest.map(|(_, known)| known)
}

/// Returns the table of the keys in Markdown.
pub(crate) fn markdown<T: JsonSchema>() -> String {
    let mut text = "| key | value | default |\n|---|---|---|\n".to_owned();
    for (key, schema) in Keys::of::<T>().0 {
        let line = |name: &str| {
            let text = schema[name].as_str().unwrap_or_default();
            text.replace('\n', " ")
        };
        let (description, default) = (line("description"), line("x-default"));
        let example = example(&schema);
        text.push_str(&format!(
            "| `{key} = {example}` | {description} | {default} |\n"
        ));
    }
    text
}

fn example(schema: &Value) -> String {
    let example = schema["examples"].get(0);
    example.map(toml).unwrap_or_default()
}

/// Writes a value on one line of TOML.
fn toml(value: &Value) -> String {
    match value {
        Value::Object(table) => {
            let pairs = table
                .iter()
                .map(|(key, value)| format!("{key} = {}", toml(value)));
            format!("{{ {} }}", pairs.collect::<Vec<_>>().join(", "))
        }
        Value::Array(items) => {
            let items: Vec<_> = items.iter().map(toml).collect();
            format!("[{}]", items.join(", "))
        }
        // Strings, numbers and booleans are written as in JSON.
        plain => plain.to_string(),
    }
}

/// Whether a text can be the name of an image (OCI distribution specification).
pub(crate) fn is_image_name(name: &str) -> bool {
    let is_alphanumeric = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let is_part = |part: &str| {
        part.starts_with(is_alphanumeric)
            && part.ends_with(is_alphanumeric)
            && part
                .chars()
                .all(|c| is_alphanumeric(c) || "._-".contains(c))
    };
    name.split('/').all(is_part)
}
