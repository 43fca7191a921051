//! The named schema that another one refers to.

use std::collections::BTreeMap;

use purlin_schemas::Definition;
use serde_json::Value;

const REFERENCE: &str = "#/components/schemas/";

/// The name of the schema this one refers to.
pub(super) fn name(schema: &Value) -> Option<&str> {
    schema.get("$ref")?.as_str()?.strip_prefix(REFERENCE)
}

/// The schema this one refers to.
pub(super) fn target<'s>(
    schema: &'s Value,
    definitions: &'s BTreeMap<String, Definition>,
) -> Option<&'s Value> {
    let definition = definitions.get(name(schema)?)?;
    Some(&definition.schema)
}
