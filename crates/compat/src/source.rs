//! One document as it came: which dialect it is in, its nodes with their
//! places, and where its references lead. A document may be anybody's: what is
//! missing is missing, what has the wrong type is an error that names its place.

use std::{collections::BTreeMap, fmt};

use serde_json::{Map, Value, json};

use purlin_openapi::Dialect;

/// So many references in a row are a circle.
const LONGEST_CHAIN: usize = 64;

/// Stands where a document says nothing of a value.
static ANYTHING: Value = Value::Bool(true);

/// Which of two documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The one that holds until now.
    Old,
    /// The one that is to hold.
    New,
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Old => "old",
            Self::New => "new",
        })
    }
}

/// A document that cannot be compared.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the {side} document, at `{pointer}`: {problem}")]
pub struct DocumentError {
    /// Which document.
    pub side: Side,
    /// Where in it, as a JSON Pointer (RFC 6901); empty for the whole.
    pub pointer: String,
    /// What is wrong there.
    pub problem: Problem,
}

/// What is wrong with a document.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// Neither `openapi` nor `swagger` names a version that is known here.
    #[error("neither OpenAPI 3.1, 3.0 nor Swagger 2.0: {0}")]
    Version(String),
    /// A value of another type than OpenAPI has there.
    #[error("{0} was expected")]
    Expected(&'static str),
    /// A reference that leads nowhere in the document, or out of it.
    #[error("`{0}` leads nowhere in this document; bundle the document into one file")]
    Dangling(String),
    /// References that lead to each other.
    #[error("`{0}` leads back to itself")]
    Circular(String),
    /// More to compare than a document anybody wrote has.
    #[error("its schemas are too entangled to compare")]
    Entangled,
}

/// A value and its place in the document.
#[derive(Clone, Debug)]
pub(super) struct Node<'d> {
    pub(super) value: &'d Value,
    pub(super) pointer: String,
}

impl<'d> Node<'d> {
    /// What stands for anything, at the place that does not say more.
    pub(super) fn anything(pointer: &str) -> Self {
        Self {
            value: &ANYTHING,
            pointer: pointer.to_owned(),
        }
    }

    pub(super) fn text(&self, key: &str) -> Option<&'d str> {
        self.value.get(key)?.as_str()
    }

    pub(super) fn is_true(&self, key: &str) -> bool {
        self.value.get(key) == Some(&Value::Bool(true))
    }

    /// Where the node stands in memory, by which it is recognised.
    pub(super) fn address(&self) -> usize {
        std::ptr::from_ref(self.value).addr()
    }

    /// The name a reference ends with.
    pub(super) fn reference_name(&self) -> Option<&'d str> {
        self.text("$ref")?.rsplit('/').next()
    }
}

/// A document to be read.
#[derive(Debug)]
pub(super) struct Source<'d> {
    pub(super) side: Side,
    pub(super) dialect: Dialect,
    pub(super) root: &'d Value,
    /// Whether one of the documents is Swagger 2.0, in which every credential
    /// in the header `Authorization` that is no password is a key.
    pub(super) is_for_2_0: bool,
    forms: &'d Forms,
}

/// The forms of Swagger 2.0, which are lists of parameters there, as schemas.
#[derive(Debug, Default)]
pub(super) struct Forms {
    schemas: BTreeMap<String, Value>,
    /// Where each of their properties stands in the document.
    places: BTreeMap<(String, String), String>,
}

impl Forms {
    /// Adds a form: the parameters that are its fields, each with its place.
    pub(super) fn add<'p>(
        &mut self,
        operation: &str,
        fields: impl IntoIterator<Item = (&'p Value, String)>,
    ) {
        let mut properties = Map::new();
        let mut required = Vec::new();
        for (field, place) in fields {
            let Some(name) = field.get("name").and_then(Value::as_str) else {
                continue;
            };
            if field.get("required") == Some(&Value::Bool(true)) {
                required.push(name.to_owned());
            }
            let mut schema = field.clone();
            if let Value::Object(schema) = &mut schema {
                schema.remove("required");
            }
            properties.insert(name.to_owned(), schema);
            self.places
                .insert((form_place(operation), name.to_owned()), place);
        }
        if !properties.is_empty() {
            let schema = json!({"type": "object", "properties": properties, "required": required});
            self.schemas.insert(operation.to_owned(), schema);
        }
    }
}

/// A form as a whole stands where the parameters do.
fn form_place(operation: &str) -> String {
    format!("{operation}/parameters")
}

