//! Externally tagged enums: a unit variant is its name, any other variant an object with exactly one key.

use std::fmt;

use serde::de::value::{BorrowedStrDeserializer, StrDeserializer, StringDeserializer};
use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error, IgnoredAny, MapAccess, Unexpected,
    VariantAccess, Visitor,
};

use super::access::Inside;
use super::visitor::{Fields, Nested};

/// The visitor of an enum, given a string or an object.
pub(super) struct Choice<V>(pub(super) V);

impl<'de, V: Visitor<'de>> Visitor<'de> for Choice<V> {
    type Value = V::Value;

    #[inline]
    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.expecting(formatter)
    }

    #[inline]
    fn visit_str<E: Error>(self, name: &str) -> Result<V::Value, E> {
        self.0.visit_enum(Name(StrDeserializer::new(name)))
    }

    #[inline]
    fn visit_borrowed_str<E: Error>(self, name: &'de str) -> Result<V::Value, E> {
        self.0.visit_enum(Name(BorrowedStrDeserializer::new(name)))
    }

    #[inline]
    fn visit_string<E: Error>(self, name: String) -> Result<V::Value, E> {
        self.0.visit_enum(Name(StringDeserializer::new(name)))
    }

    #[inline]
    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<V::Value, A::Error> {
        self.0.visit_enum(Tagged(members))
    }
}

/// A variant that consists of its name.
struct Name<D>(D);

impl<'de, D: Deserializer<'de>> EnumAccess<'de> for Name<D> {
    type Error = D::Error;
    type Variant = Bare<D::Error>;

    #[inline]
    fn variant_seed<S: DeserializeSeed<'de>>(
        self,
        seed: S,
    ) -> Result<(S::Value, Self::Variant), D::Error> {
        Ok((seed.deserialize(self.0)?, Bare(std::marker::PhantomData)))
    }
}

/// The content of a variant given by a string: none.
struct Bare<E>(std::marker::PhantomData<E>);

impl<'de, E: Error> VariantAccess<'de> for Bare<E> {
    type Error = E;

    #[inline]
    fn unit_variant(self) -> Result<(), E> {
        Ok(())
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, _: S) -> Result<S::Value, E> {
        Err(E::invalid_type(
            Unexpected::UnitVariant,
            &"a variant with content",
        ))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, E> {
        Err(E::invalid_type(
            Unexpected::UnitVariant,
            &"a variant with content",
        ))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, E> {
        Err(E::invalid_type(
            Unexpected::UnitVariant,
            &"a variant with content",
        ))
    }
}

/// A variant written as the only key of an object; also its content, once the key is read.
struct Tagged<A>(A);

impl<'de, A: MapAccess<'de>> EnumAccess<'de> for Tagged<A> {
    type Error = A::Error;
    type Variant = Self;

    #[inline]
    fn variant_seed<S: DeserializeSeed<'de>>(
        mut self,
        seed: S,
    ) -> Result<(S::Value, Self), A::Error> {
        match self.0.next_key_seed(seed)? {
            Some(variant) => Ok((variant, self)),
            None => Err(A::Error::invalid_value(
                Unexpected::Map,
                &"an object with one key",
            )),
        }
    }
}

impl<'de, A: MapAccess<'de>> Tagged<A> {
    #[inline]
    fn content<S: DeserializeSeed<'de>>(mut self, seed: S) -> Result<S::Value, A::Error> {
        let content = self.0.next_value_seed(seed)?;
        match self.0.next_key::<IgnoredAny>()? {
            None => Ok(content),
            Some(_) => Err(A::Error::invalid_value(
                Unexpected::Map,
                &"an object with one key",
            )),
        }
    }
}

impl<'de, A: MapAccess<'de>> VariantAccess<'de> for Tagged<A> {
    type Error = A::Error;

    fn unit_variant(self) -> Result<(), A::Error> {
        Err(A::Error::invalid_type(Unexpected::Map, &"a string"))
    }

    #[inline]
    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, A::Error> {
        self.content(Inside(seed))
    }

    #[inline]
    fn tuple_variant<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, A::Error> {
        self.content(TupleSeed { len, visitor })
    }

    #[inline]
    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, A::Error> {
        self.content(FieldsSeed(visitor))
    }
}

/// Deserializes the content of a tuple variant.
struct TupleSeed<V> {
    len: usize,
    visitor: V,
}

impl<'de, V: Visitor<'de>> DeserializeSeed<'de> for TupleSeed<V> {
    type Value = V::Value;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, inner: D) -> Result<V::Value, D::Error> {
        inner.deserialize_tuple(self.len, Nested(self.visitor))
    }
}

/// Deserializes the content of a struct variant: an object, as for every struct.
struct FieldsSeed<V>(V);

impl<'de, V: Visitor<'de>> DeserializeSeed<'de> for FieldsSeed<V> {
    type Value = V::Value;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, inner: D) -> Result<V::Value, D::Error> {
        inner.deserialize_map(Fields(self.0))
    }
}
