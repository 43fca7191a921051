//! The rules of files, which a schema states by an extension.

use serde_json::Value;

use crate::extension;

/// The rules of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileRules {
    /// The allowed media types, `image/*` for all of a type; none for any.
    pub media_types: Vec<String>,
    /// Whether it is kept in memory instead of on disk.
    pub in_memory: bool,
}

impl FileRules {
    pub(super) fn read(extension: &Value) -> Self {
        let names = extension.get("mediaTypes").and_then(Value::as_array);
        let names = names.into_iter().flatten().filter_map(Value::as_str);
        Self {
            media_types: names.map(ToOwned::to_owned).collect(),
            in_memory: extension.get("inMemory") == Some(&Value::Bool(true)),
        }
    }
}

/// Returns the schema of a file, for the `JsonSchema` of types that represent one.
///
/// ```
/// use purlin_schemas::__router::{FileRules, file_schema};
///
/// let schema = file_schema(&FileRules { media_types: vec!["image/png".to_owned()], in_memory: false });
/// assert_eq!(schema.get("contentMediaType").unwrap(), "image/png");
/// ```
#[must_use]
pub fn file_schema(rules: &FileRules) -> schemars::Schema {
    let media_type = match rules.media_types.as_slice() {
        [only] if !only.contains('*') => only.as_str(),
        _ => "application/octet-stream",
    };
    // `format` is an annotation here, by which docs pages recognise the items of a list as files.
    let mut schema = schemars::json_schema!({
        "type": "string",
        "format": "binary",
        "contentMediaType": media_type,
    });
    let extension = serde_json::json!({
        "mediaTypes": rules.media_types,
        "inMemory": rules.in_memory,
    });
    schema.insert(extension::FILE.to_owned(), extension);
    schema
}
