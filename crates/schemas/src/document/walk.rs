//! Walking the subschemas of a schema.

use schemars::{
    Schema,
    transform::{self, Transform},
};
use serde_json::Value;

/// Applies a transform to each direct subschema. Members of `const`, `enum`, `default` and the like are values, not
/// schemas, and are left alone.
pub(super) fn transform_subschemas<T: Transform>(transform: &mut T, schema: &mut Schema) {
    transform::transform_subschemas(transform, schema);
    // The keywords of JSON Schema 2020-12 that schemars leaves out.
    for key in ["unevaluatedProperties", "unevaluatedItems"] {
        if let Some(subschema) = schema.get_mut(key) {
            transform_value(transform, subschema);
        }
    }
    let dependent = schema
        .get_mut("dependentSchemas")
        .and_then(Value::as_object_mut);
    for subschema in dependent.into_iter().flat_map(serde_json::Map::values_mut) {
        transform_value(transform, subschema);
    }
}

/// Applies a transform to a value that is a schema.
pub(super) fn transform_value<T: Transform>(transform: &mut T, schema: &mut Value) {
    if let Ok(schema) = schema.try_into() {
        transform.transform(schema);
    }
}
