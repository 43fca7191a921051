//! Deserializes types as their JSON Schema describes them: [`Strict`], an adapter around any deserializer.
//!
//! serde and JSON Schema differ in small ways: serde reads a struct from an array and a unit variant from
//! `{"Unit": null}`, yet rejects `1.0` for an integer. The adapter closes these gaps while deserializing, at negligible
//! cost, so that the fast path reads the bytes only once. Limits and patterns are checked by
//! [`Schema::check`](crate::Schema::check); what neither serde nor that knows, such as the format of a date, is checked here
//! on the text that is read, where a [`Guide`] leads to it. Whatever serde buffers before it decides (flattened fields,
//! untagged and internally tagged enums) is out of the adapter's reach: such types take the slow path, see
//! [`decode`](crate::decode()).
//!
//! The modules `access`, `choice`, `key` and `visitor` depend on each other in a cycle, since serde's deserializers and
//! visitors are mutually recursive: a value contains a map, whose values are values.

mod access;
mod choice;
mod key;
mod visitor;

use serde::de::{Deserialize, Deserializer, Visitor};

use access::Unseen;
use choice::Choice;
use visitor::{Scalar, Single, Whole};

use crate::validator::Guide;

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

macro_rules! read_through {
    ($($method:ident => $visitor:ident),* $(,)?) => {$(
        #[inline]
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
            let guide = self.guide;
            self.inner.$method($visitor { visitor, guide })
        }
    )*};
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Strict<'_, D> {
    type Error = D::Error;

    read_through! {
        deserialize_any => Nested,
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
        deserialize_bytes => Nested,
        deserialize_byte_buf => Nested,
        deserialize_option => Nested,
        deserialize_unit => Scalar,
        deserialize_seq => Nested,
        deserialize_map => Nested,
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

    #[inline]
    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        let guide = self.guide;
        self.inner.deserialize_tuple(len, Nested { visitor, guide })
    }

    #[inline]
    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        let guide = self.guide;
        self.inner
            .deserialize_tuple_struct(name, len, Nested { visitor, guide })
    }

    /// Reads structs as maps: JSON deserializers would accept an array as well.
    #[inline]
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        let guide = self.guide;
        self.inner.deserialize_map(Fields { visitor, guide })
    }

    /// Inspects enums before they are read: JSON deserializers would accept `{"Unit": null}` as well.
    #[inline]
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        let guide = self.guide;
        self.inner.deserialize_any(Choice { visitor, guide })
    }

    /// Reads an ignored value instead of skipping it, since it has to be well formed.
    #[inline]
    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        self.inner.deserialize_any(Unseen)?;
        visitor.visit_unit()
    }

    #[inline]
    fn is_human_readable(&self) -> bool {
        self.inner.is_human_readable()
    }
}
