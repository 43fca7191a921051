//! Access to one document: its dialect, its values with their JSON Pointers and
//! its references. The document is untrusted: a missing part is treated as
//! absent, a part of the wrong type is an error that names its location.

use std::collections::BTreeMap;

use purlin_openapi::Dialect;
use serde_json::Value;

use crate::{
    error::{DocumentError, DocumentErrorKind, Side},
    forms::Forms,
    identifiers::Identifiers,
    pointer::escaped,
};

/// The longest chain of references that is followed; a longer one is a cycle.
const MAX_REFERENCES: usize = 64;

/// The schema of a value that the document does not describe.
static ANYTHING: Value = Value::Bool(true);

/// A value and its location in the document.
#[derive(Clone, Debug)]
pub(crate) struct Node<'d> {
    pub(crate) value: &'d Value,
    pub(crate) pointer: String,
}

impl<'d> Node<'d> {
    /// Creates a node whose schema allows any value.
    pub(crate) fn anything(pointer: &str) -> Self {
        Self {
            value: &ANYTHING,
            pointer: pointer.to_owned(),
        }
    }

    pub(crate) fn text(&self, key: &str) -> Option<&'d str> {
        self.value.get(key)?.as_str()
    }

    pub(crate) fn is_true(&self, key: &str) -> bool {
        self.value.get(key) == Some(&Value::Bool(true))
    }

    /// Returns the address of the value in memory, which identifies it.
    pub(crate) fn address(&self) -> usize {
        std::ptr::from_ref(self.value).addr()
    }

    /// Returns the last segment of the reference.
    pub(crate) fn reference_name(&self) -> Option<&'d str> {
        self.text("$ref")?.rsplit('/').next()
    }
}

/// A document to be compared.
#[derive(Debug)]
pub(crate) struct Source<'d> {
    pub(crate) side: Side,
    pub(crate) dialect: Dialect,
    pub(crate) root: &'d Value,
    /// Whether one of the two documents is Swagger 2.0, where every scheme
    /// other than `basic` that uses the `Authorization` header is an API key.
    pub(crate) is_for_2_0: bool,
    /// Whether only one of the two documents is Swagger 2.0.
    pub(crate) is_converted: bool,
    forms: &'d Forms,
    identifiers: Identifiers<'d>,
}

impl<'d> Source<'d> {
    pub(crate) fn new(
        root: &'d Value,
        side: Side,
        other: &Value,
        forms: &'d Forms,
    ) -> Result<Self, DocumentError> {
        let dialect = dialect(root, side)?;
        let is_2_0 = |document: &Value| document.get("openapi").is_none();
        Ok(Self {
            side,
            dialect,
            root,
            is_for_2_0: is_2_0(root) || is_2_0(other),
            is_converted: is_2_0(root) != is_2_0(other),
            forms,
            identifiers: Identifiers::read(root),
        })
    }

