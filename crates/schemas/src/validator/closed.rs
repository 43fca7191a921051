//! Closed objects that are read member by member, though serde buffers them: those with flattened fields, and those of internally
//! tagged enums, where the tag leads to the members of its variant. What is checked of such an object itself is that each member is
//! declared, and there once; all else is checked of the members, by serde and by the type.

use super::{
    Validator,
    node::{Node, NodeId},
};
use crate::{JsonType, instance::Instance};

/// The declared members of a closed object; `P` is the place of a variant.
#[derive(Debug)]
pub(super) enum Object<P> {
    /// Those of the place itself.
    Members,
    /// Those of the variant that a member names.
    Tagged {
        tag: Box<str>,
        variants: Vec<(Box<str>, P)>,
    },
}

/// The members of an object, each by its name.
pub(super) type Members = Vec<(Box<str>, NodeId)>;

/// The number of members, at most, of which it is remembered in a word which have been there.
const MOST: usize = u64::BITS as usize;

impl Validator {
    /// Returns how an object is read member by member, if it may be, and its members.
    pub(super) fn closed(&self, id: NodeId) -> Option<(Object<NodeId>, Members)> {
        let node = self.node(id);
        if !node.is_memberwise {
            return None;
        }
        if node.one_of.is_empty() {
            return Some((Object::Members, self.closed_members(id)?));
        }
        Some((self.tagged(node)?, Vec::new()))
    }

    /// Returns the members of an object, if they and that there are no others is all that a schema states.
    pub(super) fn closed_members(&self, id: NodeId) -> Option<Members> {
        let node = self.node(id);
        let object = &node.object;
        let is_closed = is_object(node)
            && node.any_of.is_empty()
            && node.one_of.is_empty()
            && object.dependent.is_empty()
            && object.patterns.is_empty()
            && object.additional.is_some_and(|id| self.node(id).never)
            && [object.unevaluated, object.names]
                .iter()
                .all(Option::is_none)
            && [object.min_properties, object.max_properties]
                .iter()
                .all(Option::is_none)
            && object.properties.len() <= MOST;
        let members = object.properties.iter();
        is_closed.then(|| {
            members
                .map(|it| (it.name.as_str().into(), it.node))
                .collect()
        })
    }

    /// Returns the variants of a union in which each branch is a closed object with another constant in the same required member.
    fn tagged(&self, node: &Node) -> Option<Object<NodeId>> {
        let is_union = is_object(node) && node.any_of.is_empty() && node.object.is_empty();
        let tag = node
            .one_of
            .first()
            .and_then(|first| self.only_constant(*first));
        let (tag, _) = tag.filter(|_| is_union)?;
        let mut variants: Members = Vec::new();
        for branch in &node.one_of {
            let (name, value) = self.only_constant(*branch)?;
            let is_known = variants.iter().any(|(known, _)| **known == *value);
            let is_strict = self.node(*branch).is_strict;
            if name != tag || is_known || is_strict || self.closed_members(*branch).is_none() {
                return None;
            }
            variants.push((value.into(), *branch));
        }
        let tag = tag.into();
        Some(Object::Tagged { tag, variants })
    }

    /// Returns the required member of an object that is a constant text, if there is one only, and the text.
    fn only_constant(&self, id: NodeId) -> Option<(&str, &str)> {
        let properties = self.node(id).object.properties.iter();
        let mut constants = properties.filter_map(|property| {
            match self.node(property.node).allowed.as_deref()? {
                [only] if property.is_required => match &only.value {
                    Instance::String(text) => Some((property.name.as_str(), &**text)),
                    _ => None,
                },
                _ => None,
            }
        });
        constants.next().filter(|_| constants.next().is_none())
    }
}

/// Returns whether a schema is about objects alone, and states nothing of them but their members and alternatives.
fn is_object(node: &Node) -> bool {
    let is_any = node.kinds.is_empty() && !node.one_of.is_empty();
    !node.never
        && (is_any || node.kinds == [JsonType::Object])
        && node.allowed.is_none()
        && node.all_of.is_empty()
        && node.not.is_none()
}
