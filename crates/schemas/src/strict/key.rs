//! Keys of maps: deserialized as their type requires, and hashed at the same time to detect duplicates.
//!
//! Numbers in keys are strings, so `"1.0"` is not the integer key `1`. They are read here, since what serde
//! has buffered has strings only.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, Unexpected, Visitor};

use super::choice::Choice;

/// Deserializes a key and stores its hash.
pub(crate) struct KeySeed<'k, S> {
    pub(crate) seed: S,
    pub(crate) hash: &'k mut u64,
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for KeySeed<'_, S> {
    type Value = S::Value;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, inner: D) -> Result<S::Value, D::Error> {
        self.seed.deserialize(Key {
            inner,
            hash: self.hash,
        })
    }
}

/// The deserializer of a key, or the visitor of its type: both store the hash of what they see.
struct Key<'k, T> {
    inner: T,
    hash: &'k mut u64,
}

macro_rules! read_key {
    ($($method:ident),* $(,)?) => {$(
        #[inline]
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
            self.inner.$method(Key { inner: visitor, hash: self.hash })
        }
    )*};
}

macro_rules! read_written_key {
    ($($method:ident),* $(,)?) => {$(
        #[inline]
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
            self.inner.deserialize_str(Written(Key { inner: visitor, hash: self.hash }))
        }
    )*};
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Key<'_, D> {
    type Error = D::Error;

    read_written_key! {
        deserialize_bool,
        deserialize_i8, deserialize_i16, deserialize_i32, deserialize_i64, deserialize_i128,
        deserialize_u8, deserialize_u16, deserialize_u32, deserialize_u64, deserialize_u128,
    }

    read_key! {
        deserialize_any, deserialize_char, deserialize_f32, deserialize_f64,
        deserialize_str, deserialize_string, deserialize_bytes, deserialize_byte_buf,
        deserialize_option, deserialize_unit, deserialize_seq, deserialize_map, deserialize_identifier,
        deserialize_ignored_any,
    }

    #[inline]
    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.inner.deserialize_unit_struct(name, visitor)
    }

    #[inline]
    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        visitor.visit_newtype_struct(self)
    }

    #[inline]
    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.inner.deserialize_tuple(len, visitor)
    }

    #[inline]
    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.inner.deserialize_tuple_struct(name, len, visitor)
    }

    #[inline]
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.inner.deserialize_struct(name, fields, visitor)
    }

    #[inline]
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.inner.deserialize_any(Key {
            inner: Choice(visitor),
            hash: self.hash,
        })
    }

    #[inline]
    fn is_human_readable(&self) -> bool {
        self.inner.is_human_readable()
    }
}

macro_rules! hash_and_forward {
    ($($method:ident: $type:ty => $hash:expr),* $(,)?) => {$(
        #[inline]
        fn $method<E: Error>(self, value: $type) -> Result<V::Value, E> {
            *self.hash = $hash(&value);
            self.inner.$method(value)
        }
    )*};
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Key<'_, V> {
    type Value = V::Value;

    #[inline]
    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.expecting(formatter)
    }

    hash_and_forward! {
        visit_bool: bool => |value: &bool| u64::from(*value),
        visit_i8: i8 => |value: &i8| *value as u64,
        visit_i16: i16 => |value: &i16| *value as u64,
        visit_i32: i32 => |value: &i32| *value as u64,
        visit_i64: i64 => |value: &i64| *value as u64,
        visit_i128: i128 => |value: &i128| hash(&value.to_le_bytes()),
        visit_u8: u8 => |value: &u8| u64::from(*value),
        visit_u16: u16 => |value: &u16| u64::from(*value),
        visit_u32: u32 => |value: &u32| u64::from(*value),
        visit_u64: u64 => |value: &u64| *value,
        visit_u128: u128 => |value: &u128| hash(&value.to_le_bytes()),
        visit_f32: f32 => |value: &f32| u64::from(value.to_bits()),
        visit_f64: f64 => |value: &f64| value.to_bits(),
        visit_char: char => |value: &char| u64::from(*value),
        visit_str: &str => |value: &&str| hash(value.as_bytes()),
        visit_borrowed_str: &'de str => |value: &&str| hash(value.as_bytes()),
        visit_string: String => |value: &String| hash(value.as_bytes()),
        visit_bytes: &[u8] => |value: &&[u8]| hash(value),
        visit_borrowed_bytes: &'de [u8] => |value: &&[u8]| hash(value),
        visit_byte_buf: Vec<u8> => |value: &Vec<u8>| hash(value),
    }

    #[inline]
    fn visit_unit<E: Error>(self) -> Result<V::Value, E> {
        self.inner.visit_unit()
    }

    #[inline]
    fn visit_none<E: Error>(self) -> Result<V::Value, E> {
        self.inner.visit_none()
    }

    #[inline]
    fn visit_some<D: Deserializer<'de>>(self, inner: D) -> Result<V::Value, D::Error> {
        self.inner.visit_some(Key {
            inner,
            hash: self.hash,
        })
    }

    #[inline]
    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<V::Value, D::Error> {
        self.inner.visit_newtype_struct(Key {
            inner,
            hash: self.hash,
        })
    }
}

/// The visitor of the text of a key that is an integer or a boolean.
struct Written<V>(V);

impl<'de, V: Visitor<'de>> Visitor<'de> for Written<V> {
    type Value = V::Value;

    #[inline]
    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.expecting(formatter)
    }

    #[inline]
    fn visit_str<E: Error>(self, text: &str) -> Result<V::Value, E> {
        match text {
            "true" => return self.0.visit_bool(true),
            "false" => return self.0.visit_bool(false),
            _ if !is_integer(text) => {}
            _ => {
                if let Ok(number) = text.parse() {
                    return self.0.visit_u64(number);
                }
                if let Ok(number) = text.parse() {
                    return self.0.visit_i64(number);
                }
                if let Ok(number) = text.parse() {
                    return self.0.visit_u128(number);
                }
                if let Ok(number) = text.parse() {
                    return self.0.visit_i128(number);
                }
            }
        }
        Err(E::invalid_value(Unexpected::Str(text), &self))
    }
}

/// Returns whether a text is an integer as JSON has it: without `+` and leading zeros.
fn is_integer(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    text == "0" || (digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with('0'))
}

/// Returns a fast hash; keys crafted to collide only send the request to the slow path.
#[inline]
fn hash(bytes: &[u8]) -> u64 {
    let mut hash = bytes.len() as u64;
    for chunk in bytes.chunks(8) {
        let mut word = [0; 8];
        word[..chunk.len()].copy_from_slice(chunk);
        hash = (hash.rotate_left(5) ^ u64::from_le_bytes(word)).wrapping_mul(0x517c_c1b7_2722_0a95);
    }
    hash
}
