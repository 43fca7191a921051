//! Lists that are written as one field an item, in queries and forms: an empty one cannot be distinguished from a missing
//! one, so where the list is required the document requires an item.

use std::collections::BTreeMap;

use purlin_schemas::{Definition, SchemaWithDefinitions};
use serde_json::Value;

use super::references;

type Definitions = BTreeMap<String, Definition>;

/// Returns a schema, and the one it refers to.
fn with_target<'s>(
    schema: &'s Value,
    definitions: &'s Definitions,
) -> impl Iterator<Item = &'s Value> + Clone {
    std::iter::once(schema).chain(references::target(schema, definitions))
}

/// Returns whether a schema is of a list, and requires no item.
pub(super) fn may_be_empty(schema: &Value, definitions: &Definitions) -> bool {
    let mut schemas = with_target(schema, definitions);
    let least = |schema: &Value| schema.get("minItems").and_then(Value::as_u64);
    let states_more = |schema: &Value| least(schema).is_some_and(|least| least > 0);
    schemas
        .clone()
        .any(|schema| schema.get("type").is_some_and(|kind| kind == "array"))
        && !schemas.any(states_more)
}

/// Returns the schema of a form, which requires an item of each required list, except of those that are written in one
/// text.
pub(super) fn of_form(form: &SchemaWithDefinitions, in_one_text: impl Fn(&str) -> bool) -> Value {
    let mut asked = Vec::new();
    for schema in with_target(&form.root, &form.definitions) {
        let required = schema.get("required").and_then(Value::as_array);
        for name in required.into_iter().flatten().filter_map(Value::as_str) {
            let list = schema.get("properties").and_then(|it| it.get(name));
            if list.is_some_and(|list| may_be_empty(list, &form.definitions)) && !in_one_text(name)
            {
                asked.push(name);
            }
        }
    }
    // Beside a reference: elsewhere, in JSON, the same type may have empty lists.
    let mut schema = form.root.clone();
    for name in asked {
        schema["properties"][name]["minItems"] = 1.into();
    }
    schema
}
