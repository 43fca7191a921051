//! serde deserializers of text: a [`Section`] of named texts, and the [`Text`] of one field.
//!
//! They report failure without a reason ([`ParseError`]), which the slow path determines.

use std::fmt;
use std::str::FromStr;

use serde::de::value::StrDeserializer;
use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error, IntoDeserializer, MapAccess, SeqAccess,
    VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;
use serde_json::Value;

use super::fields::{Field, ListStyle, Texts};
use super::grammar;
use crate::delimiter::Delimiter;
use crate::floats::LARGEST_SINGLE;
use crate::validator::Guide;

/// The text does not have the expected type.
#[derive(Debug)]
pub(crate) struct ParseError;

impl fmt::Display for ParseError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("not the text of this type")
    }
}

impl std::error::Error for ParseError {}

impl Error for ParseError {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

/// A query string, a header section or the parameters of a path: read as a struct by name, as a tuple by position, or as
/// the only value.
#[derive(Clone, Copy)]
pub(crate) struct Section<'a> {
    pub(crate) fields: &'a [Field<'a>],
    pub(crate) style: ListStyle,
    pub(crate) guide: Guide<'a>,
}

impl<'a> Section<'a> {
    fn only(self) -> Result<Text<'a>, ParseError> {
        match self.fields {
            [field] => Ok(Text {
                texts: &field.texts,
                style: self.style,
                guide: self.guide,
            }),
            _ => Err(ParseError),
        }
    }
}

macro_rules! read_the_only_text {
    ($($method:ident),* $(,)?) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ParseError> {
            self.only()?.$method(visitor)
        }
    )*};
}

impl<'de> Deserializer<'de> for Section<'_> {
    type Error = ParseError;

    read_the_only_text! {
        deserialize_bool, deserialize_char, deserialize_str, deserialize_string,
        deserialize_i8, deserialize_i16, deserialize_i32, deserialize_i64, deserialize_i128,
        deserialize_u8, deserialize_u16, deserialize_u32, deserialize_u64, deserialize_u128,
        deserialize_f32, deserialize_f64,
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ParseError> {
        visitor.visit_map(Members {
            rest: self.fields.iter(),
            style: self.style,
            guide: self.guide,
            current: None,
        })
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ParseError> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, ParseError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, ParseError> {
        if self.fields.len() != len {
            return Err(ParseError);
        }
        visitor.visit_seq(ByPosition {
            rest: self.fields.iter().enumerate(),
            style: self.style,
            guide: self.guide,
        })
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, ParseError> {
        self.deserialize_tuple(len, visitor)
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ParseError> {
        if self.fields.is_empty() {
            visitor.visit_unit()
        } else {
            Err(ParseError)
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ParseError> {
        self.only()?.deserialize_enum(name, variants, visitor)
    }

    forward_to_deserialize_any! {
        bytes byte_buf unit_struct seq map struct identifier ignored_any
    }
}

/// The fields of a section as members of an object.
struct Members<'a> {
    rest: std::slice::Iter<'a, Field<'a>>,
    style: ListStyle,
    guide: Guide<'a>,
    current: Option<&'a Field<'a>>,
}

impl<'de> MapAccess<'de> for Members<'_> {
    type Error = ParseError;

    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, ParseError> {
        self.current = self.rest.next();
        let Some(field) = self.current else {
            return Ok(None);
        };
        seed.deserialize(StrDeserializer::new(&field.name))
            .map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<S::Value, ParseError> {
        let field = self.current.ok_or(ParseError)?;
        seed.deserialize(Text {
            texts: &field.texts,
            style: self.style,
            guide: self.guide.member(&field.name),
        })
    }
}

/// The fields of a section as items of a tuple.
struct ByPosition<'a> {
    rest: std::iter::Enumerate<std::slice::Iter<'a, Field<'a>>>,
    style: ListStyle,
    guide: Guide<'a>,
}

impl<'de> SeqAccess<'de> for ByPosition<'_> {
    type Error = ParseError;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, ParseError> {
        let Some((index, field)) = self.rest.next() else {
            return Ok(None);
        };
        seed.deserialize(Text {
            texts: &field.texts,
            style: self.style,
            guide: self.guide.item(index),
        })
        .map(Some)
    }
}

/// The text or texts of one field.
#[derive(Clone, Copy)]
struct Text<'a> {
    texts: &'a Texts<'a>,
    style: ListStyle,
    guide: Guide<'a>,
}

impl<'a> Text<'a> {
    fn single(self) -> Result<Scalar<'a>, ParseError> {
        let text = self.texts.single().ok_or(ParseError)?;
        Ok(Scalar {
            text,
            guide: self.guide,
        })
    }
}

macro_rules! read_the_single_text {
    ($($method:ident),* $(,)?) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ParseError> {
            self.single()?.$method(visitor)
        }
    )*};
}

