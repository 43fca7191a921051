//! The compiled form of a schema: the keywords that schemars and `#[schema]` generate, and no others.

use regex::Regex;
use serde_json::{Number, Value};

use super::file::FileRules;
use crate::{JsonType, delimiter::Delimiter, instance::Instance};

/// The index of a node in its validator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct NodeId(pub(super) usize);

/// A compiled schema.
#[derive(Debug, Default)]
pub(super) struct Node {
    /// No value is allowed (`false`).
    pub(super) never: bool,
    /// The allowed types; empty for all.
    pub(super) kinds: Vec<JsonType>,
    /// The allowed values (`enum`, `const`).
    pub(super) allowed: Option<Vec<Constant>>,
    pub(super) number: NumberRules,
    pub(super) string: StringRules,
    pub(super) array: ArrayRules,
    pub(super) object: ObjectRules,
    /// `$ref` and `allOf`: schemas that have to match as well.
    pub(super) all_of: Vec<NodeId>,
    pub(super) any_of: Vec<NodeId>,
    pub(super) one_of: Vec<NodeId>,
    pub(super) not: Option<NodeId>,
    /// Whether serde finds the matching branch by trying one after the other.
    pub(super) by_trial: bool,
    /// Whether values are validated before they are read: serde accepts more than the schema allows, or buffers what it
    /// reads.
    pub(super) is_strict: bool,
    /// Whether a strict object may be read member by member where it is closed.
    pub(super) is_memberwise: bool,
    /// What separates the items of the list, where it is one text.
    pub(super) delimiter: Option<Delimiter>,
    /// The rules of the file, if the value is one.
    pub(super) file: Option<FileRules>,
}

/// A value that a schema names.
#[derive(Debug)]
pub(super) struct Constant {
    pub(super) value: Instance<'static>,
    /// The value as JSON, for messages.
    pub(super) json: String,
}

impl From<&Value> for Constant {
    fn from(value: &Value) -> Self {
        Self {
            value: value.clone().into(),
            json: value.to_string(),
        }
    }
}

#[derive(Debug, Default)]
pub(super) struct NumberRules {
    pub(super) minimum: Option<Number>,
    pub(super) maximum: Option<Number>,
    pub(super) exclusive_minimum: Option<Number>,
    pub(super) exclusive_maximum: Option<Number>,
    pub(super) multiple_of: Option<Number>,
    /// The bounds of the type's width, which the author did not state.
    pub(super) width: Option<(Value, Value)>,
}

#[derive(Debug, Default)]
pub(super) struct StringRules {
    pub(super) min_length: Option<u64>,
    pub(super) max_length: Option<u64>,
    pub(super) pattern: Option<Regex>,
    pub(super) format: Option<Format>,
}

impl StringRules {
    pub(super) fn is_empty(&self) -> bool {
        self.min_length.is_none()
            && self.max_length.is_none()
            && self.pattern.is_none()
            && self.format.is_none()
    }
}

/// An enforced format.
#[derive(Clone, Debug)]
pub(super) struct Format {
    pub(super) name: String,
    pub(super) test: fn(&str) -> bool,
    /// Whether Rust types of this format read other texts as well.
    pub(super) is_read_laxly: bool,
}

#[derive(Debug, Default)]
pub(super) struct ArrayRules {
    pub(super) prefix: Vec<NodeId>,
    pub(super) items: Option<NodeId>,
    pub(super) min_items: Option<u64>,
    pub(super) max_items: Option<u64>,
    pub(super) unique: bool,
}

#[derive(Debug, Default)]
pub(super) struct ObjectRules {
    /// Sorted by name.
    pub(super) properties: Vec<Property>,
    pub(super) required: Vec<String>,
    /// The members that have to be present if another one is.
    pub(super) dependent: Vec<(String, Vec<String>)>,
    pub(super) patterns: Vec<(Regex, NodeId)>,
    /// The schema of undeclared members; `None` for anything.
    pub(super) additional: Option<NodeId>,
    /// Like `additional`, but members declared in referenced schemas count as declared.
    pub(super) unevaluated: Option<NodeId>,
    pub(super) min_properties: Option<u64>,
    pub(super) max_properties: Option<u64>,
    pub(super) names: Option<NodeId>,
}

/// A declared member.
#[derive(Debug)]
pub(super) struct Property {
    pub(super) name: String,
    pub(super) node: NodeId,
    pub(super) is_required: bool,
}

impl ObjectRules {
    /// Returns whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        let others = [self.additional, self.unevaluated, self.names];
        let limits = [self.min_properties, self.max_properties];
        self.properties.is_empty()
            && self.required.is_empty()
            && self.dependent.is_empty()
            && self.patterns.is_empty()
            && others.iter().all(Option::is_none)
            && limits.iter().all(Option::is_none)
    }

    pub(super) fn property(&self, name: &str) -> Option<NodeId> {
        Properties(&self.properties).find(name).map(|it| it.node)
    }
}

/// Finds the properties of names that come in their order.
pub(super) struct Properties<'p>(pub(super) &'p [Property]);

impl<'p> Properties<'p> {
    /// Returns the property of a name, which comes after those asked for before.
    pub(super) fn find(&mut self, name: &str) -> Option<&'p Property> {
        // Mostly all properties are present.
        if self.0.first().is_some_and(|next| next.name != name) {
            let start = self.0.partition_point(|known| known.name.as_str() < name);
            self.0 = self.0.get(start..).unwrap_or_default();
        }
        let (next, rest) = self.0.split_first().filter(|(next, _)| next.name == name)?;
        self.0 = rest;
        Some(next)
    }
}
