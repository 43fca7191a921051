//! Deserializes types as their JSON Schema describes them: [`Strict`], an adapter around any deserializer.
//!
//! serde and JSON Schema differ in small ways: serde reads a struct from an array and a unit variant from
//! `{"Unit": null}`, yet rejects `1.0` for an integer. The adapter closes these gaps while deserializing, at negligible
//! cost, so that the fast path reads the bytes only once. Limits, patterns and formats are checked by
//! [`Schema::check`](crate::Schema::check). Whatever serde buffers before it decides (flattened fields, untagged and
//! internally tagged enums) is out of the adapter's reach: such types take the slow path, see
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
use visitor::{Single, Whole};

pub(crate) use access::Inside;
pub(crate) use key::KeySeed;
pub(crate) use visitor::{Fields, Nested};

/// The largest magnitude of a float that is read as an integer: beyond 2^53 several integers share one float, and the
/// integer received might not be the one sent.
pub(crate) const LARGEST_WHOLE_FLOAT: f64 = 9_007_199_254_740_992.0;

/// The largest number that is read as `f32`: the decimal form of `f32::MAX`, which is slightly larger.
pub(crate) const LARGEST_SINGLE: f64 = 3.402_823_5e38;

/// Returns the integer a float is equal to, if it is unambiguous.
#[inline]
pub(crate) fn whole(float: f64) -> Option<i64> {
    (float.abs() <= LARGEST_WHOLE_FLOAT && float.fract() == 0.0).then_some(float as i64)
}

/// Deserializes `T` from `inner` through [`Strict`].
///
/// # Errors
/// That of `inner`, or of the adapter in the type of `inner`'s errors.
#[inline]
pub(crate) fn read<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    inner: D,
) -> Result<T, D::Error> {
    T::deserialize(Strict(inner))
}

/// A deserializer that accepts what the JSON Schema of a type accepts:
///
/// - structs from objects only, not from arrays;
/// - integers from integral floats too (`1.0`, `1e2`, `-0`) up to 2^53;
/// - `f32` only within its range;
/// - unit variants from strings only, other variants from objects with exactly one key;
/// - maps only without duplicate keys (structs reject their own duplicates).
pub(crate) struct Strict<D>(pub(crate) D);

macro_rules! read_through {
    ($($method:ident => $visitor:expr),* $(,)?) => {$(
        #[inline]
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
            self.0.$method($visitor(visitor))
        }
    )*};
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Strict<D> {
    type Error = D::Error;

    read_through! {
        deserialize_any => Nested,
        deserialize_bool => std::convert::identity,
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
        deserialize_f64 => std::convert::identity,
        deserialize_char => std::convert::identity,
        deserialize_str => std::convert::identity,
        deserialize_string => std::convert::identity,
        deserialize_bytes => Nested,
        deserialize_byte_buf => Nested,
        deserialize_option => Nested,
        deserialize_unit => std::convert::identity,
        deserialize_seq => Nested,
        deserialize_map => Nested,
        deserialize_identifier => std::convert::identity,
    }

    /// Reads an `f64`: for an `f32`, serde_json would round before the range can be checked.
    #[inline]
    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        self.0.deserialize_f64(Single(visitor))
    }

    #[inline]
    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        self.0.deserialize_unit_struct(name, visitor)
    }

    #[inline]
    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        self.0.deserialize_newtype_struct(name, Nested(visitor))
    }

    #[inline]
    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        self.0.deserialize_tuple(len, Nested(visitor))
    }

    #[inline]
    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        self.0.deserialize_tuple_struct(name, len, Nested(visitor))
    }

    /// Reads structs as maps: JSON deserializers would accept an array as well.
    #[inline]
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        self.0.deserialize_map(Fields(visitor))
    }

    /// Inspects enums before they are read: JSON deserializers would accept `{"Unit": null}` as well.
    #[inline]
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        self.0.deserialize_any(Choice(visitor))
    }

    /// Reads an ignored value instead of skipping it, since it has to be well formed.
    #[inline]
    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        self.0.deserialize_any(Unseen)?;
        visitor.visit_unit()
    }

    #[inline]
    fn is_human_readable(&self) -> bool {
        self.0.is_human_readable()
    }
}