impl<'de> Deserializer<'de> for Text<'_> {
    type Error = ParseError;

    read_the_single_text! {
        deserialize_any, deserialize_bool, deserialize_char, deserialize_str, deserialize_string,
        deserialize_i8, deserialize_i16, deserialize_i32, deserialize_i64, deserialize_i128,
        deserialize_u8, deserialize_u16, deserialize_u32, deserialize_u64, deserialize_u128,
        deserialize_f32, deserialize_f64,
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ParseError> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, ParseError> {
        if self.style == ListStyle::Repeated
            && let Some(delimiter) = Delimiter::of_newtype(name)
        {
            return visitor.visit_newtype_struct(Text {
                style: ListStyle::Delimited(delimiter),
                ..self
            });
        }
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ParseError> {
        let items = self.texts.items(self.style).ok_or(ParseError)?;
        visitor.visit_seq(Items {
            rest: items.iter().enumerate(),
            guide: self.guide,
        })
    }

    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, ParseError> {
        let items = self.texts.items(self.style).ok_or(ParseError)?;
        if items.len() != len {
            return Err(ParseError);
        }
        visitor.visit_seq(Items {
            rest: items.iter().enumerate(),
            guide: self.guide,
        })
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, ParseError> {
        self.deserialize_tuple(len, visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ParseError> {
        self.single()?.deserialize_enum(name, variants, visitor)
    }

    /// Undeclared parameters may be repeated; what has rules is left to the slow path.
    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ParseError> {
        if !self.guide.is_none() {
            return Err(ParseError);
        }
        visitor.visit_unit()
    }

    forward_to_deserialize_any! { bytes byte_buf unit unit_struct map struct identifier }
}

/// The items of a list.
struct Items<'a> {
    rest: std::iter::Enumerate<std::slice::Iter<'a, &'a str>>,
    guide: Guide<'a>,
}

impl<'de> SeqAccess<'de> for Items<'_> {
    type Error = ParseError;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, ParseError> {
        self.rest
            .next()
            .map(|(index, text)| {
                let guide = self.guide.item(index);
                seed.deserialize(Scalar { text, guide })
            })
            .transpose()
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.rest.len())
    }
}

/// A text that is one value.
struct Scalar<'a> {
    text: &'a str,
    guide: Guide<'a>,
}

impl<'a> Scalar<'a> {
    /// Returns the text, if it satisfies the rules of its place.
    fn checked(self) -> Result<&'a str, ParseError> {
        let is_accepted = self.guide.accepts_text(self.text);
        is_accepted.then_some(self.text).ok_or(ParseError)
    }

    /// Returns what the text was read as, if it satisfies the rules of its place.
    fn check<T: Copy + Into<Value>>(&self, value: T) -> Result<T, ParseError> {
        let is_accepted = self.guide.accepts_scalar(value);
        is_accepted.then_some(value).ok_or(ParseError)
    }
}

macro_rules! read_integers {
    ($($method:ident: $type:ty => $visit:ident),* $(,)?) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ParseError> {
            visitor.$visit(self.check(integer::<$type>(self.text)?)?)
        }
    )*};
}

impl<'de> Deserializer<'de> for Scalar<'_> {
    type Error = ParseError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ParseError> {
        visitor.visit_str(self.checked()?)
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ParseError> {
        let value = grammar::boolean(self.text).ok_or(ParseError)?;
        visitor.visit_bool(self.check(value)?)
    }

    read_integers! {
        deserialize_i8: i8 => visit_i8,
        deserialize_i16: i16 => visit_i16,
        deserialize_i32: i32 => visit_i32,
        deserialize_i64: i64 => visit_i64,
        deserialize_u8: u8 => visit_u8,
        deserialize_u16: u16 => visit_u16,
        deserialize_u32: u32 => visit_u32,
        deserialize_u64: u64 => visit_u64,
    }

    fn deserialize_i128<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ParseError> {
        visitor.visit_i128(integer(self.text)?)
    }

    fn deserialize_u128<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ParseError> {
        visitor.visit_u128(integer(self.text)?)
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ParseError> {
        match finite(self.text) {
            Some(number) if number.abs() <= LARGEST_SINGLE => {
                visitor.visit_f64(self.check(number)?)
            }
            _ => Err(ParseError),
        }
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ParseError> {
        let number = finite(self.text).ok_or(ParseError)?;
        visitor.visit_f64(self.check(number)?)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ParseError> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, ParseError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ParseError> {
        visitor.visit_enum(self)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ParseError> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        char str string bytes byte_buf unit unit_struct seq tuple tuple_struct map struct identifier
    }
}

/// Returns the integer that `text` represents.
fn integer<T: FromStr>(text: &str) -> Result<T, ParseError> {
    let text = if text == "-0" { "0" } else { text };
    if !grammar::is_integer(text) {
        return Err(ParseError);
    }
    text.parse().map_err(|_| ParseError)
}

/// Returns the finite number that `text` represents.
fn finite(text: &str) -> Option<f64> {
    if !grammar::is_number(text) {
        return None;
    }
    text.parse().ok().filter(|number: &f64| number.is_finite())
}

impl<'de> EnumAccess<'de> for Scalar<'_> {
    type Error = ParseError;
    type Variant = Bare;

    fn variant_seed<S: DeserializeSeed<'de>>(
        self,
        seed: S,
    ) -> Result<(S::Value, Bare), ParseError> {
        let name: StrDeserializer<'_, ParseError> = self.checked()?.into_deserializer();
        Ok((seed.deserialize(name)?, Bare))
    }
}

/// The content of a variant given by text: none.
struct Bare;

impl<'de> VariantAccess<'de> for Bare {
    type Error = ParseError;

    fn unit_variant(self) -> Result<(), ParseError> {
        Ok(())
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, _: S) -> Result<S::Value, ParseError> {
        Err(ParseError)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, ParseError> {
        Err(ParseError)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, ParseError> {
        Err(ParseError)
    }
}
