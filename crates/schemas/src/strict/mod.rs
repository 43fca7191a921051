//! Deserializes types as their JSON Schema describes them: [`Strict`], an adapter around any deserializer.
//!
//! serde and JSON Schema differ in small ways: serde reads a struct from an array and a unit variant from
//! `{"Unit": null}`, yet rejects `1.0` for an integer. The adapter closes these gaps while deserializing, at negligible
//! cost, so that the fast path reads the bytes only once. Limits and patterns are checked by
//! [`Schema::check`](crate::Schema::check); what neither serde nor that knows, such as the format of a date, is checked here
//! on the text that is read, where a [`Guide`] leads to it. Whatever serde buffers before it decides (flattened fields,
//! untagged and internally tagged enums) is out of the adapter's reach: such a part of a value is buffered here and validated
//! before serde reads it.
//!
//! The modules `access`, `choice`, `closed`, `key` and `visitor` depend on each other in a cycle, since serde's deserializers and
//! visitors are mutually recursive: a value contains a map, whose values are values.

mod access;
mod choice;
mod closed;
mod key;
mod visitor;

use serde::de::{Deserialize, Deserializer, Visitor};

use access::Unseen;
use choice::Choice;
use closed::ClosedVisitor;
use visitor::{Scalar, Single, Whole, broken};

use crate::buffer::Buffer;
use crate::validator::{Guide, WholeSchema};

pub(crate) use access::Inside;
pub(crate) use key::KeySeed;
pub(crate) use visitor::{Fields, Nested};

/// Deserializes `T` from `inner` through [`Strict`].
///
/// # Errors
/// That of `inner`, or of the adapter in the type of `inner`'s errors.
#[inline]
pub(crate) fn read<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    inner: D,
    guide: Guide<'_>,
) -> Result<T, D::Error> {
    T::deserialize(Strict { inner, guide })
}

/// A deserializer that accepts what the JSON Schema of a type accepts:
///
/// - structs from objects only, not from arrays;
/// - integers from integral floats too (`1.0`, `1e2`, `-0`) up to 2^53;
/// - `f32` only within its range;
/// - unit variants from strings only, other variants from objects with exactly one key;
/// - maps only without duplicate keys (structs reject their own duplicates);
/// - what satisfies the rules to which the guide leads.
pub(crate) struct Strict<'v, D> {
    pub(crate) inner: D,
    pub(crate) guide: Guide<'v>,
}

/// Reads a value that has parts: one that has to be validated as a whole, from a buffer.
macro_rules! read_parts {
    ($($method:ident ($($argument:ident: $type:ty),*) => $as:ident ($($passed:expr),*) $visitor:ident),* $(,)?) => {$(
        #[inline]
        fn $method<V: Visitor<'de>>(
            self,
            $($argument: $type,)*
            visitor: V,
        ) -> Result<V::Value, Self::Error> {
            let guide = self.guide;
            if let Some(schema) = guide.whole() {
                let buffer = self.validated(schema)?;
                let inner = buffer.root().deserializer::<D::Error>();
                let guide = Guide::NONE;
                return inner.$as($($passed,)* $visitor { visitor, guide });
            }
            self.inner.$as($($passed,)* $visitor { visitor, guide })
        }
    )*};
}

macro_rules! read_through {
    ($($method:ident => $visitor:ident),* $(,)?) => {$(
        #[inline]
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
            let guide = self.guide;
            self.inner.$method($visitor { visitor, guide })
        }
    )*};
}

impl<'de, D: Deserializer<'de>> Strict<'_, D> {
    /// Buffers a value that satisfies a schema.
    fn validated(self, schema: WholeSchema<'_>) -> Result<Buffer<'de>, D::Error> {
        let buffer = Buffer::read(self.inner)?;
        if schema.accepts(&buffer) {
            Ok(buffer)
        } else {
            Err(broken())
        }
    }
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Strict<'_, D> {
    type Error = D::Error;

    read_through! {
        deserialize_bool => Scalar,
        deserialize_i8 => Whole,
        deserialize_i16 => Whole,
        deserialize_i32 => Whole,
        deserialize_i64 => Whole,
        deserialize_i128 => Whole,
        deserialize_u8 => Whole,
        deserialize_u16 => Whole,
        deserialize_u32 => Whole,
        deserialize_u64 => Whole,
        deserialize_u128 => Whole,
        deserialize_f64 => Scalar,
        deserialize_char => Scalar,
        deserialize_str => Scalar,
        deserialize_string => Scalar,
        deserialize_option => Nested,
        deserialize_unit => Scalar,
        deserialize_identifier => Scalar,
    }

    /// Reads an `f64`: for an `f32`, serde_json would round before the range can be checked.
    #[inline]
    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        let guide = self.guide;
        self.inner.deserialize_f64(Single { visitor, guide })
    }

    #[inline]
    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        let guide = self.guide;
        self.inner
            .deserialize_unit_struct(name, Scalar { visitor, guide })
    }

    #[inline]
    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        let guide = self.guide;
        self.inner
            .deserialize_newtype_struct(name, Nested { visitor, guide })
    }

    read_parts! {
        deserialize_any() => deserialize_any() Nested,
        deserialize_bytes() => deserialize_bytes() Nested,
        deserialize_byte_buf() => deserialize_byte_buf() Nested,
        deserialize_seq() => deserialize_seq() Nested,
        deserialize_tuple(len: usize) => deserialize_tuple(len) Nested,
        deserialize_tuple_struct(name: &'static str, len: usize) => deserialize_tuple_struct(name, len) Nested,
        // As maps: JSON deserializers would accept an array as well.
        deserialize_struct(_name: &'static str, _fields: &'static [&'static str]) => deserialize_map() Fields,
        // Inspected before they are read: JSON deserializers would accept `{"Unit": null}` as well.
        deserialize_enum(_name: &'static str, _variants: &'static [&'static str]) => deserialize_any() Choice,
    }

    /// Reads a map, a struct with flattened fields, or an internally tagged enum.
    #[inline]
    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        let guide = self.guide;
        match guide.closed() {
            Some(object) => self
                .inner
                .deserialize_map(ClosedVisitor { visitor, object }),
            None => match guide.whole() {
                Some(schema) => {
                    let buffer = self.validated(schema)?;
                    let guide = Guide::NONE;
                    let inner = buffer.root().deserializer::<D::Error>();
                    inner.deserialize_map(Nested { visitor, guide })
                }
                None => self.inner.deserialize_map(Nested { visitor, guide }),
            },
        }
    }

    /// Reads an ignored value instead of skipping it, since it has to be well formed; one with rules is left to the slow path.
    #[inline]
    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        if !self.guide.is_none() {
            return Err(broken());
        }
        self.inner.deserialize_any(Unseen)?;
        visitor.visit_unit()
    }

    #[inline]
    fn is_human_readable(&self) -> bool {
        self.inner.is_human_readable()
    }
}
