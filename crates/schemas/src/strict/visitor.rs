//! The visitors that [`Strict`](super::Strict) puts between a deserializer and the visitor of a type.

use std::fmt;

use serde::de::{Deserializer, EnumAccess, Error, MapAccess, SeqAccess, Unexpected, Visitor};

use super::Strict;
use super::access::{CheckedMap, Items, Members};
use crate::floats::{LARGEST_SINGLE, whole};
use crate::validator::Guide;

/// Rejects a text that violates the rules of its place.
#[inline]
pub(super) fn check_text<E: Error>(guide: Guide<'_>, text: &str) -> Result<(), E> {
    if guide.accepts_text(text) {
        Ok(())
    } else {
        Err(broken())
    }
}

/// Rejects what no rule can be checked of, where there are rules: the slow path decides.
#[inline]
fn check_unknown<E: Error>(guide: Guide<'_>) -> Result<(), E> {
    if guide.is_none() {
        Ok(())
    } else {
        Err(broken())
    }
}

#[cold]
pub(super) fn broken<E: Error>() -> E {
    E::custom("a rule of the schema is violated")
}

/// Forwards texts that satisfy the rules of their place.
macro_rules! forward_text {
    () => {
        #[inline]
        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            self.visitor.expecting(formatter)
        }

        #[inline]
        fn visit_str<E: Error>(self, text: &str) -> Result<V::Value, E> {
            check_text(self.guide, text)?;
            self.visitor.visit_str(text)
        }

        #[inline]
        fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<V::Value, E> {
            check_text(self.guide, text)?;
            self.visitor.visit_borrowed_str(text)
        }

        #[inline]
        fn visit_string<E: Error>(self, text: String) -> Result<V::Value, E> {
            check_text(self.guide, &text)?;
            self.visitor.visit_string(text)
        }

        #[inline]
        fn visit_char<E: Error>(self, text: char) -> Result<V::Value, E> {
            check_text(self.guide, text.encode_utf8(&mut [0; 4]))?;
            self.visitor.visit_char(text)
        }

        #[inline]
        fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<V::Value, E> {
            check_unknown(self.guide)?;
            self.visitor.visit_bytes(bytes)
        }

        #[inline]
        fn visit_borrowed_bytes<E: Error>(self, bytes: &'de [u8]) -> Result<V::Value, E> {
            check_unknown(self.guide)?;
            self.visitor.visit_borrowed_bytes(bytes)
        }

        #[inline]
        fn visit_byte_buf<E: Error>(self, bytes: Vec<u8>) -> Result<V::Value, E> {
            check_unknown(self.guide)?;
            self.visitor.visit_byte_buf(bytes)
        }

        forward! { visit_bool: bool }

        #[inline]
        fn visit_none<E: Error>(self) -> Result<V::Value, E> {
            if !self.guide.accepts_scalar(()) {
                return Err(broken());
            }
            self.visitor.visit_none()
        }

        #[inline]
        fn visit_unit<E: Error>(self) -> Result<V::Value, E> {
            if !self.guide.accepts_scalar(()) {
                return Err(broken());
            }
            self.visitor.visit_unit()
        }
    };
}

/// Forwards other scalars that satisfy the rules of their place.
macro_rules! forward {
    ($($method:ident: $type:ty),* $(,)?) => {$(
        #[inline]
        fn $method<E: Error>(self, value: $type) -> Result<V::Value, E> {
            if !self.guide.accepts_scalar(value) {
                return Err(broken());
            }
            self.visitor.$method(value)
        }
    )*};
}

macro_rules! forward_integers {
    () => {
        forward! {
            visit_i8: i8,
            visit_i16: i16,
            visit_i32: i32,
            visit_i64: i64,
            visit_u8: u8,
            visit_u16: u16,
            visit_u32: u32,
            visit_u64: u64,
        }

        #[inline]
        fn visit_i128<E: Error>(self, value: i128) -> Result<V::Value, E> {
            check_unknown(self.guide)?;
            self.visitor.visit_i128(value)
        }

        #[inline]
        fn visit_u128<E: Error>(self, value: u128) -> Result<V::Value, E> {
            check_unknown(self.guide)?;
            self.visitor.visit_u128(value)
        }
    };
}

/// For types whose values are texts, booleans or floats.
pub(super) struct Scalar<'v, V> {
    pub(super) visitor: V,
    pub(super) guide: Guide<'v>,
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Scalar<'_, V> {
    type Value = V::Value;

    forward_text!();
    forward_integers!();
    forward! { visit_f32: f32, visit_f64: f64 }
}

/// For types that may contain further values: everything inside is read strictly too.
pub(crate) struct Nested<'v, V> {
    pub(crate) visitor: V,
    pub(crate) guide: Guide<'v>,
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Nested<'_, V> {
    type Value = V::Value;

    forward_text!();
    forward_integers!();
    forward! { visit_f32: f32, visit_f64: f64 }

    #[inline]
    fn visit_some<D: Deserializer<'de>>(self, inner: D) -> Result<V::Value, D::Error> {
        let guide = self.guide;
        self.visitor.visit_some(Strict { inner, guide })
    }

    #[inline]
    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<V::Value, D::Error> {
        let guide = self.guide;
        self.visitor.visit_newtype_struct(Strict { inner, guide })
    }

    #[inline]
    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<V::Value, A::Error> {
        self.visitor.visit_seq(Items {
            items,
            guide: self.guide,
            read: 0,
        })
    }

    #[inline]
    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<V::Value, A::Error> {
        let members = CheckedMap::new(members, self.guide);
        self.visitor.visit_map(members)
    }

    #[inline]
    fn visit_enum<A: EnumAccess<'de>>(self, choice: A) -> Result<V::Value, A::Error> {
        self.visitor.visit_enum(choice)
    }
}

/// For structs: an object, whose duplicate members the struct rejects itself.
pub(crate) struct Fields<'v, V> {
    pub(crate) visitor: V,
    pub(crate) guide: Guide<'v>,
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Fields<'_, V> {
    type Value = V::Value;

    #[inline]
    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.visitor.expecting(formatter)
    }

    #[inline]
    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<V::Value, A::Error> {
        self.visitor.visit_map(Members {
            members,
            guide: self.guide,
            current: Guide::NONE,
        })
    }
}

/// For integers: accepts a float that is equal to one.
pub(super) struct Whole<'v, V> {
    pub(super) visitor: V,
    pub(super) guide: Guide<'v>,
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Whole<'_, V> {
    type Value = V::Value;

    forward_text!();
    forward_integers!();

    #[inline]
    fn visit_f64<E: Error>(self, value: f64) -> Result<V::Value, E> {
        match whole(value) {
            Some(value) if value < 0 => self.visit_i64(value),
            Some(value) => self.visit_u64(value.unsigned_abs()),
            None => Err(E::invalid_type(Unexpected::Float(value), &self)),
        }
    }
}

/// For `f32`: rejects a number beyond its range instead of making it infinite.
pub(super) struct Single<'v, V> {
    pub(super) visitor: V,
    pub(super) guide: Guide<'v>,
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Single<'_, V> {
    type Value = V::Value;

    forward_text!();
    forward_integers!();
    forward! { visit_f32: f32 }

    #[inline]
    fn visit_f64<E: Error>(self, value: f64) -> Result<V::Value, E> {
        if value.abs() > LARGEST_SINGLE {
            return Err(E::invalid_value(Unexpected::Float(value), &self));
        }
        if !self.guide.accepts_scalar(value) {
            return Err(broken());
        }
        self.visitor.visit_f64(value)
    }
}
