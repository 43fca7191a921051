//! The compiled form of a schema: the keywords that schemars and `#[schema]` generate, and no others.

use regex::Regex;
use serde_json::{Number, Value};

use super::file::FileRules;
use crate::{JsonType, delimiter::Delimiter};

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
    pub(super) allowed: Option<Vec<Value>>,
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
    /// What separates the items of the list, where it is one text.
    pub(super) delimiter: Option<Delimiter>,
    /// The rules of the file, if the value is one.
    pub(super) file: Option<FileRules>,
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
    pub(super) properties: Vec<(String, NodeId)>,
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

impl ObjectRules {
    pub(super) fn property(&self, name: &str) -> Option<NodeId> {
        self.properties
            .binary_search_by(|(known, _)| known.as_str().cmp(name))
            .ok()
            .and_then(|at| self.properties.get(at))
            .map(|(_, node)| *node)
    }
}
