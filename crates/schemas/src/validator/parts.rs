//! The parts of a `multipart/form-data` body as a schema declares them: text, JSON or files.

use std::collections::BTreeMap;

use super::{Validator, file::FileRules, node::NodeId, shape::Readable};
use crate::{JsonType, ValidatorError, ValidatorErrors, delimiter::Delimiter};

/// How the parts of one name are read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PartShape {
    /// The content of each part.
    pub content: PartContent,
    /// Whether there may be several: the items of a list.
    pub is_list: bool,
}

/// The content of a part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PartContent {
    /// Text: strings, numbers, booleans, enums of unit variants.
    Text,
    /// JSON: objects, and whatever else text cannot represent.
    Json,
    /// A file.
    File(FileRules),
}

fn error(subject: &str, reason: &str) -> Result<(), ValidatorErrors> {
    Err(ValidatorErrors::new(vec![ValidatorError::Schema {
        subject: format!("`{subject}`"),
        reason: reason.to_owned(),
    }]))
}

impl Validator {
    /// Returns whether the schema contains files, which only [`read_parts`](Self::read_parts) can provide.
    #[doc(hidden)]
    #[must_use]
    pub fn wants_files(&self) -> bool {
        self.nodes.iter().any(|node| node.file.is_some())
    }

    /// Returns the declared parts of a `multipart/form-data` body, by name.
    #[doc(hidden)]
    #[must_use]
    pub fn parts(&self) -> &BTreeMap<String, PartShape> {
        self.parts.get_or_init(|| {
            let properties = self.properties(self.root).into_iter();
            properties
                .map(|(name, node)| (name.to_owned(), self.part_at(node).0))
                .collect()
        })
    }

    /// Returns the members that are lists written as one text.
    #[doc(hidden)]
    pub fn delimited(&self) -> impl Iterator<Item = (&str, Delimiter)> {
        let properties = self.properties(self.root).into_iter();
        properties.filter_map(|(name, node)| Some((name, self.list(node)?.1?)))
    }

    /// Checks that the type, which `subject` names, can be read from parts.
    ///
    /// # Errors
    ///
    /// When it is no struct, or a file is nested within another value.
    #[doc(hidden)]
    pub fn check_parts(&self, subject: &str) -> Result<(), ValidatorErrors> {
        if !self.kinds(self.root).contains(&JsonType::Object) {
            return error(subject, "parts are read into a struct, one per field");
        }
        let of_parts: Vec<NodeId> = self
            .properties(self.root)
            .into_iter()
            .filter_map(|(_, node)| self.part_at(node).1)
            .collect();
        let mut files = self.nodes.iter().enumerate();
        if files.any(|(at, node)| node.file.is_some() && !of_parts.contains(&NodeId(at))) {
            return error(
                subject,
                "a file is a separate part: make it a field of the body's struct, or a list there",
            );
        }
        Ok(())
    }

    /// Checks that the type, which `subject` names, can be read from other sources than parts.
    ///
    /// # Errors
    ///
    /// When it contains files.
    #[doc(hidden)]
    pub fn check_without_files(&self, subject: &str) -> Result<(), ValidatorErrors> {
        if self.wants_files() {
            return error(
                subject,
                "files are sent as `multipart/form-data`: read the type as `Multipart<T>`",
            );
        }
        Ok(())
    }

    /// Returns how the part of a member is read, and the node of its file.
    fn part_at(&self, id: NodeId) -> (PartShape, Option<NodeId>) {
        let list = match self.prefix(id) {
            Some(_) => None,
            None => self.list(id),
        };
        let (item, is_list) = match list {
            // One text.
            Some((_, Some(_))) => {
                let content = PartContent::Text;
                let is_list = false;
                return (PartShape { content, is_list }, None);
            }
            Some((item, None)) => (item, true),
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
                constants
                    .iter()
                    .all(|constant| !constant.value.is_container())
            });
        }
        kinds
            .iter()
            .all(|kind| !matches!(kind, JsonType::Array | JsonType::Object))
    }

    /// Returns how the text of a member is read.
    pub(crate) fn readable_of(&self, name: &str) -> Readable {
        let properties = self.properties(self.root).into_iter();
        let mut found = properties.filter(|(known, _)| *known == name);
        found.next().map_or_else(
            || Readable::Scalar(vec![JsonType::String]),
            |(_, node)| self.readable(node),
        )
    }
}
