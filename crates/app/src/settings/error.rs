//! Errors of the settings, with the origin and the key of the value.

use std::fmt;

use config::{Value, ValueKind};

use super::{Settings, origin};
use crate::prefix::Prefix;

/// A setting that cannot be used: its origin, its key and what to do.
///
/// Displayed as `billing.toml:3:1: http.workers: expected a whole number…`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct SettingsError {
    origin: String,
    key: Option<String>,
    message: String,
}

impl SettingsError {
    pub(super) fn new(
        origin: impl Into<String>,
        key: Option<String>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            origin: origin.into(),
            key,
            message: message.into(),
        }
    }

    /// Reports an environment variable that is not named after the program.
    pub(crate) fn in_variable(name: &str, message: impl Into<String>) -> Self {
        Self::new(origin::variable(name), None, message)
    }

    /// Reports a failure of the process that no setting can prevent.
    pub(crate) fn of_process(message: impl Into<String>) -> Self {
        Self::new("this process", None, message)
    }

    /// Reports an unknown key, with the known one that was probably meant.
    pub(super) fn unknown<'k>(
        origin: &str,
        key: &str,
        known: impl Iterator<Item = &'k String>,
        prefix: &Prefix,
    ) -> Self {
        let shown = |key: &str| {
            if origin::is_variable(origin) {
                prefix.variable(key)
            } else {
                key.to_owned()
            }
        };
        let message = match nearest(key, known) {
            Some(known) => format!("no such setting; did you mean `{}`?", shown(known)),
            None => "no such setting; remove it".to_owned(),
        };
        Self::new(origin, Some(key.to_owned()), message)
    }

    /// Returns where the value was set: `PATH:LINE:COLUMN` in the file, `environment variable NAME` or `flag --name`.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Returns the key of the setting, such as `http.bind`; `None` if the source cannot be read at all.
    pub fn key(&self) -> Option<&str> {
        self.key.as_deref()
    }

    /// Returns what is wrong and how to correct it.
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl Settings {
    /// Reports a setting that contradicts another one.
    pub(super) fn report(&mut self, key: &str, message: &str) {
        let error = self.error_at(key, message);
        self.errors.push(error);
    }

    /// Makes the error of a setting that turns out to be unusable later, with the origin of its value.
    pub(crate) fn error_at(&self, key: &str, message: &str) -> SettingsError {
        let mut path = key.split('.');
        let first = path.next().and_then(|name| self.root.get(name));
        let found = path.try_fold(first, |value, name| match value.map(|it| &it.kind) {
            Some(ValueKind::Table(table)) => Some(table.get(name)),
            _ => None,
        });
        let origin = found.flatten().and_then(Value::origin);
        SettingsError::new(origin.unwrap_or("settings"), Some(key.to_owned()), message)
    }
}

impl fmt::Display for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.origin)?;
        if let Some(key) = &self.key {
            write!(f, ": {key}")?;
        }
        write!(f, ": {}", self.message)
    }
}

/// Returns the known key that is closest to `key`, if it is close enough to be a typing error.
fn nearest<'k>(key: &str, known: impl Iterator<Item = &'k String>) -> Option<&'k str> {
    let plain = |key: &str| {
        key.to_lowercase()
            .replace("__", ".")
            .replace(['_', '-'], ".")
    };
    let key = plain(key);
    known
        .map(|known| (edits(&key, &plain(known)), known.as_str()))
        .min()
        .filter(|(edits, _)| *edits <= key.chars().count() / 3)
        .map(|(_, known)| known)
}

/// Returns the Levenshtein distance.
fn edits(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (i, a) in from.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b) in to.iter().enumerate() {
            let substituted = diagonal + usize::from(a != *b);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[to.len()]
}
