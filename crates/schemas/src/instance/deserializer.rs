//! Deserializes types from an instance, and records where that failed, keys of maps included.

use std::cell::RefCell;

use serde::de::value::{BorrowedStrDeserializer, MapAccessDeserializer};
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Unexpected,
    Visitor,
};
use serde::forward_to_deserialize_any;
use serde_json::Number;

use super::{Instance, Member, Members};
use crate::{InstanceLocation, strict, validator::Guide};

type Failure = serde_json::Error;

/// Why a type cannot be read from an instance.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub(crate) struct ReadError {
    /// The innermost location at which deserializing failed, as a JSON Pointer.
    pub(crate) pointer: String,
    /// serde's message, or that of the type's own deserializer.
    pub(crate) message: String,
}

impl Instance<'_> {
    /// Reads a type whose schema may allow floats for integers, strictly.
    pub(crate) fn read<T: DeserializeOwned>(&self) -> Result<T, ReadError> {
        let read = self.read_as_is();
        // serde passes buffered numbers to the type as they are, past the adapter.
        if read.is_err() && self.has_whole_floats() {
            let mut whole = self.clone();
            whole.make_whole();
            return whole.read_as_is();
        }
        read
    }

    fn read_as_is<T: DeserializeOwned>(&self) -> Result<T, ReadError> {
        let failed = RefCell::new(None);
        let whole = Part {
            instance: self,
            at: InstanceLocation::ROOT,
            failed: &failed,
        };
        let read = strict::read(whole, Guide::NONE);
        read.map_err(|error: Failure| ReadError {
            pointer: failed.into_inner().unwrap_or_default(),
            message: error.to_string(),
        })
    }
}

/// A part of an instance, and its location in the whole.
#[derive(Clone, Copy)]
struct Part<'de, 'l> {
    instance: &'de Instance<'de>,
    at: InstanceLocation<'l>,
    /// The innermost location at which deserializing failed.
    failed: &'l RefCell<Option<String>>,
}

impl<'de, 'l> Part<'de, 'l> {
    /// Returns a part of this part.
    fn inner<'i>(&self, instance: &'de Instance<'de>, at: InstanceLocation<'i>) -> Part<'de, 'i>
    where
        'l: 'i,
    {
        Part {
            instance,
            at,
            failed: self.failed,
        }
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

impl<'de> Deserializer<'de> for Part<'de, '_> {
    type Error = Failure;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        match self.instance {
            Instance::Null => visitor.visit_unit(),
            Instance::Bool(value) => visitor.visit_bool(*value),
            Instance::Number(number) => number.deserialize_any(visitor),
            Instance::String(text) => visitor.visit_borrowed_str(text),
            Instance::Array(items) => {
                let mut inside = Items {
                    whole: self,
                    rest: items.iter().enumerate(),
                };
                let read = visitor.visit_seq(&mut inside)?;
                nothing_left(inside.rest.len(), items.len(), "fewer elements in array")?;
                Ok(read)
            }
            Instance::Object(members) => {
                let mut inside = Entries::new(self, members);
                let read = visitor.visit_map(&mut inside)?;
                nothing_left(inside.rest.len(), members.len(), "fewer elements in map")?;
                Ok(read)
            }
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        match self.instance {
            Instance::Null => visitor.visit_none(),
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
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Failure> {
        match self.instance {
            Instance::String(name) => visitor.visit_enum(BorrowedStrDeserializer::new(name)),
            Instance::Object(members) if members.len() == 1 => {
                visitor.visit_enum(MapAccessDeserializer::new(Entries::new(self, members)))
            }
            _ => Err(Failure::invalid_type(
                Unexpected::Other("value"),
                &"string or map with a single key",
            )),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq
        tuple tuple_struct map struct identifier ignored_any
    }
}

/// Checks that no items or members are left over, as serde_json does.
fn nothing_left(rest: usize, all: usize, expected: &str) -> Result<(), Failure> {
    if rest == 0 {
        Ok(())
    } else {
        Err(Failure::invalid_length(all, &expected))
    }
}

struct Items<'de, 'l> {
    whole: Part<'de, 'l>,
    rest: std::iter::Enumerate<std::slice::Iter<'de, Instance<'de>>>,
}

impl<'de> SeqAccess<'de> for Items<'de, '_> {
    type Error = Failure;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Failure> {
        let Some((index, instance)) = self.rest.next() else {
            return Ok(None);
        };
        let item = self.whole.inner(instance, self.whole.at.index(index));
        item.note(seed.deserialize(item)).map(Some)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.rest.len())
    }
}

struct Entries<'de, 'l> {
    whole: Part<'de, 'l>,
    rest: std::slice::Iter<'de, Member<'de>>,
    /// The member whose name has been read, and whose value has not.
    current: Option<&'de Member<'de>>,
}

impl<'de, 'l> Entries<'de, 'l> {
    fn new(whole: Part<'de, 'l>, members: &'de Members<'de>) -> Self {
        Self {
            whole,
            rest: members.iter(),
            current: None,
        }
    }
}

impl<'de> MapAccess<'de> for Entries<'de, '_> {
    type Error = Failure;

    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Failure> {
        self.current = self.rest.next();
        let Some((name, instance)) = self.current else {
            return Ok(None);
        };
        let member = self.whole.inner(instance, self.whole.at.field(name));
        member.note(seed.deserialize(Name(name))).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Failure> {
        let Some((name, instance)) = self.current.take() else {
            return Err(Failure::custom("a value was asked for before its key"));
        };
        let member = self.whole.inner(instance, self.whole.at.field(name));
        member.note(seed.deserialize(member))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.rest.len())
    }
}

/// The name of a member; as a key of a map it may be that of a number or a boolean.
struct Name<'de>(&'de str);

impl<'de> Name<'de> {
    fn number<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        match self.0.parse::<Number>() {
            Ok(number) => number.deserialize_any(visitor),
            Err(_) => Err(Failure::custom(
                "invalid value: expected key to be a number in quotes",
            )),
        }
    }
}

macro_rules! read_number {
    ($($method:ident),* $(,)?) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
            self.number(visitor)
        }
    )*};
}

impl<'de> Deserializer<'de> for Name<'de> {
    type Error = Failure;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        visitor.visit_borrowed_str(self.0)
    }

    read_number! {
        deserialize_i8, deserialize_i16, deserialize_i32, deserialize_i64, deserialize_i128,
        deserialize_u8, deserialize_u16, deserialize_u32, deserialize_u64, deserialize_u128,
        deserialize_f32, deserialize_f64,
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        match self.0 {
            "true" => visitor.visit_bool(true),
            "false" => visitor.visit_bool(false),
            other => Err(Failure::invalid_type(Unexpected::Str(other), &visitor)),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        visitor.visit_some(self)
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
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Failure> {
        visitor.visit_enum(BorrowedStrDeserializer::new(self.0))
    }

    forward_to_deserialize_any! {
        char str string bytes byte_buf unit unit_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}
