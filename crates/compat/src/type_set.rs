//! Sets of JSON types, in which integers are a subset of numbers.

use std::fmt;

use serde_json::Value;

/// A set of JSON types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TypeSet(u8);

const NAMES: [(&str, TypeSet); 7] = [
    ("null", TypeSet::NULL),
    ("boolean", TypeSet(2)),
    ("number", TypeSet::NUMBER),
    ("integer", TypeSet::INTEGER),
    ("string", TypeSet::STRING),
    ("array", TypeSet::ARRAY),
    ("object", TypeSet::OBJECT),
];

impl TypeSet {
    pub(crate) const NONE: Self = Self(0);
    pub(crate) const NULL: Self = Self(1);
    pub(crate) const INTEGER: Self = Self(4);
    pub(crate) const NUMBER: Self = Self(4 | 8);
    pub(crate) const STRING: Self = Self(16);
    pub(crate) const ARRAY: Self = Self(32);
    pub(crate) const OBJECT: Self = Self(64);
    pub(crate) const ANY: Self = Self(127);

    /// Parses the value of `type`; none if it, or one of several, names no type.
    pub(crate) fn parse(value: &Value) -> Option<Self> {
        match value {
            Value::String(name) if name == "file" => Some(Self::STRING),
            Value::String(name) => {
                let found = NAMES.iter().find(|(known, _)| known == name);
                found.map(|(_, types)| *types)
            }
            Value::Array(names) => {
                let mut types = names.iter().map(Self::parse);
                types.try_fold(Self::NONE, |all, it| Some(all.or(it?)))
            }
            _ => None,
        }
    }

    /// Returns the type of a value.
    pub(crate) fn of(value: &Value) -> Self {
        match value {
            Value::Null => Self::NULL,
            Value::Bool(_) => Self(2),
            Value::Number(number) => match number.as_f64() {
                Some(it) if it.fract() != 0.0 => Self::NUMBER,
                _ => Self::INTEGER,
            },
            Value::String(_) => Self::STRING,
            Value::Array(_) => Self::ARRAY,
            Value::Object(_) => Self::OBJECT,
        }
    }

    pub(crate) const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(crate) const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    pub(crate) const fn difference(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    pub(crate) const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    pub(crate) const fn intersects(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Returns the number of names needed to write the set.
    pub(crate) fn count(self) -> usize {
        self.names().len()
    }

    fn names(self) -> Vec<&'static str> {
        let mut names: Vec<_> = NAMES.iter().filter(|(_, it)| self.contains(*it)).collect();
        if self.contains(Self::NUMBER) {
            names.retain(|(name, _)| *name != "integer");
        }
        names.into_iter().map(|(name, _)| *name).collect()
    }
}

impl fmt::Display for TypeSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.difference(Self::NULL) == Self::ANY.difference(Self::NULL) {
            return f.write_str("any type");
        }
        let names = self.names();
        if names.is_empty() {
            return f.write_str("no type");
        }
        f.write_str(&names.join(" or "))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn integers_are_numbers() {
        assert!(TypeSet::NUMBER.contains(TypeSet::INTEGER));
        assert_eq!(
            TypeSet::parse(&json!(["integer", "number"])),
            Some(TypeSet::NUMBER)
        );
        assert_eq!(TypeSet::of(&json!(1.0)), TypeSet::INTEGER);
        assert_eq!(TypeSet::of(&json!(1.5)), TypeSet::NUMBER);
    }

    #[test]
    fn sets_are_displayed_as_alternatives() {
        assert_eq!(
            TypeSet::NUMBER.or(TypeSet::STRING).to_string(),
            "number or string"
        );
        assert_eq!(TypeSet::ANY.to_string(), "any type");
        assert_eq!(TypeSet::NONE.to_string(), "no type");
        assert_eq!(TypeSet::parse(&json!("text")), None);
    }
}
