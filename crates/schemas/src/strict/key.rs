//! Keys: deserialized as their type requires, and watched at the same time, to detect duplicates in maps and to find what is
//! known of the member.
//!
//! Numbers in keys are strings, so `"1.0"` is not the integer key `1`. They are read here, since what serde
//! has buffered has strings only.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, Unexpected, Visitor};

use super::choice::Choice;
use crate::validator::Guide;

/// What is done with a key as it is read.
pub(crate) trait Watch {
    /// Sees a key that is a text.
    fn see(&mut self, key: &str);

    /// Sees any other key as one that is equal to another if these bytes are.
    fn see_other(&mut self, key: &[u8]);
}

/// Keys that are of no interest.
impl Watch for () {
    #[inline]
    fn see(&mut self, _: &str) {}

    #[inline]
    fn see_other(&mut self, _: &[u8]) {}
}

/// Stores the guide of the member.
pub(super) struct Find<'w, 'v> {
    pub(super) all: Guide<'v>,
    pub(super) found: &'w mut Guide<'v>,
}

impl Watch for Find<'_, '_> {
    #[inline]
    fn see(&mut self, key: &str) {
        *self.found = self.all.member(key);
    }

    #[inline]
    fn see_other(&mut self, _: &[u8]) {}
}

/// Stores the guide of the member, and the hash of its key.
pub(super) struct FindAndHash<'w, 'v> {
    pub(super) find: Find<'w, 'v>,
    pub(super) hash: &'w mut u64,
}

impl Watch for FindAndHash<'_, '_> {
    #[inline]
    fn see(&mut self, key: &str) {
        self.find.see(key);
        *self.hash = hash(key.as_bytes());
    }

    #[inline]
    fn see_other(&mut self, key: &[u8]) {
        *self.hash = hash(key);
    }
}

/// Deserializes a key that is watched.
pub(crate) struct KeySeed<S, W> {
    pub(crate) seed: S,
    pub(crate) watch: W,
}

impl<'de, S: DeserializeSeed<'de>, W: Watch> DeserializeSeed<'de> for KeySeed<S, W> {
    type Value = S::Value;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, inner: D) -> Result<S::Value, D::Error> {
        self.seed.deserialize(Key {
            inner,
            watch: self.watch,
        })
    }
}

/// The deserializer of a key, or the visitor of its type.
struct Key<T, W> {
    inner: T,
    watch: W,
}

macro_rules! read_key {
    ($($method:ident),* $(,)?) => {$(
        #[inline]
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
            self.inner.$method(Key { inner: visitor, watch: self.watch })
        }
    )*};
}

macro_rules! read_written_key {
    ($($method:ident),* $(,)?) => {$(
        #[inline]
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
            self.inner.deserialize_str(Key { inner: Written(visitor), watch: self.watch })
        }
    )*};
}

impl<'de, D: Deserializer<'de>, W: Watch> Deserializer<'de> for Key<D, W> {
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
            inner: Choice {
                visitor,
                guide: Guide::NONE,
            },
            watch: self.watch,
        })
    }

    #[inline]
    fn is_human_readable(&self) -> bool {
        self.inner.is_human_readable()
    }
}

macro_rules! watch_text {
    ($($method:ident: $type:ty),* $(,)?) => {$(
        #[inline]
        fn $method<E: Error>(mut self, value: $type) -> Result<V::Value, E> {
            self.watch.see(&value);
            self.inner.$method(value)
        }
    )*};
}

macro_rules! watch_others {
    ($($method:ident: $type:ty => $bytes:expr),* $(,)?) => {$(
        #[inline]
        fn $method<E: Error>(mut self, value: $type) -> Result<V::Value, E> {
            self.watch.see_other($bytes(&value).as_ref());
            self.inner.$method(value)
        }
    )*};
}

impl<'de, V: Visitor<'de>, W: Watch> Visitor<'de> for Key<V, W> {
    type Value = V::Value;

    #[inline]
    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.expecting(formatter)
    }

    watch_text! {
        visit_str: &str,
        visit_borrowed_str: &'de str,
        visit_string: String,
    }

    watch_others! {
        visit_bool: bool => |value: &bool| [u8::from(*value)],
        visit_i8: i8 => |value: &i8| i64::from(*value).to_le_bytes(),
        visit_i16: i16 => |value: &i16| i64::from(*value).to_le_bytes(),
        visit_i32: i32 => |value: &i32| i64::from(*value).to_le_bytes(),
        visit_i64: i64 => |value: &i64| value.to_le_bytes(),
        visit_i128: i128 => |value: &i128| value.to_le_bytes(),
        visit_u8: u8 => |value: &u8| u64::from(*value).to_le_bytes(),
        visit_u16: u16 => |value: &u16| u64::from(*value).to_le_bytes(),
        visit_u32: u32 => |value: &u32| u64::from(*value).to_le_bytes(),
        visit_u64: u64 => |value: &u64| value.to_le_bytes(),
        visit_u128: u128 => |value: &u128| value.to_le_bytes(),
        visit_f32: f32 => |value: &f32| value.to_le_bytes(),
        visit_f64: f64 => |value: &f64| value.to_le_bytes(),
        visit_char: char => |value: &char| u32::from(*value).to_le_bytes(),
        visit_bytes: &[u8] => |value: &&[u8]| value.to_vec(),
        visit_borrowed_bytes: &'de [u8] => |value: &&[u8]| value.to_vec(),
        visit_byte_buf: Vec<u8> => |value: &Vec<u8>| value.clone(),
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
            watch: self.watch,
        })
    }

    #[inline]
    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<V::Value, D::Error> {
        self.inner.visit_newtype_struct(Key {
            inner,
            watch: self.watch,
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
    let mut add = |chunk: u64| {
        hash = (hash.rotate_left(5) ^ chunk).wrapping_mul(0x517c_c1b7_2722_0a95);
    };
    // The last chunk may overlap the one before it: the length says where it begins.
    if let Some(last) = bytes.last_chunk() {
        let (chunks, _) = bytes.as_chunks();
        for chunk in chunks {
            add(u64::from_le_bytes(*chunk));
        }
        add(u64::from_le_bytes(*last));
    } else if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
        let (first, last) = (u32::from_le_bytes(*first), u32::from_le_bytes(*last));
        add(u64::from(first) << 32 | u64::from(last));
    } else {
        let word = |word, byte: &u8| word << 8 | u64::from(*byte);
        add(bytes.iter().fold(0, word));
    }
    hash
}
