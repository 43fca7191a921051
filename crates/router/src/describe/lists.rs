//! Lists that are written as one field an item, in queries and forms: an empty one cannot be distinguished from a missing
//! one, so where the list is required the document requires an item.

use std::collections::BTreeMap;

use purlin_schemas::{__router::without_null, Definition, SchemaWithDefinitions};
use serde_json::{Value, json};

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

/// How a field of a form is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Written<'s> {
    /// As text.
    Text,
    /// As text, all items of a list in one.
    OneText,
    /// As an object of this schema, of which each member is a field.
    Object(&'s Value),
    /// As JSON.
    #[cfg(feature = "multipart")]
    Json,
    /// As a file.
    #[cfg(feature = "multipart")]
    File,
}

impl Written<'_> {
    /// Returns whether null cannot be written.
    fn has_no_null(self) -> bool {
        match self {
            Self::Text | Self::OneText | Self::Object(_) => true,
            #[cfg(feature = "multipart")]
            Self::Json => false,
            #[cfg(feature = "multipart")]
            Self::File => true,
        }
    }

    /// Returns whether docs pages need an example of an optional list: a file that they make up is none.
    fn needs_example(self) -> bool {
        match self {
            #[cfg(feature = "multipart")]
            Self::File => true,
            _ => false,
        }
    }
}

/// Returns the schema of a form. A field of text is never null, and a required list has an item, except of those that are
/// written in one text.
///
/// Where that differs from the schema of the type, which may be read from JSON as well, the whole is repeated: docs pages and
/// generators ignore what is beside a reference, or what it refers to.
pub(super) fn of_form<'s>(
    form: &SchemaWithDefinitions,
    written_as: impl Fn(&str) -> Written<'s>,
) -> Value {
    let declared = references::target(&form.root, &form.definitions).unwrap_or(&form.root);
    let mut written = declared.clone();
    let required: Vec<&str> = declared
        .get("required")
        .and_then(Value::as_array)
        .map(|names| names.iter().filter_map(Value::as_str).collect())
        .unwrap_or_default();
    let fields = written.get_mut("properties").and_then(Value::as_object_mut);
    for (name, field) in fields.into_iter().flatten() {
        let kind = written_as(name);
        if let Written::Object(schema) = kind {
            *field = schema.clone();
            continue;
        }
        if kind.has_no_null() {
            *field = without_null(field);
        }
        if kind == Written::OneText || !may_be_empty(field, &form.definitions) {
            continue;
        }
        if required.contains(&name.as_str()) {
            if let Some(list) = references::target(field, &form.definitions) {
                *field = list.clone();
            }
            field["minItems"] = 1.into();
        } else if kind.needs_example() && field.get("examples").is_none() {
            field["examples"] = json!([[]]);
        }
    }
    if written == *declared {
        form.root.clone()
    } else {
        written
    }
}
