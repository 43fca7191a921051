//! The judge of what a document means: the crate `jsonschema`, which Purlin does not use itself. The fuzz targets ask it too.

use purlin_schemas::{Direction, Schema, describe};
use serde_json::{Map, Value, json};

/// The document of a type as a schema that stands alone.
pub(crate) fn judge<T: Schema>(direction: Direction) -> jsonschema::Validator {
    let described = describe::<T>(direction).unwrap();
    let definitions: Map<String, Value> = described
        .definitions
        .into_iter()
        .map(|(name, definition)| (name, definition.schema))
        .collect();
    let document = json!({"allOf": [described.root], "components": {"schemas": definitions}});
    jsonschema::draft202012::options()
        .should_validate_formats(true)
        .build(&document)
        .unwrap()
}