    pub(crate) fn root(&self) -> Node<'d> {
        Node {
            value: self.root,
            pointer: String::new(),
        }
    }

    pub(crate) fn error(&self, pointer: &str, kind: DocumentErrorKind) -> DocumentError {
        DocumentError::new(self.side, pointer, kind)
    }

    /// Returns the schema of the form of an operation.
    pub(crate) fn form(&self, operation: &Node<'_>) -> Option<Node<'d>> {
        let value = self.forms.schema(&operation.pointer)?;
        let pointer = Forms::pointer(&operation.pointer);
        Some(Node { value, pointer })
    }

    pub(crate) fn child(&self, parent: &Node<'d>, key: &str) -> Option<Node<'d>> {
        let value = parent.value.get(key)?;
        Some(Node {
            value,
            pointer: self.member_pointer(parent, key),
        })
    }

    fn member_pointer(&self, parent: &Node<'_>, key: &str) -> String {
        // `FORM/properties/NAME`: the fields of a form are parameters in the document.
        if let Some(form) = parent.pointer.strip_suffix("/properties")
            && let Some(pointer) = self.forms.field_pointer(form, key)
        {
            return pointer.to_owned();
        }
        format!("{}/{}", parent.pointer, escaped(key))
    }

    /// Returns the members of the object under `key`; none if it is absent.
    pub(crate) fn members(
        &self,
        parent: &Node<'d>,
        key: &str,
    ) -> Result<Vec<(&'d str, Node<'d>)>, DocumentError> {
        match self.child(parent, key) {
            Some(node) => self.all(&node),
            None => Ok(Vec::new()),
        }
    }

    /// Returns the members of an object.
    pub(crate) fn all(&self, node: &Node<'d>) -> Result<Vec<(&'d str, Node<'d>)>, DocumentError> {
        let Some(members) = node.value.as_object() else {
            return Err(self.error(&node.pointer, DocumentErrorKind::Expected("an object")));
        };
        let members = members.iter().map(|(key, value)| {
            let pointer = self.member_pointer(node, key);
            (key.as_str(), Node { value, pointer })
        });
        Ok(members.collect())
    }

    /// Returns the items of the array under `key`; none if it is absent.
    pub(crate) fn items(
        &self,
        parent: &Node<'d>,
        key: &str,
    ) -> Result<Vec<Node<'d>>, DocumentError> {
        let Some(node) = self.child(parent, key) else {
            return Ok(Vec::new());
        };
        let Some(items) = node.value.as_array() else {
            return Err(self.error(&node.pointer, DocumentErrorKind::Expected("an array")));
        };
        let items = items.iter().enumerate().map(|(index, value)| Node {
            value,
            pointer: format!("{}/{index}", node.pointer),
        });
        Ok(items.collect())
    }

    /// Follows all references of a node and returns the last target.
    pub(crate) fn resolve(&self, node: &Node<'d>) -> Result<Node<'d>, DocumentError> {
        let mut at = node.clone();
        for _ in 0..MAX_REFERENCES {
            match self.step(&at)? {
                Some(next) => at = next,
                None => return Ok(at),
            }
        }
        let reference = node.text("$ref").unwrap_or_default().to_owned();
        Err(self.error(&node.pointer, DocumentErrorKind::Circular(reference)))
    }

    /// Follows the reference of a node once; none if it has no reference.
    pub(crate) fn step(&self, node: &Node<'d>) -> Result<Option<Node<'d>>, DocumentError> {
        let Some(reference) = node.value.get("$ref") else {
            return Ok(None);
        };
        let pointer = || format!("{}/$ref", node.pointer);
        let Some(reference) = reference.as_str() else {
            return Err(self.error(&pointer(), DocumentErrorKind::Expected("a string")));
        };
        let mut targets = self.identifiers.targets(reference, &node.pointer);
        targets.retain(|pointer| self.root.pointer(pointer).is_some());
        match targets.into_iter().next().and_then(|it| self.at(it)) {
            Some(node) => Ok(Some(node)),
            None => Err(self.error(
                &pointer(),
                DocumentErrorKind::Dangling(reference.to_owned()),
            )),
        }
    }

    /// Returns the schemas that the `$dynamicRef` of a node may lead to; which of
    /// several it is depends on the schemas that were entered before.
    pub(crate) fn dynamic_targets(&self, node: &Node<'d>) -> Vec<Node<'d>> {
        let Some(reference) = node.text("$dynamicRef") else {
            return Vec::new();
        };
        let targets = self.identifiers.dynamic_targets(reference, &node.pointer);
        targets.into_iter().filter_map(|it| self.at(it)).collect()
    }

    /// Returns the named schemas with the schema at this pointer in their `allOf`.
    pub(crate) fn extensions(&self, pointer: &str) -> BTreeMap<&'d str, Node<'d>> {
        let reference = format!("#{pointer}");
        let schemas = self.root.pointer(self.schemas()).and_then(Value::as_object);
        let extending = schemas.into_iter().flatten().filter(|(_, schema)| {
            let all = schema.get("allOf").and_then(Value::as_array);
            let mut references = all.into_iter().flatten().filter_map(|it| it.get("$ref"));
            references.any(|it| *it == reference)
        });
        let named = extending.map(|(name, value)| {
            let pointer = format!("{}/{}", self.schemas(), escaped(name));
            (name.as_str(), Node { value, pointer })
        });
        named.collect()
    }

    /// Returns the pointer of the named schemas.
    fn schemas(&self) -> &'static str {
        match self.dialect {
            Dialect::V2_0 => "/definitions",
            _ => "/components/schemas",
        }
    }

    /// Returns the schema that a discriminator maps a value to, given by a reference
    /// or a name.
    pub(crate) fn named(&self, target: &str) -> Option<Node<'d>> {
        let mut targets = self.identifiers.targets(target, "");
        if !target.contains('#') {
            targets.insert(0, format!("{}/{}", self.schemas(), escaped(target)));
        }
        targets.into_iter().find_map(|it| self.at(it))
    }

    fn at(&self, pointer: String) -> Option<Node<'d>> {
        let value = self.root.pointer(&pointer)?;
        Some(Node { value, pointer })
    }
}

/// Returns the dialect of a document.
pub(crate) fn dialect(root: &Value, side: Side) -> Result<Dialect, DocumentError> {
    let version = root.get("openapi").or_else(|| root.get("swagger"));
    let version = version.map(|version| match version {
        Value::String(version) => version.clone(),
        other => other.to_string(),
    });
    let found = match &version {
        Some(version) if version == "2.0" && root.get("openapi").is_none() => Some(Dialect::V2_0),
        Some(version) if is_version(version, "3.0") => Some(Dialect::V3_0),
        // The schemas of OpenAPI 3.2 are those of 3.1.
        Some(version) if is_version(version, "3.1") || is_version(version, "3.2") => {
            Some(Dialect::V3_1)
        }
        _ => None,
    };
    found.ok_or_else(|| {
        let message = match version {
            Some(version) => format!("its version is `{version}`"),
            None => "it has neither `openapi` nor `swagger`".to_owned(),
        };
        DocumentError::new(side, "", DocumentErrorKind::Version(message))
    })
}

fn is_version(version: &str, minor: &str) -> bool {
    let patch = version.strip_prefix(minor);
    patch.is_some_and(|patch| patch.is_empty() || patch.starts_with('.'))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn dialect_is_selected_by_major_and_minor_version() {
        let dialect_of = |document: Value| dialect(&document, Side::Old).ok();
        assert_eq!(dialect_of(json!({"swagger": "2.0"})), Some(Dialect::V2_0));
        assert_eq!(dialect_of(json!({"swagger": 2.0})), Some(Dialect::V2_0));
        assert_eq!(dialect_of(json!({"openapi": "3.0.3"})), Some(Dialect::V3_0));
        assert_eq!(dialect_of(json!({"openapi": "3.1"})), Some(Dialect::V3_1));
        assert_eq!(dialect_of(json!({"openapi": "3.2.0"})), Some(Dialect::V3_1));
        for other in [
            json!({"openapi": "3.10.0"}),
            json!({"openapi": "2.0"}),
            json!([]),
            json!(null),
        ] {
            assert_eq!(dialect_of(other.clone()), None, "{other}");
        }
    }
}
