//! Deserializes from a JSON value and records where it failed, keys of maps included.

use std::cell::RefCell;

use serde::de::{
    DeserializeSeed, Deserializer, Error, IntoDeserializer, MapAccess, SeqAccess, Visitor,
};
use serde::forward_to_deserialize_any;
use serde_json::{Map, Value};

use crate::InstanceLocation;

type Failure = serde_json::Error;

/// A part of a value, and its location in the whole.
#[derive(Clone, Copy)]
pub(super) struct ValueDeserializer<'a> {
    value: &'a Value,
    at: InstanceLocation<'a>,
    /// The innermost location at which deserializing failed.
    failed: &'a RefCell<Option<String>>,
}

impl ValueDeserializer<'_> {
    /// Deserializes a value; returns a pointer to where it failed as well.
    pub(super) fn read<R>(
        value: &Value,
        read: impl FnOnce(ValueDeserializer<'_>) -> Result<R, Failure>,
    ) -> (Result<R, Failure>, Option<String>) {
        let failed = RefCell::new(None);
        let read = read(ValueDeserializer {
            value,
            at: InstanceLocation::ROOT,
            failed: &failed,
        });
        (read, failed.into_inner())
    }

    /// Records a failure here, unless there is one further inside.
    fn note<R>(&self, read: Result<R, Failure>) -> Result<R, Failure> {
        if read.is_err() {
            let mut failed = self.failed.borrow_mut();
            failed.get_or_insert_with(|| self.at.pointer());
        }
        read
    }
}

impl<'de> Deserializer<'de> for ValueDeserializer<'_> {
    type Error = Failure;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        match self.value {
            Value::Null => visitor.visit_unit(),
            Value::Bool(value) => visitor.visit_bool(*value),
            Value::Number(number) => number.deserialize_any(visitor),
            Value::String(text) => visitor.visit_str(text),
            Value::Array(items) => visitor.visit_seq(Items {
                whole: self,
                rest: items.iter().enumerate(),
            }),
            Value::Object(members) => visitor.visit_map(Members {
                whole: self,
                rest: members.iter(),
                current: None,
            }),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        match self.value {
            Value::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Failure> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Failure> {
        self.value.clone().deserialize_enum(name, variants, visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq
        tuple tuple_struct map struct identifier ignored_any
    }
}

struct Items<'a> {
    whole: ValueDeserializer<'a>,
    rest: std::iter::Enumerate<std::slice::Iter<'a, Value>>,
}

impl<'de> SeqAccess<'de> for Items<'_> {
    type Error = Failure;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Failure> {
        let Some((index, value)) = self.rest.next() else {
            return Ok(None);
        };
        let item = ValueDeserializer {
            value,
            at: self.whole.at.index(index),
            failed: self.whole.failed,
        };
        item.note(seed.deserialize(item)).map(Some)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.rest.len())
    }
}

struct Members<'a> {
    whole: ValueDeserializer<'a>,
    rest: serde_json::map::Iter<'a>,
    current: Option<(&'a str, &'a Value)>,
}

impl<'de> MapAccess<'de> for Members<'_> {
    type Error = Failure;

    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Failure> {
        let Some((name, value)) = self.rest.next() else {
            return Ok(None);
        };
        self.current = Some((name, value));
        let member = ValueDeserializer {
            value,
            at: self.whole.at.field(name),
            failed: self.whole.failed,
        };
        // serde_json reads keys as numbers and booleans too, but only as part of a map.
        let alone = Map::from_iter([(name.clone(), Value::Null)]);
        let key = alone.into_deserializer().deserialize_map(Key(seed));
        member.note(key).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Failure> {
        let Some((name, value)) = self.current.take() else {
            return Err(Failure::custom("a value was asked for before its key"));
        };
        let member = ValueDeserializer {
            value,
            at: self.whole.at.field(name),
            failed: self.whole.failed,
        };
        member.note(seed.deserialize(member))
    }
}

/// Deserializes the key of a map's only member.
struct Key<S>(S);

impl<'de, S: DeserializeSeed<'de>> Visitor<'de> for Key<S> {
    type Value = S::Value;

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("a member")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut member: A) -> Result<S::Value, A::Error> {
        let key = member.next_key_seed(self.0)?;
        member.next_value::<serde::de::IgnoredAny>()?;
        key.ok_or_else(|| A::Error::custom("no member"))
    }
}
