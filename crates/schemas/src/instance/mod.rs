//! JSON values as they are validated: instances of a schema, as JSON Schema calls them.
//!
//! An instance is compact: strings that need no unescaping stay in the text they are read from, and the members of an
//! object are one sorted list. serde reads types from it ([`deserializer`]).

mod deserializer;
mod reader;

use std::borrow::Cow;

use serde_json::{Map, Number, Value};

use crate::floats;

pub(crate) use deserializer::ReadError;
pub(crate) use reader::{Name, read};

/// A JSON value.
#[derive(Clone, Debug)]
pub(crate) enum Instance<'t> {
    Null,
    Bool(bool),
    Number(Number),
    String(Cow<'t, str>),
    Array(Vec<Instance<'t>>),
    Object(Members<'t>),
}

/// The members of an object, by name, each once.
#[derive(Clone, Debug)]
pub(crate) struct Members<'t>(Vec<Member<'t>>);

/// A name and its value.
type Member<'t> = (Cow<'t, str>, Instance<'t>);

impl<'t> FromIterator<Member<'t>> for Members<'t> {
    fn from_iter<I: IntoIterator<Item = Member<'t>>>(members: I) -> Self {
        Self::sorted(members.into_iter().collect(), |_| {})
    }
}

impl<'t> Members<'t> {
    /// Sorts members by name. Of several with one name the last is kept; `duplicate` is called with that name.
    fn sorted(mut members: Vec<Member<'t>>, mut duplicate: impl FnMut(&str)) -> Self {
        // Stable: of equal names the last stays the last.
        members.sort_by(|(one, _), (other, _)| one.cmp(other));
        if members
            .windows(2)
            .any(|pair| is_same_name(&pair[0], &pair[1]))
        {
            members.dedup_by(|later, earlier| {
                let is_duplicate = is_same_name(later, earlier);
                if is_duplicate {
                    duplicate(&later.0);
                    std::mem::swap(later, earlier);
                }
                is_duplicate
            });
        }
        Self(members)
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Instance<'t>> {
        let at = self.0.binary_search_by(|(known, _)| (**known).cmp(name));
        at.ok()
            .and_then(|at| self.0.get(at))
            .map(|(_, value)| value)
    }

    pub(crate) fn contains(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Removes a member.
    pub(crate) fn remove(&mut self, name: &str) -> Option<Instance<'t>> {
        let at = self.0.binary_search_by(|(known, _)| (**known).cmp(name));
        at.ok().map(|at| self.0.remove(at).1)
    }

    /// Returns what an object beside a tag is elsewhere: null for a unit without members, and for a member that is null the
    /// unit variant of its name.
    pub(crate) fn elsewhere(&self) -> Option<Instance<'t>> {
        match self.0.as_slice() {
            [] => Some(Instance::Null),
            [(name, Instance::Null)] => Some(Instance::String(name.clone())),
            _ => None,
        }
    }

    /// Returns the members in the order of their names.
    pub(crate) fn iter(&self) -> std::slice::Iter<'_, Member<'t>> {
        self.0.iter()
    }
}

fn is_same_name(one: &Member<'_>, other: &Member<'_>) -> bool {
    one.0 == other.0
}

impl<'t> Instance<'t> {
    /// Returns whether it is an array or an object.
    pub(crate) fn is_container(&self) -> bool {
        matches!(self, Self::Array(_) | Self::Object(_))
    }

    /// Returns its place in memory: instances do not move while they are validated.
    pub(crate) fn address(&self) -> usize {
        std::ptr::from_ref(self).addr()
    }

    /// Returns a member, if it is an object that has it.
    pub(crate) fn member(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Object(members) => members.get(name),
            _ => None,
        }
    }

    /// Returns whether it contains floats with an integral value.
    fn has_whole_floats(&self) -> bool {
        match self {
            Self::Number(number) => whole_float(number).is_some(),
            Self::Array(items) => items.iter().any(Self::has_whole_floats),
            Self::Object(Members(members)) => members.iter().any(|(_, it)| it.has_whole_floats()),
            _ => false,
        }
    }

    /// Converts floats with an integral value to integers.
    fn make_whole(&mut self) {
        match self {
            Self::Number(number) => {
                if let Some(integer) = whole_float(number) {
                    *number = integer.into();
                }
            }
            Self::Array(items) => items.iter_mut().for_each(Self::make_whole),
            Self::Object(Members(members)) => {
                members.iter_mut().for_each(|(_, it)| it.make_whole());
            }
            _ => {}
        }
    }
}

/// Returns the integer that a float is equal to.
fn whole_float(number: &Number) -> Option<i64> {
    let float = number.as_f64().filter(|_| number.is_f64());
    float.and_then(floats::whole)
}

impl<'t> From<&'t Value> for Instance<'t> {
    fn from(value: &'t Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(value) => Self::Bool(*value),
            Value::Number(number) => Self::Number(number.clone()),
            Value::String(text) => Self::String(Cow::Borrowed(text)),
            Value::Array(items) => Self::Array(items.iter().map(Self::from).collect()),
            Value::Object(members) => {
                let members = members.iter();
                let members = members.map(|(name, value)| (Cow::Borrowed(&**name), value.into()));
                // A map whose entries keep their order is possible; sorting a sorted list takes one pass.
                Self::Object(Members::sorted(members.collect(), |_| {}))
            }
        }
    }
}

impl From<Value> for Instance<'static> {
    fn from(value: Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(value) => Self::Bool(value),
            Value::Number(number) => Self::Number(number),
            Value::String(text) => Self::String(Cow::Owned(text)),
            Value::Array(items) => Self::Array(items.into_iter().map(Self::from).collect()),
            Value::Object(members) => {
                let members = members.into_iter();
                let members = members.map(|(name, value)| (Cow::Owned(name), value.into()));
                Self::Object(Members::sorted(members.collect(), |_| {}))
            }
        }
    }
}

impl From<Instance<'_>> for Value {
    fn from(instance: Instance<'_>) -> Self {
        match instance {
            Instance::Null => Self::Null,
            Instance::Bool(value) => Self::Bool(value),
            Instance::Number(number) => Self::Number(number),
            Instance::String(text) => Self::String(text.into_owned()),
            Instance::Array(items) => Self::Array(items.into_iter().map(Self::from).collect()),
            Instance::Object(Members(members)) => {
                let members = members.into_iter();
                let members = members.map(|(name, value)| (name.into_owned(), value.into()));
                Self::Object(members.collect::<Map<String, Self>>())
            }
        }
    }
}
