//! The schemas of types of other crates that schemars describes differently from how serde reads them.

use std::time::Duration;

use schemars::JsonSchema;
use serde_json::{Map, Value, json};

use crate::{Direction, extension};

/// The schemas that replace those of schemars.
///
/// A schema of schemars is recognised by comparing it with what schemars generates for the type, so that a new
/// release of schemars is recognised as well.
pub(super) struct Replacements(Vec<Replacement>);

struct Replacement {
    /// The members schemars generates, without `type`.
    recognised: Map<String, Value>,
    /// The members that replace them.
    members: Map<String, Value>,
}

impl Replacements {
    pub(super) fn new(direction: Direction) -> Self {
        let replacements = [
            Replacement::of::<Duration>(direction, duration()),
            #[cfg(feature = "rust_decimal1")]
            Replacement::of::<rust_decimal::Decimal>(direction, decimal()),
        ];
        Self(replacements.into_iter().collect())
    }

    /// Replaces the members of a schema, if it is that of one of the types.
    pub(super) fn apply(&self, members: &mut Map<String, Value>) {
        // A type of `#[schema]` that looks the same is another type.
        if members.contains_key(extension::TYPE) {
            return;
        }
        let replacement = self.0.iter().find(|one| one.matches(members));
        if let Some(replacement) = replacement {
            replacement.apply(members);
        }
    }
}

impl Replacement {
    fn of<T: JsonSchema>(direction: Direction, members: Map<String, Value>) -> Self {
        let schema = T::json_schema(&mut direction.settings().into_generator()).to_value();
        let mut recognised = match schema {
            Value::Object(recognised) => recognised,
            _ => Map::new(),
        };
        recognised.remove("type");
        Self {
            recognised,
            members,
        }
    }

    fn matches(&self, members: &Map<String, Value>) -> bool {
        let mut recognised = self.recognised.iter();
        !self.recognised.is_empty()
            && recognised.all(|(key, value)| members.get(key) == Some(value))
    }

    fn apply(&self, members: &mut Map<String, Value>) {
        let is_nullable = members
            .get("type")
            .and_then(Value::as_array)
            .is_some_and(|types| types.iter().any(|one| one == "null"));
        members.retain(|key, _| !self.recognised.contains_key(key));
        members.extend(self.members.clone());
        if is_nullable && let Some(one) = members.get_mut("type") {
            *one = json!([one, "null"]);
        }
    }
}

/// serde rejects unknown members of a `Duration`, and more nanoseconds than a second has.
fn duration() -> Map<String, Value> {
    object(json!({
        "type": "object",
        "properties": {
            "secs": {"type": "integer", "format": "uint64", "minimum": 0},
            "nanos": {"type": "integer", "format": "uint32", "minimum": 0, "maximum": 999_999_999},
        },
        "required": ["secs", "nanos"],
        "additionalProperties": false,
        (extension::STRICT): true,
    }))
}

/// A decimal is a string in both directions: most JSON parsers convert a number to binary and lose digits.
#[cfg(feature = "rust_decimal1")]
fn decimal() -> Map<String, Value> {
    object(json!({
        "type": "string",
        "format": "decimal",
        "pattern": r"^-?[0-9]{1,28}(\.[0-9]{1,28})?$",
        (extension::STRICT): true,
    }))
}

/// Closes the named schemas of generic types of the standard library, whose unknown members serde rejects.
///
/// # Errors
///
/// A reason, for a type that cannot be described.
pub(super) fn close_named(name: &str, schema: &mut Value) -> Result<(), &'static str> {
    let Some(members) = schema.as_object_mut() else {
        return Ok(());
    };
    // A type of `#[schema]` that has such a name is another type.
    if members.contains_key(extension::TYPE) {
        return Ok(());
    }
    let has = |members: &Map<String, Value>, names: &[&str]| {
        let properties = members.get("properties").and_then(Value::as_object);
        properties.is_some_and(|properties| {
            properties.len() == names.len()
                && names.iter().all(|name| properties.contains_key(*name))
        })
    };
    if name == "SystemTime" && has(members, &["secs_since_epoch", "nanos_since_epoch"]) {
        return Err(
            "the range of a `SystemTime` depends on the system, and times before 1970 cannot be written; use `jiff::Timestamp` or \
             `chrono::DateTime<Utc>`, with the feature `jiff02` or `chrono04`",
        );
    }
    if name.starts_with("Range_of_") && has(members, &["start", "end"]) {
        close(members);
    }
    let variants: &[&str] = match name {
        _ if name.starts_with("Bound_of_") => &["Included", "Excluded"],
        _ if name.starts_with("Result_of_") => &["Ok", "Err"],
        _ => &[],
    };
    let branches = members.get_mut("oneOf").and_then(Value::as_array_mut);
    for branch in branches.into_iter().flatten() {
        if let Some(branch) = branch.as_object_mut()
            && variants.iter().any(|name| has(branch, &[name]))
        {
            close(branch);
        }
    }
    Ok(())
}

fn close(members: &mut Map<String, Value>) {
    members
        .entry("additionalProperties")
        .or_insert(Value::Bool(false));
}

fn object(schema: Value) -> Map<String, Value> {
    match schema {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}

/// Matches times of day without an offset, as chrono and jiff read and write them.
const TIME: &str = "([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,9})?";

/// Matches dates that exist, leap days included.
const DATE: &str = "([0-9]{4}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)\
     |02-(0[1-9]|1[0-9]|2[0-8]))|([0-9]{2}(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)-02-29)";

/// Replaces formats that JSON Schema does not define by keywords it does.
pub(super) fn replace_formats(members: &mut Map<String, Value>) {
    let (key, form) = match members.get("format").and_then(Value::as_str) {
        Some("ip") => ("anyOf", json!([{"format": "ipv4"}, {"format": "ipv6"}])),
        Some("partial-time") => ("pattern", format!("^{TIME}$").into()),
        Some("partial-date-time") => ("pattern", format!("^{DATE}T{TIME}$").into()),
        _ => return,
    };
    members.remove("format");
    members.insert(key.to_owned(), form);
    // The Rust types read more than these keywords allow.
    members
        .entry(extension::STRICT)
        .or_insert(Value::Bool(true));
}
