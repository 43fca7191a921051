//! References between schemas: their form, and where they occur in a schema.

use serde_json::Value;

use crate::subschemas;

/// The prefix of a reference to a component schema.
pub const SCHEMA_PREFIX: &str = "#/components/schemas/";

/// Returns the name of the component schema that `reference` points to.
///
/// ```
/// use purlin_openapi::references::schema_name;
///
/// assert_eq!(schema_name("#/components/schemas/Todo"), Some("Todo"));
/// assert_eq!(schema_name("#/definitions/Todo"), None);
/// ```
#[must_use]
pub fn schema_name(reference: &str) -> Option<&str> {
    reference.strip_prefix(SCHEMA_PREFIX)
}

/// Calls `visit` with every reference in a schema and its subschemas: each
/// `$ref` and each target in the mapping of a discriminator.
///
/// Examples, defaults and constants are values, not schemas: a `$ref` in one of
/// them is not a reference.
pub fn for_each<'s>(schema: &'s Value, visit: &mut impl FnMut(&'s str)) {
    let Value::Object(members) = schema else {
        return;
    };
    if let Some(Value::String(target)) = members.get("$ref") {
        visit(target);
    }
    let mapping = schema.pointer("/discriminator/mapping");
    let targets = mapping.and_then(Value::as_object).into_iter().flatten();
    for (_, target) in targets {
        if let Value::String(target) = target {
            visit(target);
        }
    }
    subschemas::for_each(members, |_, child| for_each(child, visit));
}

/// Calls `visit` with every reference in a schema and its subschemas, to be
/// changed. The references are those of [`for_each`].
pub fn for_each_mut(schema: &mut Value, visit: &mut impl FnMut(&mut String)) {
    let Value::Object(members) = schema else {
        return;
    };
    if let Some(Value::String(target)) = members.get_mut("$ref") {
        visit(target);
    }
    let mapping = members
        .get_mut("discriminator")
        .and_then(|it| it.get_mut("mapping"))
        .and_then(Value::as_object_mut);
    for (_, target) in mapping.into_iter().flatten() {
        if let Value::String(target) = target {
            visit(target);
        }
    }
    subschemas::for_each_mut(members, |_, child| for_each_mut(child, visit));
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn references_are_found_in_schemas_and_not_in_values() {
        let mut schema = json!({
            "$ref": "#/a",
            "properties": {"$ref": {"$ref": "#/b"}},
            "oneOf": [{"items": {"$ref": "#/c"}}],
            "discriminator": {"propertyName": "kind", "mapping": {"d": "#/d"}},
            "example": {"$ref": "#/e"},
            "const": {"$ref": "#/f"},
            "default": [{"$ref": "#/g"}],
        });
        let mut found = Vec::new();
        for_each(&schema, &mut |target| found.push(target));
        found.sort_unstable();
        assert_eq!(found, ["#/a", "#/b", "#/c", "#/d"]);

        let mut changed = 0;
        for_each_mut(&mut schema, &mut |target| {
            target.push('2');
            changed += 1;
        });
        assert_eq!(changed, 4);
        assert_eq!(schema["properties"]["$ref"]["$ref"], "#/b2");
        assert_eq!(schema["example"]["$ref"], "#/e");
    }
}
