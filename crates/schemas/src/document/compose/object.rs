//! The members of an object and of its parts, merged.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::Members;

/// An object: what it declares itself, and what its parts declare.
#[derive(Clone, Debug, Default)]
pub(super) struct Object {
    /// The description and the like.
    pub(super) annotations: Members,
    pub(super) properties: Members,
    /// Who declares each member, for error messages.
    pub(super) owners: BTreeMap<String, String>,
    pub(super) required: Vec<String>,
    /// The members that have to be present if another one is.
    pub(super) dependent: BTreeMap<String, Vec<String>>,
    pub(super) patterns: Members,
    /// The schema of undeclared members, if there is a map among the parts.
    pub(super) rest: Option<Value>,
    pub(super) unions: Vec<Union>,
    /// Whether a part has to be validated as a whole before it is read.
    pub(super) is_strict: bool,
    /// Whether each part is closed by itself.
    pub(super) is_closed: bool,
}

/// Alternatives, each with members of its own.
#[derive(Clone, Debug)]
pub(super) struct Union {
    /// `oneOf` or `anyOf`.
    pub(super) keyword: &'static str,
    pub(super) branches: Vec<Object>,
    /// Whether one of the branches is that all members are absent.
    pub(super) is_optional: bool,
}

impl Union {
    /// Returns whether a value matches at most one branch though the branches allow further members.
    pub(super) fn is_exclusive(&self) -> bool {
        let mut nested = self.branches.iter().flat_map(|branch| &branch.unions);
        self.keyword == "oneOf" && !self.is_optional && nested.all(Self::is_exclusive)
    }
}

impl Object {
    /// Returns the names of all members, those of alternatives included.
    fn names(&self) -> BTreeMap<&str, &str> {
        let own = self.owners.iter();
        let mut names: BTreeMap<&str, &str> = own
            .map(|(name, owner)| (name.as_str(), owner.as_str()))
            .collect();
        for union in &self.unions {
            for branch in &union.branches {
                for (name, owner) in branch.names() {
                    names.entry(name).or_insert(owner);
                }
            }
        }
        names
    }

    /// Returns whether a map is among the parts: one with keys of any name, or with integers.
    pub(super) fn has_map(&self) -> bool {
        self.rest.is_some() || !self.patterns.is_empty()
    }

    /// Returns the errors of a part that shares its object with this one.
    pub(super) fn clashes(&self, part: &Self) -> Vec<String> {
        let known = self.names();
        let clash = |(name, owner): (&str, &str)| {
            let first = known.get(name)?;
            Some(format!(
                "the member `{name}` is declared twice in one object, by {first} and by {owner}: rename one with `#[serde(rename = \"…\")]`, or give one of the two a field of its own"
            ))
        };
        let mut errors: Vec<String> = part.names().into_iter().filter_map(clash).collect();
        if self.has_map() && part.has_map() {
            errors.push("it flattens two maps, and which of them reads a member is undefined: flatten one, and give the other a field of its own".to_owned());
        }
        errors
    }

    /// Adds the members of a part.
    pub(super) fn merge(&mut self, part: Self) {
        for (key, value) in part.annotations {
            self.annotations.entry(key).or_insert(value);
        }
        self.properties.extend(part.properties);
        self.owners.extend(part.owners);
        for name in part.required {
            if !self.required.contains(&name) {
                self.required.push(name);
            }
        }
        self.dependent.extend(part.dependent);
        self.patterns.extend(part.patterns);
        self.rest = self.rest.take().or(part.rest);
        self.unions.extend(part.unions);
        self.is_strict |= part.is_strict;
        self.is_closed &= part.is_closed;
    }

    /// Returns a part that may be missing as a whole.
    pub(super) fn into_optional(mut self) -> Self {
        if self.unions.is_empty() {
            let names: BTreeSet<String> = self.properties.keys().cloned().collect();
            for name in names {
                let needs = self.dependent.entry(name.clone()).or_default();
                let others = self.required.iter().filter(|other| **other != name);
                for other in others {
                    if !needs.contains(other) {
                        needs.push(other.clone());
                    }
                }
            }
            self.dependent.retain(|_, needs| !needs.is_empty());
            self.required.clear();
            return self;
        }
        let (is_strict, is_closed) = (self.is_strict, self.is_closed);
        let is_plain = self.owners.is_empty() && self.unions.len() == 1 && self.rest.is_none();
        let union = match self.unions.pop() {
            Some(mut union) if is_plain => {
                union.is_optional = true;
                union
            }
            last => {
                self.unions.extend(last);
                Union {
                    keyword: "anyOf",
                    branches: vec![self],
                    is_optional: true,
                }
            }
        };
        Self {
            unions: vec![union],
            is_strict,
            is_closed,
            ..Self::default()
        }
    }
}
