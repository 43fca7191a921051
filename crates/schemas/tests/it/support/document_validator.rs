//! Validates by the document, with the crate `jsonschema`, which Purlin does not use itself. The fuzz targets use this
//! file too.

use purlin_schemas::{Direction, Schema, describe};
use serde_json::{Map, Value, json};

/// Returns a validator of the schema that the document has for a type.
pub(crate) fn document_validator<T: Schema>(direction: Direction) -> jsonschema::Validator {
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
