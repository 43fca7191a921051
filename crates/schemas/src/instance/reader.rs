//! Parses JSON and reports duplicate keys, which an instance cannot represent.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::Number;

use super::{Instance, Members};
use crate::{InstanceLocation, Location, MAX_VIOLATIONS, Rule, Violation};

/// Parses exactly one JSON value; of duplicate keys the last one is kept, and each is a violation.
///
/// # Errors
/// That of serde_json, with line and column: malformed JSON or UTF-8, lone surrogates, numbers beyond the range of
/// `f64`, and nesting beyond 128 levels.
pub(crate) fn read<'t>(
    text: &'t str,
    violations: &mut Vec<Violation>,
) -> Result<Instance<'t>, serde_json::Error> {
    let mut json = serde_json::Deserializer::from_str(text);
    let reader = Reader {
        at: InstanceLocation::ROOT,
        violations,
    };
    let instance = reader.deserialize(&mut json)?;
    json.end()?;
    Ok(instance)
}

/// Reads any value; of duplicate keys the last one is kept, as in serde_json's `Value`.
impl<'de> Deserialize<'de> for Instance<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Reader {
            at: InstanceLocation::ROOT,
            violations: &mut Vec::new(),
        }
        .deserialize(deserializer)
    }
}

struct Reader<'a> {
    at: InstanceLocation<'a>,
    violations: &'a mut Vec<Violation>,
}

impl Reader<'_> {
    #[cold]
    fn duplicate(&mut self, name: &str) {
        let violation = Violation {
            location: Location::Body,
            pointer: self.at.key(name).pointer(),
            rule: Rule::DuplicateField,
        };
        if self.violations.len() < MAX_VIOLATIONS && !self.violations.contains(&violation) {
            self.violations.push(violation);
        }
    }
}

impl<'de> DeserializeSeed<'de> for Reader<'_> {
    type Value = Instance<'de>;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Instance<'de>, D::Error> {
        json.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Reader<'_> {
    type Value = Instance<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("any JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<Instance<'de>, E> {
        Ok(Instance::Null)
    }

    fn visit_none<E: Error>(self) -> Result<Instance<'de>, E> {
        Ok(Instance::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, inner: D) -> Result<Instance<'de>, D::Error> {
        self.deserialize(inner)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Instance<'de>, E> {
        Ok(Instance::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Instance<'de>, E> {
        Ok(Instance::Number(value.into()))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Instance<'de>, E> {
        Ok(Instance::Number(value.into()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Instance<'de>, E> {
        Number::from_f64(value)
            .map(Instance::Number)
            .ok_or_else(|| E::custom("number out of range"))
    }

    fn visit_borrowed_str<E: Error>(self, value: &'de str) -> Result<Instance<'de>, E> {
        Ok(Instance::String(Cow::Borrowed(value)))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Instance<'de>, E> {
        Ok(Instance::String(Cow::Owned(value.to_owned())))
    }

    fn visit_string<E: Error>(self, value: String) -> Result<Instance<'de>, E> {
        Ok(Instance::String(Cow::Owned(value)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Instance<'de>, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(Reader {
            at: self.at.index(list.len()),
            violations: self.violations,
        })? {
            list.push(item);
        }
        Ok(Instance::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut members: A) -> Result<Instance<'de>, A::Error> {
        let mut list = Vec::new();
        while let Some(name) = members.next_key_seed(Name)? {
            let value = members.next_value_seed(Reader {
                at: self.at.key(&name),
                violations: self.violations,
            })?;
            if list.is_empty() {
                list.reserve(8);
            }
            list.push((name, value));
        }
        Ok(Instance::Object(Members::sorted(list, |name| {
            self.duplicate(name);
        })))
    }
}

/// Reads the name of a member, or another text, without copying what has no escapes.
pub(crate) struct Name;

impl<'de> DeserializeSeed<'de> for Name {
    type Value = Cow<'de, str>;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Cow<'de, str>, D::Error> {
        json.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Name {
    type Value = Cow<'de, str>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a name")
    }

    #[inline]
    fn visit_borrowed_str<E: Error>(self, name: &'de str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Borrowed(name))
    }

    #[inline]
    fn visit_str<E: Error>(self, name: &str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Owned(name.to_owned()))
    }

    #[inline]
    fn visit_string<E: Error>(self, name: String) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Owned(name))
    }
}
