//! How text is read according to a schema.

use super::{Validator, node::NodeId};
use crate::JsonType;

/// How a whole section is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// By name.
    Fields(Vec<(String, Readable)>),
    /// By position.
    Tuple(Vec<Readable>),
    /// As the only parameter.
    Single(Readable),
}

/// How one parameter is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Readable {
    /// As one of these types.
    Scalar(Vec<JsonType>),
    /// As a list of such items.
    List {
        /// The allowed types of items.
        items: Vec<JsonType>,
        /// Whether it is comma-separated text instead of repeated names.
        comma: bool,
    },
}

impl Validator {
    /// Returns how text is read as this type.
    pub(crate) fn shape(&self) -> Shape {
        if let Some(items) = self.prefix(self.root) {
            return Shape::Tuple(items.iter().map(|item| self.readable(*item)).collect());
        }
        if self.kinds(self.root).contains(&JsonType::Object) {
            let properties = self.properties(self.root);
            let fields = properties
                .into_iter()
                .map(|(name, node)| (name.to_owned(), self.readable(node)));
            return Shape::Fields(fields.collect());
        }
        Shape::Single(self.readable(self.root))
    }

    pub(super) fn prefix(&self, id: NodeId) -> Option<&[NodeId]> {
        let node = self.node(id);
        if !node.array.prefix.is_empty() {
            return Some(&node.array.prefix);
        }
        node.all_of.iter().find_map(|all| self.prefix(*all))
    }

    pub(super) fn readable(&self, id: NodeId) -> Readable {
        match self.list(id) {
            Some((items, comma)) => Readable::List {
                items: self.scalars(items),
                comma,
            },
            None => Readable::Scalar(self.scalars(id)),
        }
    }

    /// Returns the items of a list, and whether they are comma-separated.
    pub(super) fn list(&self, id: NodeId) -> Option<(NodeId, bool)> {
        let node = self.node(id);
        // The `items` of a tuple state that there are no more.
        if let Some(items) = node.array.items.filter(|items| !self.node(*items).never) {
            return Some((items, node.comma_separated));
        }
        node.all_of
            .iter()
            .chain(&node.any_of)
            .chain(&node.one_of)
            .find_map(|inner| self.list(*inner))
            .map(|(items, comma)| (items, comma || node.comma_separated))
    }

    fn scalars(&self, id: NodeId) -> Vec<JsonType> {
        let mut kinds: Vec<JsonType> = self.kinds(id);
        if kinds.is_empty()
            && let Some(constants) = self.constants(id)
        {
            kinds.extend(constants.iter().map(|constant| match constant {
                serde_json::Value::Number(_) => JsonType::Number,
                serde_json::Value::Bool(_) => JsonType::Boolean,
                _ => JsonType::String,
            }));
        }
        kinds.retain(|kind| *kind != JsonType::Null);
        kinds.sort_unstable();
        kinds.dedup();
        kinds
    }
}
