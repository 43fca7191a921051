//! The settings, told: what is in force and where it came from, what there is to set, and as JSON Schema. All of it is
//! read off the sections' own declarations.

mod effective;
mod example;
mod table;

use purlin_router::schemas::{SchemaWithDefinitions, example as example_of};
use serde_json::{Map, Value, json};

use super::{
    layers,
    section::{Declared, entries, fields, is_text},
};
pub(super) use effective::effective;
pub(super) use example::example;
pub(super) use table::table;

/// The flags that override settings.
pub(crate) const FLAGS: [(&str, &str); 2] =
    [("--bind", "http.bind"), ("--workers", "http.workers")];

/// The JSON Schema of the settings file.
pub(super) fn schema(sections: &[Declared], title: &str) -> Value {
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

/// A schema that refuses what is refused, and knows that texts may stand in files.
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
        let words = format!("A file that has the text of `{name}`.");
        let file = json!({"type": "string", "description": words});
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
    fn words(&self) -> &str {
        let words = self.schema.get("description").and_then(Value::as_str);
        words.unwrap_or_default()
    }

    /// The default as TOML; nothing where it is not set.
    fn default(&self) -> Option<String> {
        self.schema.get("default").and_then(toml)
    }

    /// A value it may have, as TOML.
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

    fn is_map(&self) -> bool {
        entries(self.schema).is_some()
    }

    fn variable(&self) -> String {
        layers::variable_name(&self.key)
    }

    fn flag(&self) -> Option<&'static str> {
        let mut flags = FLAGS.into_iter();
        flags
            .find(|(_, key)| *key == self.key)
            .map(|(flag, _)| flag)
    }
}

/// A table of settings: its own first, then those within it.
struct Table<'s> {
    key: String,
    words: &'s str,
    settings: Vec<Setting<'s>>,
    tables: Vec<Table<'s>>,
}

impl<'s> Table<'s> {
    fn of(key: &str, schema: &'s Value) -> Self {
        let mut table = Self {
            key: key.to_owned(),
            words: schema
                .get("description")
                .and_then(Value::as_str)
                .unwrap_or_default(),
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

/// A value in TOML; nothing for null and for tables, which are written otherwise.
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
