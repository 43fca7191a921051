//! What a contract says of the parts of a `multipart/form-data` body: which are text, which JSON, which files.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Readable, Validator, node::NodeId};
use crate::{JsonType, ValidatorError, ValidatorErrors, extension};

/// How the parts of one name are read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PartShape {
    /// What each of them holds.
    pub content: PartContent,
    /// There may be several: the items of a list.
    pub is_list: bool,
}

/// What a part holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PartContent {
    /// Text: strings, numbers, booleans, enums of names.
    Text,
    /// JSON: objects, and whatever else text cannot say.
    Json,
    /// A file.
    File(FileRules),
}

/// What a file may be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileRules {
    /// The media types it may say it is of, `image/*` for all of a kind; none for any.
    pub media_types: Vec<String>,
    /// It is kept in memory, not on the disk.
    pub in_memory: bool,
}

fn refused(subject: &str, reason: &str) -> Result<(), ValidatorErrors> {
    Err(ValidatorErrors::new(vec![ValidatorError::Schema {
        subject: format!("`{subject}`"),
        reason: reason.to_owned(),
    }]))
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

/// The schema of a file, for the `JsonSchema` of types that stand for one. Validators know files by it.
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
    let mut schema = schemars::json_schema!({ "type": "string", "contentMediaType": media_type });
    let extension = serde_json::json!({
        "mediaTypes": rules.media_types,
        "inMemory": rules.in_memory,
    });
    schema.insert(extension::FILE.to_owned(), extension);
    schema
}

impl Validator {
    /// Whether a file is wanted somewhere. Only [`read_parts`](Self::read_parts) can give one.
    #[must_use]
    pub fn wants_files(&self) -> bool {
        self.nodes.iter().any(|node| node.file.is_some())
    }

    /// The parts a `multipart/form-data` body may have, by name.
    #[must_use]
    pub fn parts(&self) -> BTreeMap<&str, PartShape> {
        let properties = self.properties(self.root).into_iter();
        properties
            .map(|(name, node)| (name, self.part_at(node).0))
            .collect()
    }

    /// The members that are lists in one text.
    pub fn comma_separated(&self) -> impl Iterator<Item = &str> {
        let properties = self.properties(self.root).into_iter();
        properties
            .filter(|(_, node)| matches!(self.list(*node), Some((_, true))))
            .map(|(name, _)| name)
    }

    /// Whether the type, which the subject names, can be read from parts.
    ///
    /// # Errors
    ///
    /// When it is no struct, or a file stands where no part of its own can: within another value.
    pub fn check_parts(&self, subject: &str) -> Result<(), ValidatorErrors> {
        if !self.kinds(self.root).contains(&JsonType::Object) {
            return refused(subject, "parts are read into a struct, one field each");
        }
        let of_parts: Vec<NodeId> = self
            .properties(self.root)
            .into_iter()
            .filter_map(|(_, node)| self.part_at(node).1)
            .collect();
        let mut files = self.nodes.iter().enumerate();
        if files.any(|(at, node)| node.file.is_some() && !of_parts.contains(&NodeId(at))) {
            return refused(
                subject,
                "a file is a part of its own: give it a field of the struct that is the body, or a list there",
            );
        }
        Ok(())
    }

    /// Whether the type, which the subject names, can be read from anything but parts.
    ///
    /// # Errors
    ///
    /// When it wants files.
    pub fn check_without_files(&self, subject: &str) -> Result<(), ValidatorErrors> {
        if self.wants_files() {
            return refused(
                subject,
                "files come in `multipart/form-data`: read the type as `Multipart<T>`",
            );
        }
        Ok(())
    }

    /// How the part of a member is read, and the node of its file.
    fn part_at(&self, id: NodeId) -> (PartShape, Option<NodeId>) {
        let list = match self.prefix(id) {
            Some(_) => None,
            None => self.list(id),
        };
        let (item, is_list) = match list {
            // One text with commas.
            Some((_, true)) => {
                let content = PartContent::Text;
                let is_list = false;
                return (PartShape { content, is_list }, None);
            }
            Some((item, false)) => (item, true),
            None => (id, false),
        };
        if let Some((node, rules)) = self.file(item) {
            let content = PartContent::File(rules.clone());
            return (PartShape { content, is_list }, Some(node));
        }
        let content = if self.is_text(item) {
            PartContent::Text
        } else {
            PartContent::Json
        };
        (PartShape { content, is_list }, None)
    }

    fn file(&self, id: NodeId) -> Option<(NodeId, &FileRules)> {
        let node = self.node(id);
        if let Some(rules) = &node.file {
            return Some((id, rules));
        }
        let more = node.all_of.iter().chain(&node.any_of).chain(&node.one_of);
        more.copied().find_map(|inner| self.file(inner))
    }

    fn is_text(&self, id: NodeId) -> bool {
        let kinds = self.kinds(id);
        if kinds.is_empty() {
            return self.constants(id).is_some_and(|constants| {
                let is_scalar = |value: &Value| !value.is_object() && !value.is_array();
                constants.iter().all(is_scalar)
            });
        }
        kinds
            .iter()
            .all(|kind| !matches!(kind, JsonType::Array | JsonType::Object))
    }

    /// How the text of a member is read.
    pub(crate) fn readable_of(&self, name: &str) -> Readable {
        let properties = self.properties(self.root).into_iter();
        let mut found = properties.filter(|(known, _)| *known == name);
        found.next().map_or_else(
            || Readable::Scalar(vec![JsonType::String]),
            |(_, node)| self.readable(node),
        )
    }
}
