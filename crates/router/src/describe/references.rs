//! The named schemas that another one refers to.

use std::collections::{BTreeMap, btree_map::Entry};

use purlin_openapi::references::{for_each, schema_name};
use purlin_schemas::Definition;
use serde_json::Value;

/// The name of the schema this one refers to.
pub(super) fn name(schema: &Value) -> Option<&str> {
    schema_name(schema.get("$ref")?.as_str()?)
}

/// The schema this one refers to.
pub(super) fn target<'s>(
    schema: &'s Value,
    definitions: &'s BTreeMap<String, Definition>,
) -> Option<&'s Value> {
    let definition = definitions.get(name(schema)?)?;
    Some(&definition.schema)
}

/// The schemas this one refers to, directly or not, by name.
pub(super) fn reachable(
    schema: &Value,
    definitions: &BTreeMap<String, Definition>,
) -> BTreeMap<String, Definition> {
    let mut found = BTreeMap::new();
    let mut open = vec![schema];
    while let Some(schema) = open.pop() {
        for_each(schema, &mut |reference| {
            let name = schema_name(reference).unwrap_or_default();
            if let Some(definition) = definitions.get(name)
                && let Entry::Vacant(entry) = found.entry(name.to_owned())
            {
                entry.insert(definition.clone());
                open.push(&definition.schema);
            }
        });
    }
    found
}
