//! How text is read according to a schema.

use std::collections::BTreeMap;

use super::{Validator, node::NodeId};
use crate::{JsonType, delimiter::Delimiter, instance::Instance};

/// How a whole section is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// By name.
    Fields(Members),
    /// By position.
    Tuple(Vec<Readable>),
    /// As the only parameter.
    Single(Readable),
}

/// How the members of an object are read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Members {
    declared: BTreeMap<String, Readable>,
    /// How members of other names are read, where they are kept.
    rest: Option<Box<Readable>>,
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
        /// What separates the items, where the list is one text instead of repeated names.
        delimiter: Option<Delimiter>,
    },
    /// As an object, of which each member is a parameter: `name[member]`. The members are scalars.
    Object(Members),
    /// As a text, or a list of texts where there are several: any value is allowed.
    Any,
}

/// The place of a named text in an object.
pub(crate) enum Member<'m, 'n> {
    /// A member.
    Own(&'m Readable),
    /// A member of the object of this name.
    Inside {
        object: &'n str,
        member: &'n str,
        readable: &'m Readable,
    },
    /// Undeclared.
    Unknown,
}

/// An undeclared member of an object that is a parameter: the validator rejects it, or it is any text.
const TEXT: &Readable = &Readable::Scalar(Vec::new());

impl Members {
    /// Returns the place of a named text.
    pub(crate) fn find<'m, 'n>(&'m self, name: &'n str) -> Member<'m, 'n> {
        if let Some(readable) = self.declared.get(name) {
            return Member::Own(readable);
        }
        if let Some((object, member)) = inside(name)
            && let Some(Readable::Object(members)) = self.declared.get(object)
        {
            let own = members.declared.get(member).or(members.rest.as_deref());
            return Member::Inside {
                object,
                member,
                readable: own.unwrap_or(TEXT),
            };
        }
        match &self.rest {
            Some(readable) => Member::Own(readable),
            None => Member::Unknown,
        }
    }

    fn add(&mut self, name: &str, readable: Readable) {
        match (self.declared.get_mut(name), readable) {
            // Several alternatives of a type may declare one name.
            (Some(Readable::Scalar(kinds)), Readable::Scalar(more)) => kinds.extend(more),
            (Some(_), _) => {}
            (None, readable) => drop(self.declared.insert(name.to_owned(), readable)),
        }
    }
}

/// Returns the object and the member that `object[member]` names.
fn inside(name: &str) -> Option<(&str, &str)> {
    name.strip_suffix(']')?.split_once('[')
}

impl Validator {
    /// Returns how text is read as this type.
    pub(crate) fn shape(&self) -> &Shape {
        self.shape.get_or_init(|| self.find_shape())
    }

    fn find_shape(&self) -> Shape {
        if let Some(items) = self.prefix(self.root) {
            return Shape::Tuple(items.iter().map(|item| self.readable(*item)).collect());
        }
        if self.kinds(self.root).contains(&JsonType::Object) {
            let mut members = Members::default();
            for (name, node) in self.properties(self.root) {
                let readable = if self.is_object(node) {
                    Readable::Object(self.scalar_members(node))
                } else {
                    self.readable(node)
                };
                members.add(name, readable);
            }
            members.rest = self.rest(self.root).map(|node| Box::new(self.value(node)));
            return Shape::Fields(members);
        }
        Shape::Single(self.readable(self.root))
    }

    /// Returns whether a text of this name is that of a declared parameter.
    pub(crate) fn declares(&self, name: &str) -> bool {
        let is_known = |name: &str| self.names.iter().any(|known| known == name);
        let is_inside = || {
            let object = inside(name).map(|(object, _)| object);
            object.is_some_and(|object| {
                let properties = self.properties(self.root);
                let mut objects = properties.iter().filter(|(_, node)| self.is_object(*node));
                objects.any(|(known, _)| *known == object)
            })
        };
        is_known(name) || (self.has_objects && is_inside())
    }

    /// Returns whether members of other names than the declared ones are kept: those of a flattened map.
    #[doc(hidden)]
    #[must_use]
    pub fn collects_unknown(&self) -> bool {
        self.collects_unknown
    }

    /// Returns whether the root has a schema for undeclared members.
    pub(super) fn has_rest(&self) -> bool {
        self.rest(self.root).is_some()
    }

    pub(super) fn is_object(&self, id: NodeId) -> bool {
        self.kinds(id).contains(&JsonType::Object)
    }

    /// Returns how the members of an object within a section are read.
    fn scalar_members(&self, id: NodeId) -> Members {
        let mut members = Members::default();
        for (name, node) in self.properties(id) {
            members.add(name, Readable::Scalar(self.scalars(node)));
        }
        let rest = self.rest(id);
        members.rest = rest.map(|node| Box::new(Readable::Scalar(self.scalars(node))));
        members
    }

    /// Returns the schema of undeclared members, if a schema for them is stated and they are allowed.
    fn rest(&self, id: NodeId) -> Option<NodeId> {
        let node = self.node(id);
        let own = [node.object.additional, node.object.unevaluated];
        if let Some(rest) = own.into_iter().flatten().next() {
            return Some(rest).filter(|rest| !self.node(*rest).never);
        }
        let mut inner = node.all_of.iter().chain(&node.any_of).chain(&node.one_of);
        inner.find_map(|inner| self.rest(*inner))
    }

    /// Returns how an undeclared member is read.
    fn value(&self, id: NodeId) -> Readable {
        match self.readable(id) {
            Readable::Scalar(kinds) if kinds.is_empty() => Readable::Any,
            readable => readable,
        }
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
            Some((items, delimiter)) => Readable::List {
                items: self.scalars(items),
                delimiter,
            },
            None => Readable::Scalar(self.scalars(id)),
        }
    }

    /// Returns the items of a list, and what separates them where it is one text.
    pub(super) fn list(&self, id: NodeId) -> Option<(NodeId, Option<Delimiter>)> {
        let node = self.node(id);
        // The `items` of a tuple state that there are no more.
        if let Some(items) = node.array.items.filter(|items| !self.node(*items).never) {
            return Some((items, node.delimiter));
        }
        node.all_of
            .iter()
            .chain(&node.any_of)
            .chain(&node.one_of)
            .find_map(|inner| self.list(*inner))
            .map(|(items, delimiter)| (items, delimiter.or(node.delimiter)))
    }

    fn scalars(&self, id: NodeId) -> Vec<JsonType> {
        let mut kinds: Vec<JsonType> = self.kinds(id);
        if kinds.is_empty()
            && let Some(constants) = self.constants(id)
        {
            kinds.extend(constants.iter().map(|constant| match constant.value {
                Instance::Number(_) => JsonType::Number,
                Instance::Bool(_) => JsonType::Boolean,
                _ => JsonType::String,
            }));
        }
        kinds.retain(|kind| *kind != JsonType::Null);
        kinds.sort_unstable();
        kinds.dedup();
        kinds
    }
}
