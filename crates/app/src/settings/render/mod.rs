//! Prints the settings: the effective values with their origins, a commented example, a table, a JSON Schema. All of it is
//! generated from the types of the sections.

mod effective;
mod example;
mod table;

use purlin_router::schemas::{SchemaWithDefinitions, example as example_of};
use serde_json::{Map, Value, json};

use super::section::{ReadSection, entries, fields, is_secret, is_text};
use crate::prefix::Prefix;
pub(super) use effective::effective;
pub(super) use example::example;
pub(super) use table::table;

/// The flags that override settings.
pub(crate) const FLAGS: [(&str, &str); 2] =
    [("--bind", "http.bind"), ("--workers", "http.workers")];

/// Returns the JSON Schema of the settings file.
pub(super) fn schema(sections: &[ReadSection], title: &str) -> Value {
    let sections = sections.iter();
    let properties: Map<String, Value> = sections
        .map(|section| (section.name.clone(), closed(section.schema.clone())))
        .collect();
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": title,
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
    })
}

/// Closes a schema: unknown fields are rejected, and each text may be read from a file.
fn closed(mut schema: Value) -> Value {
    let Some(Value::Object(properties)) = schema.get_mut("properties") else {
        return schema;
    };
    let texts: Vec<String> = properties
        .iter()
        .filter(|(_, field)| is_text(field))
        .map(|(name, _)| name.clone())
        .collect();
    for field in properties.values_mut() {
        *field = closed(field.take());
    }
    for name in texts {
        let description = format!("A file with the text of `{name}`.");
        let file = json!({"type": "string", "description": description});
        properties.entry(format!("{name}_file")).or_insert(file);
    }
    schema["additionalProperties"] = false.into();
    schema
}

/// One setting, or a table of free names.
struct Setting<'s> {
    /// `http.bind`
    key: String,
    name: &'s str,
    schema: &'s Value,
}

impl Setting<'_> {
    fn description(&self) -> &str {
        description(self.schema)
    }

    /// Returns the default as TOML; secrets have none.
    fn default(&self) -> Option<String> {
        let default = self.schema.get("default");
        default.filter(|_| !is_secret(self.schema)).and_then(toml)
    }

    /// Returns an example of its value, as TOML.
    fn sample(&self) -> String {
        let mut schema = self.schema.clone();
        if let Some(members) = schema.as_object_mut() {
            members.remove("default");
        }
        let made = example_of(&SchemaWithDefinitions::inline(schema)).ok();
        made.as_ref()
            .and_then(toml)
            .unwrap_or_else(|| "…".to_owned())
    }

    /// Returns the bounds of a number, such as `1 to 1024`.
    fn bounds(&self) -> Option<String> {
        let bound = |keyword| self.schema.get(keyword).and_then(Value::as_u64);
        let (minimum, maximum) = (bound("minimum")?, bound("maximum")?);
        Some(format!("{minimum} to {maximum}"))
    }

    fn is_map(&self) -> bool {
        entries(self.schema).is_some()
    }

    fn variable(&self, prefix: &Prefix) -> String {
        prefix.variable(&self.key)
    }

    fn flag(&self) -> Option<&'static str> {
        let mut flags = FLAGS.into_iter();
        flags
            .find(|(_, key)| *key == self.key)
            .map(|(flag, _)| flag)
    }
}

/// A table of settings, with the tables within it.
struct Table<'s> {
    key: String,
    description: &'s str,
    settings: Vec<Setting<'s>>,
    tables: Vec<Table<'s>>,
}

impl<'s> Table<'s> {
    fn of(key: &str, schema: &'s Value) -> Self {
        let mut table = Self {
            key: key.to_owned(),
            description: description(schema),
            settings: Vec::new(),
            tables: Vec::new(),
        };
        for (name, schema) in fields(schema) {
            let key = format!("{key}.{name}");
            match fields(schema).next() {
                Some(_) => table.tables.push(Self::of(&key, schema)),
                None => table.settings.push(Setting { key, name, schema }),
            }
        }
        table
    }
}

fn description(schema: &Value) -> &str {
    let description = schema.get("description").and_then(Value::as_str);
    description.unwrap_or_default()
}

/// Writes a value as TOML; null and tables have no such form.
fn toml(value: &Value) -> Option<String> {
    match value {
        Value::Null | Value::Object(_) => None,
        Value::Array(items) => {
            let items: Vec<_> = items.iter().filter_map(toml).collect();
            Some(format!("[{}]", items.join(", ")))
        }
        // JSON's strings, numbers and booleans are TOML's.
        value => Some(value.to_string()),
    }
}