impl<'d> Source<'d> {
    pub(super) fn new(
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
            forms,
        })
    }

    pub(super) fn root(&self) -> Node<'d> {
        Node {
            value: self.root,
            pointer: String::new(),
        }
    }

    pub(super) fn error(&self, pointer: &str, problem: Problem) -> DocumentError {
        DocumentError {
            side: self.side,
            pointer: pointer.to_owned(),
            problem,
        }
    }

    /// The schema of an operation's form.
    pub(super) fn form(&self, operation: &Node<'_>) -> Option<Node<'d>> {
        let value = self.forms.schemas.get(&operation.pointer)?;
        let pointer = form_place(&operation.pointer);
        Some(Node { value, pointer })
    }

    pub(super) fn child(&self, parent: &Node<'d>, key: &str) -> Option<Node<'d>> {
        let value = parent.value.get(key)?;
        Some(Node {
            value,
            pointer: self.place(parent, key),
        })
    }

    fn place(&self, parent: &Node<'_>, key: &str) -> String {
        // `FORM/properties/NAME`: the fields of a form are parameters somewhere.
        if let Some(form) = parent.pointer.strip_suffix("/properties")
            && let Some(place) = self.forms.places.get(&(form.to_owned(), key.to_owned()))
        {
            return place.clone();
        }
        format!("{}/{}", parent.pointer, escaped(key))
    }

    /// The members of an object: none where it is absent.
    pub(super) fn members(
        &self,
        parent: &Node<'d>,
        key: &str,
    ) -> Result<Vec<(&'d str, Node<'d>)>, DocumentError> {
        match self.child(parent, key) {
            Some(node) => self.all(&node),
            None => Ok(Vec::new()),
        }
    }

    /// The members of an object.
    pub(super) fn all(&self, node: &Node<'d>) -> Result<Vec<(&'d str, Node<'d>)>, DocumentError> {
        let Some(members) = node.value.as_object() else {
            return Err(self.error(&node.pointer, Problem::Expected("an object")));
        };
        let members = members.iter().map(|(key, value)| {
            let pointer = self.place(node, key);
            (key.as_str(), Node { value, pointer })
        });
        Ok(members.collect())
    }

    /// The items of a list: none where it is absent.
    pub(super) fn items(
        &self,
        parent: &Node<'d>,
        key: &str,
    ) -> Result<Vec<Node<'d>>, DocumentError> {
        let Some(node) = self.child(parent, key) else {
            return Ok(Vec::new());
        };
        let Some(items) = node.value.as_array() else {
            return Err(self.error(&node.pointer, Problem::Expected("a list")));
        };
        let items = items.iter().enumerate().map(|(index, value)| Node {
            value,
            pointer: format!("{}/{index}", node.pointer),
        });
        Ok(items.collect())
    }

    /// Where a node's reference leads; the node itself when it has none.
    pub(super) fn resolve(&self, node: &Node<'d>) -> Result<Node<'d>, DocumentError> {
        let mut at = node.clone();
        for _ in 0..LONGEST_CHAIN {
            match self.step(&at)? {
                Some(next) => at = next,
                None => return Ok(at),
            }
        }
        let reference = node.text("$ref").unwrap_or_default().to_owned();
        Err(self.error(&node.pointer, Problem::Circular(reference)))
    }

    /// Where a node's own reference leads, if it has one.
    pub(super) fn step(&self, node: &Node<'d>) -> Result<Option<Node<'d>>, DocumentError> {
        let Some(reference) = node.value.get("$ref") else {
            return Ok(None);
        };
        let place = || format!("{}/$ref", node.pointer);
        let Some(reference) = reference.as_str() else {
            return Err(self.error(&place(), Problem::Expected("a text")));
        };
        let pointer = reference.strip_prefix('#').map(unescaped);
        let found = pointer.and_then(|pointer| {
            let value = self.root.pointer(&pointer)?;
            Some(Node { value, pointer })
        });
        match found {
            Some(node) => Ok(Some(node)),
            None => Err(self.error(&place(), Problem::Dangling(reference.to_owned()))),
        }
    }
}

/// A member's name in a pointer (RFC 6901 section 3).
pub(super) fn escaped(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

/// A pointer in a URI's fragment (RFC 6901 section 6): percent-encoded.
fn unescaped(fragment: &str) -> String {
    let mut bytes = Vec::with_capacity(fragment.len());
    let mut rest = fragment.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let encoded = (first == b'%').then(|| tail.get(..2)).flatten();
        let decoded = encoded
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(decoded.unwrap_or(first));
        rest = if decoded.is_some() {
            tail.get(2..).unwrap_or_default()
        } else {
            tail
        };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The dialect a document says it is in.
pub(super) fn dialect(root: &Value, side: Side) -> Result<Dialect, DocumentError> {
    let said = root.get("openapi").or_else(|| root.get("swagger"));
    let version = said.map(|version| match version {
        Value::String(version) => version.clone(),
        other => other.to_string(),
    });
    let found = match &version {
        Some(version) if version == "2.0" && root.get("openapi").is_none() => Some(Dialect::V2_0),
        Some(version) if is_of(version, "3.0") => Some(Dialect::V3_0),
        Some(version) if is_of(version, "3.1") => Some(Dialect::V3_1),
        _ => None,
    };
    found.ok_or_else(|| {
        let words = match version {
            Some(version) => format!("it says `{version}`"),
            None => "it has neither `openapi` nor `swagger`".to_owned(),
        };
        DocumentError {
            side,
            pointer: String::new(),
            problem: Problem::Version(words),
        }
    })
}

fn is_of(version: &str, minor: &str) -> bool {
    let patch = version.strip_prefix(minor);
    patch.is_some_and(|patch| patch.is_empty() || patch.starts_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fragments_are_decoded_and_bad_escapes_left_alone() {
        assert_eq!(unescaped("/a%20b/%7B%C3%A4"), "/a b/{ä");
        assert_eq!(unescaped("/100%/%zz/%4"), "/100%/%zz/%4");
    }

    #[test]
    fn versions_are_read_by_their_first_two_parts() {
        let of = |document: Value| dialect(&document, Side::Old).ok();
        assert_eq!(of(json!({"swagger": "2.0"})), Some(Dialect::V2_0));
        assert_eq!(of(json!({"swagger": 2.0})), Some(Dialect::V2_0));
        assert_eq!(of(json!({"openapi": "3.0.3"})), Some(Dialect::V3_0));
        assert_eq!(of(json!({"openapi": "3.1"})), Some(Dialect::V3_1));
        for other in [
            json!({"openapi": "3.10.0"}),
            json!({"openapi": "2.0"}),
            json!([]),
            json!(null),
        ] {
            assert_eq!(of(other.clone()), None, "{other}");
        }
    }
}
