//! The keywords that the comparison interprets. What it does not interpret is compared
//! as a whole.

use purlin_openapi::Dialect;
use serde_json::Value;

use crate::{annotations::is_annotation, source::Node, type_set::TypeSet};

/// Keywords that are not merged with others.
pub(super) const CONSTRAINTS: [&str; 14] = [
    "contains",
    "contentSchema",
    "dependentRequired",
    "dependentSchemas",
    "else",
    "if",
    "maxContains",
    "minContains",
    "not",
    "patternProperties",
    "propertyNames",
    "then",
    "unevaluatedItems",
    "unevaluatedProperties",
];

/// Returns the name of the property of a discriminator, which is the discriminator
/// itself in Swagger 2.0.
pub(super) fn discriminator_property(discriminator: &Value) -> Option<&str> {
    match discriminator {
        Value::String(property) => Some(property),
        other => other.get("propertyName")?.as_str(),
    }
}

/// Returns whether the comparison interprets a keyword, or it has no meaning.
pub(super) fn is_interpreted(
    dialect: Dialect,
    node: &Node<'_>,
    keyword: &str,
    value: &Value,
) -> bool {
    let is_2 = dialect == Dialect::V2_0;
    // A Swagger 2.0 parameter is its own schema.
    let is_parameter = is_2 && node.value.get("in").is_some();
    let is_field = node.text("in") == Some("formData");
    match keyword {
        "type" => TypeSet::parse(value).is_some(),
        "format" | "pattern" | "contentEncoding" | "contentMediaType" => value.is_string(),
        "maximum" | "minimum" | "multipleOf" => value.is_number(),
        "exclusiveMaximum" | "exclusiveMinimum" => {
            value.is_number() || (dialect != Dialect::V3_1 && value.is_boolean())
        }
        "maxItems" | "maxLength" | "maxProperties" | "minItems" | "minLength" | "minProperties" => {
            value.is_number()
        }
        "deprecated" | "readOnly" | "uniqueItems" | "writeOnly" | "x-deprecated" | "x-nullable" => {
            value.is_boolean()
        }
        "nullable" => dialect != Dialect::V3_1 && value.is_boolean(),
        "required" => match value {
            Value::Array(names) => names.iter().all(Value::is_string),
            other => is_parameter && other.is_boolean(),
        },
        "enum" => value.is_array(),
        "dependentRequired" | "dependentSchemas" | "patternProperties" => value.is_object(),
        "maxContains" | "minContains" => value.is_u64(),
        "discriminator" => discriminator_property(value).is_some(),
        "x-extensible-enum" => value.is_array() || value.is_boolean(),
        "in" | "name" => is_parameter,
        "allowEmptyValue" => is_parameter && !is_field,
        "collectionFormat" => {
            let is_known = ["csv", "multi", "pipes", "ssv", "tsv"]
                .iter()
                .any(|it| value == it);
            (is_parameter && !is_field && is_known) || (is_2 && value == "csv")
        }
        "$anchor"
        | "$dynamicAnchor"
        | "$dynamicRef"
        | "$id"
        | "$ref"
        | "additionalProperties"
        | "allOf"
        | "anyOf"
        | "const"
        | "default"
        | "items"
        | "oneOf"
        | "prefixItems"
        | "properties"
        | "x-anyOf"
        | "x-oneOf" => true,
        other => CONSTRAINTS.contains(&other) || is_annotation(other),
    }
}
