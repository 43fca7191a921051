//! Where settings come from: the file, the environment and the flags, each
//! turned into a tree of values that remember their origin.
//!
//! Nothing here knows which settings exist; `read` gives the tree its meaning.

use std::{ffi::OsString, fs, io, path::Path};

use config::{ConfigError, File, FileFormat, Map, Source, Value, ValueKind};

use super::{Mistake, Sources};

/// What every environment variable of ours starts with.
pub(super) const ENV_PREFIX: &str = "PURLIN_";

/// The file that is read when `--config` names none.
pub(super) const DEFAULT_FILE: &str = "purlin.toml";

const ENV_ORIGIN: &str = "environment variable ";
const FLAG_ORIGIN: &str = "flag ";

/// Whether a value comes from where everything is text, so that `"2"` may be a
/// number. In the file a number is written as a number.
pub(super) fn is_text(origin: Option<&str>) -> bool {
    origin.is_some_and(|origin| is_environment(origin) || origin.starts_with(FLAG_ORIGIN))
}

pub(super) fn is_environment(origin: &str) -> bool {
    origin.starts_with(ENV_ORIGIN)
}

/// The name under which the environment sets `key`.
pub(super) fn variable_name(key: &str) -> String {
    format!("{ENV_PREFIX}{}", key.to_uppercase().replace('.', "__"))
}

/// Lays the sources over one another: file, then environment, then flags.
pub(super) fn collect(sources: &Sources, mistakes: &mut Vec<Mistake>) -> Value {
    let layers = [
        file(sources.file.as_deref(), mistakes),
        environment(&sources.environment, mistakes),
        flags(&sources.flags),
    ];
    let mut all = empty();
    for layer in layers {
        overlay(&mut all, layer);
    }
    all
}

/// Lays one tree over another, table by table. `config` could do that too, but
/// reads path expressions (`a.b[0]`) into keys and forgets where tables are from.
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

fn file(named: Option<&Path>, mistakes: &mut Vec<Mistake>) -> Value {
    let path = named.unwrap_or(Path::new(DEFAULT_FILE));
    let origin = path.display().to_string();
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if named.is_none() && error.kind() == io::ErrorKind::NotFound => return empty(),
        Err(error) => {
            let origin = match named {
                Some(_) => format!("{FLAG_ORIGIN}--config"),
                None => origin.clone(),
            };
            let message = format!("cannot read {}: {error}", path.display());
            mistakes.push(Mistake::new(origin, None, message));
            return empty();
        }
    };
    let text = text.trim_start_matches('\u{feff}');
    match File::from_str(text, FileFormat::Toml).collect() {
        Ok(table) => with_origin(Value::new(None, table), &origin),
        Err(error) => {
            let message = match error {
                ConfigError::FileParse { cause, .. } => cause.to_string(),
                other => other.to_string(),
            };
            mistakes.push(Mistake::new(origin, None, message.trim_end().to_owned()));
            empty()
        }
    }
}

fn with_origin(value: Value, origin: &String) -> Value {
    let kind = match value.kind {
        ValueKind::Table(table) => ValueKind::Table(
            table
                .into_iter()
                .map(|(key, value)| (key, with_origin(value, origin)))
                .collect(),
        ),
        ValueKind::Array(items) => ValueKind::Array(
            items
                .into_iter()
                .map(|value| with_origin(value, origin))
                .collect(),
        ),
        other => other,
    };
    Value::new(Some(origin), kind)
}

fn environment(variables: &[(OsString, OsString)], mistakes: &mut Vec<Mistake>) -> Value {
    let in_kubernetes = variables
        .iter()
        .any(|(name, _)| name == "KUBERNETES_SERVICE_HOST");
    let mut named: Vec<_> = variables
        .iter()
        .filter_map(|(name, value)| {
            let name = name.to_string_lossy().into_owned();
            name.starts_with(ENV_PREFIX).then_some((name, value))
        })
        .collect();
    named.sort();

    let mut root = empty();
    for (name, value) in named {
        let key = &name[ENV_PREFIX.len()..];
        if in_kubernetes && is_service_link(key) {
            continue;
        }
        let origin = format!("{ENV_ORIGIN}{name}");
        let Some(value) = value.to_str() else {
            mistakes.push(Mistake::new(
                origin,
                None,
                "the value is not UTF-8".to_owned(),
            ));
            continue;
        };
        let key = key.to_lowercase();
        let path: Vec<&str> = key.split("__").collect();
        overlay(&mut root, nested(&path, &origin, value));
    }
    root
}

fn flags(flags: &[(&'static str, &'static str, String)]) -> Value {
    let mut root = empty();
    for (flag, key, value) in flags {
        let path: Vec<&str> = key.split('.').collect();
        overlay(
            &mut root,
            nested(&path, &format!("{FLAG_ORIGIN}{flag}"), value),
        );
    }
    root
}

/// The values below `value`, each with the origin it has: an unknown table may
/// be written in the file and in the environment at once.
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

/// One text value inside as many tables as its path has parents. The tables
/// bear its origin too: a table where a value belongs is then traced as well.
fn nested(path: &[&str], origin: &String, value: &str) -> Value {
    match path {
        [] => Value::new(Some(origin), value),
        [first, rest @ ..] => {
            let inner = nested(rest, origin, value);
            Value::new(Some(origin), Map::from_iter([((*first).to_owned(), inner)]))
        }
    }
}

/// Kubernetes puts the address of every service of the namespace into the
/// environment. One named `purlin` gives `PURLIN_SERVICE_HOST`, `PURLIN_PORT`,
/// `PURLIN_PORT_8000_TCP_ADDR` and so on: not settings, and nobody's mistake.
fn is_service_link(key: &str) -> bool {
    if key.contains("__") {
        return false;
    }
    let key = format!("_{key}");
    let port_of_protocol = || {
        let mut parts = key.rsplit('_');
        let mut last = parts.next();
        if matches!(last, Some("PROTO" | "PORT" | "ADDR")) {
            last = parts.next();
        }
        matches!(last, Some("TCP" | "UDP" | "SCTP"))
            && parts.next().is_some_and(|port| port.parse::<u16>().is_ok())
            && parts.next() == Some("PORT")
    };
    key.ends_with("_SERVICE_HOST")
        || key.ends_with("_PORT")
        || key.contains("_SERVICE_PORT_")
        || port_of_protocol()
}
