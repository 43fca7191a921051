//! Externally tagged enums: a unit variant is its name, any other variant an object with exactly one key.

use std::fmt;

use serde::de::value::{BorrowedStrDeserializer, StrDeserializer, StringDeserializer};
use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error, IgnoredAny, MapAccess, Unexpected,
    VariantAccess, Visitor,
};

use super::access::Inside;
use super::key::{Find, KeySeed};
use super::visitor::{Fields, Nested, check_text};
use crate::validator::Guide;

/// The visitor of an enum, given a string or an object.
pub(super) struct Choice<'v, V> {
    pub(super) visitor: V,
    pub(super) guide: Guide<'v>,
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Choice<'_, V> {
    type Value = V::Value;

    #[inline]
    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.visitor.expecting(formatter)
    }

    #[inline]
    fn visit_str<E: Error>(self, name: &str) -> Result<V::Value, E> {
        check_text(self.guide, name)?;
        self.visitor.visit_enum(Name(StrDeserializer::new(name)))
    }

    #[inline]
    fn visit_borrowed_str<E: Error>(self, name: &'de str) -> Result<V::Value, E> {
        check_text(self.guide, name)?;
        self.visitor
            .visit_enum(Name(BorrowedStrDeserializer::new(name)))
    }

    #[inline]
    fn visit_string<E: Error>(self, name: String) -> Result<V::Value, E> {
        check_text(self.guide, &name)?;
        self.visitor.visit_enum(Name(StringDeserializer::new(name)))
    }

    #[inline]
    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<V::Value, A::Error> {
        self.visitor.visit_enum(Tagged {
            members,
            guide: self.guide,
        })
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
struct Tagged<'v, A> {
    members: A,
    guide: Guide<'v>,
}

impl<'de, A: MapAccess<'de>> EnumAccess<'de> for Tagged<'_, A> {
    type Error = A::Error;
    type Variant = Self;

    #[inline]
    fn variant_seed<S: DeserializeSeed<'de>>(
        mut self,
        seed: S,
    ) -> Result<(S::Value, Self), A::Error> {
        let watch = Find {
            all: self.guide,
            found: &mut self.guide,
        };
        match self.members.next_key_seed(KeySeed { seed, watch })? {
            Some(variant) => Ok((variant, self)),
            None => Err(A::Error::invalid_value(
                Unexpected::Map,
                &"an object with one key",
            )),
        }
    }
}

impl<'de, A: MapAccess<'de>> Tagged<'_, A> {
    #[inline]
    fn content<S: DeserializeSeed<'de>>(mut self, seed: S) -> Result<S::Value, A::Error> {
        let content = self.members.next_value_seed(seed)?;
        match self.members.next_key::<IgnoredAny>()? {
            None => Ok(content),
            Some(_) => Err(A::Error::invalid_value(
                Unexpected::Map,
                &"an object with one key",
            )),
        }
    }
}

impl<'de, A: MapAccess<'de>> VariantAccess<'de> for Tagged<'_, A> {
    type Error = A::Error;

    fn unit_variant(self) -> Result<(), A::Error> {
        Err(A::Error::invalid_type(Unexpected::Map, &"a string"))
    }

    #[inline]
    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, A::Error> {
        let guide = self.guide;
        self.content(Inside { seed, guide })
    }

    #[inline]
    fn tuple_variant<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, A::Error> {
        let guide = self.guide;
        self.content(TupleSeed {
            len,
            visitor,
            guide,
        })
    }

    #[inline]
    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, A::Error> {
        let guide = self.guide;
        self.content(FieldsSeed { visitor, guide })
    }
}

/// Deserializes the content of a tuple variant.
struct TupleSeed<'v, V> {
    len: usize,
    visitor: V,
    guide: Guide<'v>,
}

impl<'de, V: Visitor<'de>> DeserializeSeed<'de> for TupleSeed<'_, V> {
    type Value = V::Value;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, inner: D) -> Result<V::Value, D::Error> {
        let (visitor, guide) = (self.visitor, self.guide);
        inner.deserialize_tuple(self.len, Nested { visitor, guide })
    }
}

/// Deserializes the content of a struct variant: an object, as for every struct.
struct FieldsSeed<'v, V> {
    visitor: V,
    guide: Guide<'v>,
}

impl<'de, V: Visitor<'de>> DeserializeSeed<'de> for FieldsSeed<'_, V> {
    type Value = V::Value;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, inner: D) -> Result<V::Value, D::Error> {
        let (visitor, guide) = (self.visitor, self.guide);
        inner.deserialize_map(Fields { visitor, guide })
    }
}
