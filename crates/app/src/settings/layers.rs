//! The layers of the settings, each a tree of values that know their origin: the file, environment variables, flags.
//!
//! This module does not know which settings exist; `read` gives the tree its meaning.

use std::{ffi::OsString, path::Path};

use config::{Map, Value, ValueKind};

use super::{
    SettingsError, Sources,
    origin::{self, FLAG},
    service_links, toml_file,
};
use crate::prefix::Prefix;

/// The sources merged into one tree.
pub(super) struct Layers {
    pub(super) root: Map<String, Value>,
    /// The number of environment variables that were ignored as service links.
    pub(super) service_links: usize,
}

impl Layers {
    /// Merges the sources: environment variables override the file, flags override both.
    pub(super) fn merge(sources: &Sources, errors: &mut Vec<SettingsError>) -> Self {
        let (environment, service_links) =
            environment(&sources.prefix, &sources.environment, errors);
        let mut root = file(sources, errors);
        overlay(&mut root, environment);
        overlay(&mut root, flags(&sources.flags));
        let root = match root.kind {
            ValueKind::Table(root) => root,
            _ => Map::new(),
        };
        Self {
            root,
            service_links,
        }
    }
}

/// Merges one tree into another, table by table. `config` can do that too, but it reads path expressions (`a.b[0]`) into
/// keys and drops the origins of tables.
fn overlay(below: &mut Value, above: Value) {
    match (&mut below.kind, above) {
        (
            ValueKind::Table(below),
            Value {
                kind: ValueKind::Table(above),
                ..
            },
        ) => {
            for (key, value) in above {
                match below.get_mut(&key) {
                    Some(below) => overlay(below, value),
                    None => {
                        below.insert(key, value);
                    }
                }
            }
        }
        (_, above) => *below = above,
    }
}

fn empty() -> Value {
    Value::new(None, Map::<String, Value>::new())
}

fn file(sources: &Sources, errors: &mut Vec<SettingsError>) -> Value {
    let read = match &sources.file {
        Some(path) => toml_file::read_required(path),
        None => toml_file::read_optional(Path::new(&sources.prefix.settings_file())),
    };
    match read {
        Ok(Some(value)) => value,
        Ok(None) => empty(),
        Err(error) => {
            errors.push(error);
            empty()
        }
    }
}

fn environment(
    prefix: &Prefix,
    variables: &[(OsString, OsString)],
    errors: &mut Vec<SettingsError>,
) -> (Value, usize) {
    let start = prefix.variables();
    let mut named: Vec<_> = variables
        .iter()
        .map(|(name, value)| (name.to_string_lossy(), value))
        .filter(|(name, _)| name.starts_with(&start))
        .collect();
    named.sort();

    let mut root = empty();
    let mut service_links = 0;
    for (name, value) in named {
        let key = &name[start.len()..];
        if service_links::is_service_link(key, value) {
            service_links += 1;
            continue;
        }
        let origin = origin::variable(&name);
        let Some(value) = value.to_str() else {
            errors.push(SettingsError::new(origin, None, "the value is not UTF-8"));
            continue;
        };
        let key = key.to_lowercase();
        let path: Vec<&str> = key.split("__").collect();
        overlay(&mut root, nested(&path, &origin, value));
    }
    (root, service_links)
}

fn flags(flags: &[(&'static str, &'static str, String)]) -> Value {
    let mut root = empty();
    for (flag, key, value) in flags {
        let path: Vec<&str> = key.split('.').collect();
        overlay(&mut root, nested(&path, &format!("{FLAG}{flag}"), value));
    }
    root
}

/// Appends the values below `value`, each with its own origin: an unknown table may be written in the file and in the
/// environment at once.
pub(super) fn leaves(
    path: &mut Vec<String>,
    value: &Value,
    into: &mut Vec<(Vec<String>, Option<String>)>,
) {
    match &value.kind {
        ValueKind::Table(table) if !table.is_empty() => {
            for (key, value) in table {
                path.push(key.clone());
                leaves(path, value, into);
                path.pop();
            }
        }
        _ => into.push((path.clone(), value.origin().map(str::to_owned))),
    }
}

/// Wraps a text in as many tables as its path has parents. The tables have its origin too, so that a table in place of a
/// value can be traced.
fn nested(path: &[&str], origin: &String, value: &str) -> Value {
    match path {
        [] => Value::new(Some(origin), value),
        [first, rest @ ..] => {
            let inner = nested(rest, origin, value);
            Value::new(Some(origin), Map::from_iter([((*first).to_owned(), inner)]))
        }
    }
}
