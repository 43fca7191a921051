//! A mistake in the settings, as it is shown to whoever made it.

use std::fmt;

use config::{Value, ValueKind};

use super::{
    Settings,
    layers::{is_environment, variable_name},
};

/// One wrong setting: where it was written, which one it is, what to do.
///
/// Shown as `purlin.toml: http.workers: expected a whole number…`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    origin: String,
    key: Option<String>,
    message: String,
}

impl Mistake {
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

    /// An environment variable that is wrong without being a setting of ours.
    pub(crate) fn in_variable(name: &str, message: impl Into<String>) -> Self {
        Self::new(format!("environment variable {name}"), None, message)
    }

    /// Something this process was refused, whatever is set.
    pub(crate) fn of_process(message: impl Into<String>) -> Self {
        Self::new("this process", None, message)
    }

    /// A key no section knows, with the setting that was probably meant.
    pub(super) fn unknown<'k>(
        origin: &str,
        key: &str,
        known: impl Iterator<Item = &'k String>,
    ) -> Self {
        let shown = |key: &str| {
            if is_environment(origin) {
                variable_name(key)
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

    /// Where the value was written: the file's path, `environment variable
    /// NAME` or `flag --name`.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The setting's path, such as `http.bind`; `None` when the source as a
    /// whole cannot be read.
    pub fn key(&self) -> Option<&str> {
        self.key.as_deref()
    }

    /// What is wrong with it and how it is mended.
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl Settings {
    /// Notes a setting that is wrong beside others, though not by itself.
    pub(super) fn refuse(&self, key: &str, message: &str) {
        let mistake = self.mistake_in(key, message);
        self.state.borrow_mut().mistakes.push(mistake);
    }

    /// A mistake that shows only when the setting is used, with its origin.
    pub(crate) fn mistake_in(&self, key: &str, message: &str) -> Mistake {
        let mut path = key.split('.');
        let first = path.next().and_then(|name| self.root.get(name));
        let found = path.try_fold(first, |value, name| match value.map(|it| &it.kind) {
            Some(ValueKind::Table(table)) => Some(table.get(name)),
            _ => None,
        });
        let origin = found.flatten().and_then(Value::origin);
        Mistake::new(origin.unwrap_or("settings"), Some(key.to_owned()), message)
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.origin)?;
        if let Some(key) = &self.key {
            write!(f, ": {key}")?;
        }
        write!(f, ": {}", self.message)
    }
}

/// The known key closest to `key`, when it is close enough to be a slip.
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

/// How many single-character edits lead from one word to the other
/// (Levenshtein distance).
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
