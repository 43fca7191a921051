//! The visitors that [`Strict`](super::Strict) puts between a deserializer and the visitor of a type.

use std::fmt;

use serde::de::{Deserializer, EnumAccess, Error, MapAccess, SeqAccess, Unexpected, Visitor};

use super::access::{CheckedMap, Items, Members};
use super::{LARGEST_SINGLE, Strict, whole};

/// Forwards scalars unchanged.
macro_rules! forward {
    ($($method:ident: $type:ty),* $(,)?) => {$(
        #[inline]
        fn $method<E: Error>(self, value: $type) -> Result<V::Value, E> {
            self.0.$method(value)
        }
    )*};
}

macro_rules! forward_text {
    () => {
        #[inline]
        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            self.0.expecting(formatter)
        }

        forward! {
            visit_bool: bool,
            visit_char: char,
            visit_str: &str,
            visit_borrowed_str: &'de str,
            visit_string: String,
            visit_bytes: &[u8],
            visit_borrowed_bytes: &'de [u8],
            visit_byte_buf: Vec<u8>,
        }

        #[inline]
        fn visit_none<E: Error>(self) -> Result<V::Value, E> {
            self.0.visit_none()
        }

        #[inline]
        fn visit_unit<E: Error>(self) -> Result<V::Value, E> {
            self.0.visit_unit()
        }
    };
}

macro_rules! forward_integers {
    () => {
        forward! {
            visit_i8: i8,
            visit_i16: i16,
            visit_i32: i32,
            visit_i64: i64,
            visit_i128: i128,
            visit_u8: u8,
            visit_u16: u16,
            visit_u32: u32,
            visit_u64: u64,
            visit_u128: u128,
        }
    };
}

/// For types that may contain further values: everything inside is read strictly too.
pub(crate) struct Nested<V>(pub(crate) V);

impl<'de, V: Visitor<'de>> Visitor<'de> for Nested<V> {
    type Value = V::Value;

    forward_text!();
    forward_integers!();
    forward! { visit_f32: f32, visit_f64: f64 }

    #[inline]
    fn visit_some<D: Deserializer<'de>>(self, inner: D) -> Result<V::Value, D::Error> {
        self.0.visit_some(Strict(inner))
    }

    #[inline]
    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<V::Value, D::Error> {
        self.0.visit_newtype_struct(Strict(inner))
    }

    #[inline]
    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<V::Value, A::Error> {
        self.0.visit_seq(Items(items))
    }

    #[inline]
    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<V::Value, A::Error> {
        self.0.visit_map(CheckedMap::new(members))
    }

    #[inline]
    fn visit_enum<A: EnumAccess<'de>>(self, choice: A) -> Result<V::Value, A::Error> {
        self.0.visit_enum(choice)
    }
}

/// For structs: an object, whose duplicate members the struct rejects itself.
pub(crate) struct Fields<V>(pub(crate) V);

impl<'de, V: Visitor<'de>> Visitor<'de> for Fields<V> {
    type Value = V::Value;

    #[inline]
    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.expecting(formatter)
    }

    #[inline]
    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<V::Value, A::Error> {
        self.0.visit_map(Members(members))
    }
}

/// For integers: accepts a float that is equal to one.
pub(super) struct Whole<V>(pub(super) V);

impl<'de, V: Visitor<'de>> Visitor<'de> for Whole<V> {
    type Value = V::Value;

    forward_text!();
    forward_integers!();

    #[inline]
    fn visit_f64<E: Error>(self, value: f64) -> Result<V::Value, E> {
        match whole(value) {
            Some(value) if value < 0 => self.0.visit_i64(value),
            Some(value) => self.0.visit_u64(value.unsigned_abs()),
            None => Err(E::invalid_type(Unexpected::Float(value), &self)),
        }
    }
}

/// For `f32`: rejects a number beyond its range instead of making it infinite.
pub(super) struct Single<V>(pub(super) V);

impl<'de, V: Visitor<'de>> Visitor<'de> for Single<V> {
    type Value = V::Value;

    forward_text!();
    forward_integers!();
    forward! { visit_f32: f32 }

    #[inline]
    fn visit_f64<E: Error>(self, value: f64) -> Result<V::Value, E> {
        if value.abs() <= LARGEST_SINGLE {
            self.0.visit_f64(value)
        } else {
            Err(E::invalid_value(Unexpected::Float(value), &self))
        }
    }
}
