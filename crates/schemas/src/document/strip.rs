//! Removing this crate's extension keywords from schemas.

use schemars::{Schema, transform::Transform};
use serde_json::Value;

use super::walk;
use crate::extension;

/// Removes the extension keywords from a schema and its subschemas.
pub(super) fn strip_extensions(schema: &mut Value) {
    walk::transform_value(&mut StripExtensions, schema);
}

struct StripExtensions;

impl Transform for StripExtensions {
    fn transform(&mut self, schema: &mut Schema) {
        if let Some(members) = schema.as_object_mut() {
            members.retain(|key, _| !key.starts_with(extension::PREFIX));
        }
        walk::transform_subschemas(self, schema);
    }
}
