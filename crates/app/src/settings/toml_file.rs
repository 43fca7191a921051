//! The settings file: `config` reads the values, `toml` the lines and columns of their keys.

use std::{fs, io, path::Path};

use config::{ConfigError, File, FileFormat, Map, Source, Value, ValueKind};
use toml::de::{DeTable, DeValue};

use super::{SettingsError, origin::FLAG};

/// Reads the file that was named by `--config`.
pub(super) fn read_required(path: &Path) -> Result<Option<Value>, SettingsError> {
    let text = fs::read_to_string(path)
        .map_err(|error| unreadable(format!("{FLAG}--config"), path, &error))?;
    parse(path, &text).map(Some)
}

/// Reads the default file, if there is one.
pub(super) fn read_optional(path: &Path) -> Result<Option<Value>, SettingsError> {
    match fs::read_to_string(path) {
        Ok(text) => parse(path, &text).map(Some),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(unreadable(path.display().to_string(), path, &error)),
    }
}

fn unreadable(origin: String, path: &Path, error: &io::Error) -> SettingsError {
    let message = format!("cannot read {}: {error}", path.display());
    SettingsError::new(origin, None, message)
}

fn parse(path: &Path, text: &str) -> Result<Value, SettingsError> {
    let text = text.trim_start_matches('\u{feff}');
    let source = SourceText {
        path: path.display().to_string(),
        text,
    };
    let positions = DeTable::parse(text).map_err(|error| {
        let origin = match error.span() {
            Some(span) => source.origin(span.start),
            None => source.path.clone(),
        };
        SettingsError::new(origin, None, on_one_line(error.message()))
    })?;
    let values = File::from_str(text, FileFormat::Toml)
        .collect()
        .map_err(|error| {
            let message = match error {
                ConfigError::FileParse { cause, .. } => cause.to_string(),
                other => other.to_string(),
            };
            match large_integer(positions.get_ref()) {
                Some(at) => {
                    let message = "expected a whole number that fits into 64 bits";
                    SettingsError::new(source.origin(at), None, message)
                }
                None => SettingsError::new(source.path.clone(), None, on_one_line(&message)),
            }
        })?;
    let values = source.locate_table(values, positions.get_ref());
    Ok(Value::new(Some(&source.path), values))
}

/// The parser of TOML lists what it expected on lines of their own.
fn on_one_line(message: &str) -> String {
    message.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Returns where the first integer is that does not fit into 64 bits, which `config` reports without a position.
fn large_integer(table: &DeTable<'_>) -> Option<usize> {
    fn in_value(value: &DeValue<'_>, at: usize) -> Option<usize> {
        match value {
            DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
                .is_err()
                .then_some(at),
            DeValue::Array(items) => items
                .iter()
                .find_map(|item| in_value(item.get_ref(), item.span().start)),
            DeValue::Table(table) => large_integer(table),
            _ => None,
        }
    }
    table
        .iter()
        .find_map(|(_, value)| in_value(value.get_ref(), value.span().start))
}

/// The text of a file, for the positions in it.
struct SourceText<'t> {
    path: String,
    text: &'t str,
}

impl SourceText<'_> {
    /// Returns `path:line:column` of a byte offset; columns count characters.
    fn origin(&self, offset: usize) -> String {
        let before = self.text.get(..offset).unwrap_or(self.text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line = before.matches('\n').count() + 1;
        let column = before[line_start..].chars().count() + 1;
        format!("{}:{line}:{column}", self.path)
    }

    /// Gives each value of a table the position of its key.
    fn locate_table(
        &self,
        values: Map<String, Value>,
        positions: &DeTable<'_>,
    ) -> Map<String, Value> {
        let locate = |(key, value): (String, Value)| {
            let value = match positions.get_key_value(key.as_str()) {
                Some((name, position)) => self.locate(value, position.get_ref(), name.span().start),
                None => value,
            };
            (key, value)
        };
        values.into_iter().map(locate).collect()
    }

    fn locate(&self, value: Value, position: &DeValue<'_>, at: usize) -> Value {
        let kind = match (value.kind, position) {
            (ValueKind::Table(values), DeValue::Table(positions)) => {
                ValueKind::Table(self.locate_table(values, positions))
            }
            (ValueKind::Array(values), DeValue::Array(positions)) => {
                let items = values.into_iter().zip(positions.iter());
                let items =
                    items.map(|(value, it)| self.locate(value, it.get_ref(), it.span().start));
                ValueKind::Array(items.collect())
            }
            (other, _) => other,
        };
        Value::new(Some(&self.origin(at)), kind)
    }
}
