//! Sets of JSON types, with the integers as a part of the numbers.

use serde_json::Value;

/// A set of types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Types(u8);

const NAMES: [(&str, Types); 7] = [
    ("null", Types::NULL),
    ("boolean", Types(2)),
    ("number", Types::NUMBER),
    ("integer", Types::INTEGER),
    ("string", Types::STRING),
    ("array", Types::ARRAY),
    ("object", Types::OBJECT),
];

impl Types {
    pub(super) const NONE: Self = Self(0);
    pub(super) const NULL: Self = Self(1);
    pub(super) const INTEGER: Self = Self(4);
    pub(super) const NUMBER: Self = Self(4 | 8);
    pub(super) const STRING: Self = Self(16);
    pub(super) const ARRAY: Self = Self(32);
    pub(super) const OBJECT: Self = Self(64);
    pub(super) const ANY: Self = Self(127);

    /// What a `type` says; none for what names no type.
    pub(super) fn said(value: &Value) -> Option<Self> {
        match value {
            Value::String(name) if name == "file" => Some(Self::STRING),
            Value::String(name) => {
                let found = NAMES.iter().find(|(known, _)| known == name);
                found.map(|(_, types)| *types)
            }
            Value::Array(names) => {
                let types = names.iter().filter_map(Self::said);
                Some(types.fold(Self::NONE, Self::or))
            }
            _ => None,
        }
    }

    /// The type of a value.
    pub(super) fn of(value: &Value) -> Self {
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

    pub(super) const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(super) const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    pub(super) const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    pub(super) const fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    pub(super) const fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// How many types one would write down.
    pub(super) fn count(self) -> usize {
        self.names().len()
    }

    fn names(self) -> Vec<&'static str> {
        let mut names: Vec<_> = NAMES.iter().filter(|(_, it)| self.has(*it)).collect();
        if self.has(Self::NUMBER) {
            names.retain(|(name, _)| *name != "integer");
        }
        names.into_iter().map(|(name, _)| *name).collect()
    }

    /// In words.
    pub(super) fn words(self) -> String {
        if self.without(Self::NULL) == Self::ANY.without(Self::NULL) {
            return "any type".to_owned();
        }
        let names = self.names();
        if names.is_empty() {
            return "nothing".to_owned();
        }
        names.join(" or ")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn integers_are_numbers() {
        assert!(Types::NUMBER.has(Types::INTEGER));
        assert_eq!(
            Types::said(&json!(["integer", "number"])),
            Some(Types::NUMBER)
        );
        assert_eq!(Types::of(&json!(1.0)), Types::INTEGER);
        assert_eq!(Types::of(&json!(1.5)), Types::NUMBER);
    }

    #[test]
    fn types_are_told_in_words() {
        assert_eq!(Types::NUMBER.or(Types::STRING).words(), "number or string");
        assert_eq!(Types::ANY.words(), "any type");
        assert_eq!(Types::NONE.words(), "nothing");
        assert_eq!(Types::said(&json!("text")), None);
    }
}
