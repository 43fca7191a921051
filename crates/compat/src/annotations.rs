//! The members of objects that have no meaning for clients.

/// Texts, and parts that are reached by references only.
const ANNOTATIONS: [&str; 10] = [
    "$comment",
    "$defs",
    "definitions",
    "description",
    "example",
    "examples",
    "externalDocs",
    "summary",
    "tags",
    "title",
];

/// Returns whether a member of an object of OpenAPI or a keyword of a schema has no
/// meaning for clients.
pub(crate) fn is_annotation(key: &str) -> bool {
    ANNOTATIONS.contains(&key) || is_extension(key)
}

/// Returns whether a member is an extension without a meaning here.
fn is_extension(key: &str) -> bool {
    const INTERPRETED: [&str; 5] = [
        "x-anyOf",
        "x-deprecated",
        "x-extensible-enum",
        "x-nullable",
        "x-oneOf",
    ];
    key.starts_with("x-") && !INTERPRETED.contains(&key)
}
