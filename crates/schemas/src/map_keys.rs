//! Annotates the schema of a map with the schemas of its keys. Of a key's type schemars states the pattern, the
//! names of unit variants and whether it is an integer, and drops the rest.

use schemars::JsonSchema;
use serde_json::{Map, Value, json};

use crate::{Direction, addresses, extension};

/// Adds the schemas of keys of type `K` to the schema of a map, as an extension.
pub(crate) fn annotate<K: JsonSchema + 'static>(map: &mut Map<String, Value>) {
    let is_map = match map.get("type") {
        Some(Value::Array(types)) => types.iter().any(|one| one == "object"),
        one => one.is_some_and(|one| one == "object"),
    };
    if !is_map {
        return;
    }
    let schema = |direction: Direction| {
        let settings = direction
            .settings()
            .with(|settings| settings.inline_subschemas = true);
        let mut keys = K::json_schema(&mut settings.into_generator()).to_value();
        if let Some(members) = keys.as_object_mut() {
            addresses::state::<K>(members);
        }
        keys
    };
    let keys = json!({
        "input": schema(Direction::Input),
        "output": schema(Direction::Output),
    });
    map.insert(extension::KEYS.to_owned(), keys);
}
