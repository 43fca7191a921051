//! Parses JSON into a value and reports duplicate keys, which a value cannot represent.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use super::MAX_VIOLATIONS;
use crate::{InstanceLocation, Location, Rule, Violation};

/// Parses exactly one JSON value; of duplicate keys the last one is kept, and each is a violation.
///
/// # Errors
/// That of serde_json, with line and column: malformed JSON or UTF-8, lone surrogates, numbers beyond the range of
/// `f64`, and nesting beyond 128 levels.
pub(crate) fn read(
    text: &str,
    violations: &mut Vec<Violation>,
) -> Result<Value, serde_json::Error> {
    let mut json = serde_json::Deserializer::from_str(text);
    let value = Reader {
        at: InstanceLocation::ROOT,
        violations,
    }
    .deserialize(&mut json)?;
    json.end()?;
    Ok(value)
}

struct Reader<'a> {
    at: InstanceLocation<'a>,
    violations: &'a mut Vec<Violation>,
}

impl<'de> DeserializeSeed<'de> for Reader<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Value, D::Error> {
        json.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Reader<'_> {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("any JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value)
            .map(Value::Number)
            .ok_or_else(|| E::custom("number out of range"))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E: Error>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(Reader {
            at: self.at.index(list.len()),
            violations: self.violations,
        })? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(key) = members.next_key::<String>()? {
            let at = self.at.key(&key);
            let value = members.next_value_seed(Reader {
                at,
                violations: self.violations,
            })?;
            if object.contains_key(&key) && self.violations.len() < MAX_VIOLATIONS {
                let violation = Violation {
                    location: Location::Body,
                    pointer: at.pointer(),
                    rule: Rule::DuplicateField,
                };
                if !self.violations.contains(&violation) {
                    self.violations.push(violation);
                }
            }
            object.insert(key, value);
        }
        Ok(Value::Object(object))
    }
}
