//! The named schema that another one refers to.

use std::collections::BTreeMap;

use purlin_openapi::references::schema_name;
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
