//! The independent judge of what a document means: the crate `jsonschema`, which Purlin does not use itself.

use purlin_schemas::{Direction, Schema, describe};
use serde_json::{Map, Value, json};

/// The document of a type as a schema that stands alone.
pub(crate) fn judge<T: Schema>(direction: Direction) -> jsonschema::Validator {
    let described = match describe::<T>(direction) {
        Ok(described) => described,
        Err(errors) => panic!("the type cannot be described: {errors}"),
    };
    let definitions: Map<String, Value> = described
        .definitions
        .into_iter()
        .map(|(name, definition)| (name, definition.schema))
        .collect();
    let document = json!({"allOf": [described.root], "components": {"schemas": definitions}});
    let built = jsonschema::draft202012::options()
        .should_validate_formats(true)
        .build(&document);
    match built {
        Ok(validator) => validator,
        Err(error) => panic!("the document is no schema: {error}"),
    }
}
