//! Deserializes a section from the tree of values: errors carry the origin of the value, text is parsed as a number where
//! everything is text, and keys without a field are noted.

use std::{borrow::Cow, cell::RefCell, collections::BTreeSet, fmt};

use config::{Map, Value, ValueKind};
use serde::de::{self, DeserializeSeed, Expected, IntoDeserializer, Unexpected, Visitor};

use super::{
    layers::leaves,
    origin::is_text,
    section::{Secrecy, secrecy},
};

/// The keys that a section has, and those it does not have.
#[derive(Debug, Default)]
pub(super) struct Notes {
    /// The keys of all fields, as dotted paths.
    pub(super) known: BTreeSet<String>,
    /// Keys without a field: path and origin.
    pub(super) unknown: Vec<(Vec<String>, Option<String>)>,
}

impl Notes {
    pub(super) fn append(&mut self, mut other: Self) {
        self.known.append(&mut other.known);
        self.unknown.append(&mut other.unknown);
    }
}

/// Deserializes `T` from the value at `path`.
pub(super) fn read<T: de::DeserializeOwned>(
    value: &Value,
    path: &[String],
    notes: &RefCell<Notes>,
) -> Result<T, ReadError> {
    let reader = Reader {
        value,
        path: path.to_vec(),
        notes,
    };
    T::deserialize(reader)
}

/// A value that could not be read.
#[derive(Debug)]
pub(super) struct ReadError {
    /// The path of the value; empty until the reader of the value adds it.
    pub(super) path: Vec<String>,
    pub(super) origin: Option<String>,
    pub(super) message: String,
    /// The message without the value, if it is known.
    without_value: Option<String>,
    missing: Option<&'static str>,
}

impl ReadError {
    /// Makes the error of a value that is shown unless it is a secret.
    fn with_value(message: String, without_value: String) -> Self {
        Self {
            without_value: Some(without_value),
            ..de::Error::custom(message)
        }
    }

    /// Removes the value from the message if the setting is a secret, or may contain one.
    pub(super) fn mask(&mut self, schema: &serde_json::Value) {
        let path = self.path.get(1..).unwrap_or_default();
        match (self.without_value.take(), secrecy(schema, path)) {
            (_, Secrecy::None) | (None, Secrecy::Inside) => {}
            (Some(message), _) => self.message = message,
            (None, Secrecy::Whole) => {
                "the value is invalid; it is a secret and not shown".clone_into(&mut self.message);
            }
        }
    }

    // Here and below: not inlined, so that it is compiled once and not for every type.
    #[inline(never)]
    fn at(mut self, reader: &Reader<'_>) -> Self {
        if self.path.is_empty() {
            self.path = reader.path.clone();
            match self.missing {
                Some(field) => self.path.push(field.to_owned()),
                None => self.origin = reader.value.origin().map(str::to_owned),
            }
        }
        self
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ReadError {}

impl de::Error for ReadError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self {
            path: Vec::new(),
            origin: None,
            message: message.to_string(),
            without_value: None,
            missing: None,
        }
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::with_value(
            format!("invalid type: {found}, expected {expected}"),
            format!("expected {expected}, found {}", type_of(&found)),
        )
    }

    fn invalid_value(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        let shown = match found {
            Unexpected::Unsigned(value) => format!("`{value}`"),
            Unexpected::Signed(value) => format!("`{value}`"),
            _ => found.to_string(),
        };
        Self::with_value(
            format!("expected {expected}, found {shown}"),
            format!("expected {expected}, found another value"),
        )
    }

    fn missing_field(field: &'static str) -> Self {
        let message = "must be set";
        Self {
            missing: Some(field),
            ..Self::with_value(message.to_owned(), message.to_owned())
        }
    }
}

/// Names the type of a value in an error that does not show the value.
fn type_of(found: &Unexpected<'_>) -> &'static str {
    match found {
        Unexpected::Bool(_) => "a boolean",
        Unexpected::Unsigned(_) | Unexpected::Signed(_) | Unexpected::Float(_) => "a number",
        Unexpected::Char(_) | Unexpected::Str(_) => "text",
        Unexpected::Seq => "a list",
        Unexpected::Map => "a table",
        _ => "a value of another type",
    }
}

#[derive(Clone)]
struct Reader<'a> {
    value: &'a Value,
    path: Vec<String>,
    notes: &'a RefCell<Notes>,
}

impl<'a> Reader<'a> {
    fn child(&self, key: &str, value: &'a Value) -> Self {
        let mut path = self.path.clone();
        path.push(key.to_owned());
        Self {
            value,
            path,
            notes: self.notes,
        }
    }

    /// Returns the value as text, if its origin knows only text.
    fn text(&self) -> Option<&'a str> {
        match &self.value.kind {
            ValueKind::String(text) if is_text(self.value.origin()) => Some(text),
            _ => None,
        }
    }

    /// Makes an error that shows what was expected and what was found.
    fn unexpected<T>(&self, expected: &str) -> Result<T, ReadError> {
        self.unexpected_found(
            expected,
            match &self.value.kind {
                ValueKind::String(text) => Some(format!("`{}`", text.escape_debug())),
                _ => None,
            },
        )
    }

    /// Makes the same error without the text, which may be a secret with a wrong key.
    fn unexpected_hidden<T>(&self, expected: &str) -> Result<T, ReadError> {
        self.unexpected_found(expected, None)
    }

    fn unexpected_found<T>(&self, expected: &str, shown: Option<String>) -> Result<T, ReadError> {
        let kind = match &self.value.kind {
            ValueKind::Nil => "nothing",
            ValueKind::Boolean(_) => "a boolean",
            ValueKind::I64(_)
            | ValueKind::I128(_)
            | ValueKind::U64(_)
            | ValueKind::U128(_)
            | ValueKind::Float(_) => "a number",
            ValueKind::String(_) => "text",
            ValueKind::Table(_) => "a table",
            ValueKind::Array(_) => "a list",
        };
        let found = shown.unwrap_or_else(|| match &self.value.kind {
            ValueKind::Boolean(value) => format!("`{value}`"),
            ValueKind::I64(value) => format!("`{value}`"),
            ValueKind::I128(value) => format!("`{value}`"),
            ValueKind::U64(value) => format!("`{value}`"),
            ValueKind::U128(value) => format!("`{value}`"),
            ValueKind::Float(value) => format!("`{value}`"),
            _ => kind.to_owned(),
        });
        Err(ReadError::with_value(
            format!("expected {expected}, found {found}"),
            format!("expected {expected}, found {kind}"),
        ))
    }

    #[inline(never)]
    fn integer(
        &self,
        type_name: &str,
        (min, max): (i128, i128),
        expected: &dyn Expected,
    ) -> Result<i128, ReadError> {
        let value = match &self.value.kind {
            ValueKind::I64(value) => Some(i128::from(*value)),
            ValueKind::U64(value) => Some(i128::from(*value)),
            ValueKind::I128(value) => Some(*value),
            _ => self.text().and_then(|text| text.parse().ok()),
        };
        match value {
            Some(value) if (min..=max).contains(&value) => Ok(value),
            _ => {
                let expected = expected.to_string();
                if expected == type_name {
                    self.unexpected(&format!("a whole number from {min} to {max}"))
                } else {
                    // The visitor has bounds of its own.
                    self.unexpected(&expected)
                }
            }
        }
    }

    #[inline(never)]
    fn boolean(&self) -> Result<bool, ReadError> {
        match (&self.value.kind, self.text()) {
            (ValueKind::Boolean(value), _) => Ok(*value),
            (_, Some("true")) => Ok(true),
            (_, Some("false")) => Ok(false),
            _ => self.unexpected("`true` or `false`"),
        }
    }

    /// Returns the items of a list; where everything is text, they are separated by commas.
    #[inline(never)]
    fn list(&self) -> Result<Cow<'a, [Value]>, ReadError> {
        match (&self.value.kind, self.text()) {
            (ValueKind::Array(items), _) => Ok(Cow::Borrowed(items)),
            (_, Some("")) => Ok(Cow::Borrowed(&[])),
            (_, Some(text)) => {
                let origin = self.value.origin().map(str::to_owned);
                let items = text.split(',');
                let items = items.map(|item| Value::new(origin.as_ref(), item));
                Ok(Cow::Owned(items.collect()))
            }
            _ => self.unexpected_hidden("a list"),
        }
    }

    /// Returns the entries of a table, and notes the fields of the struct as known keys.
    #[inline(never)]
    fn entries(&self, known: Option<&'static [&'static str]>) -> Result<Fields<'_, 'a>, ReadError> {
        if let Some(fields) = known {
            let prefix = self.path.join(".");
            let names = fields.iter().map(|field| format!("{prefix}.{field}"));
            self.notes.borrow_mut().known.extend(names);
        }
        let ValueKind::Table(table) = &self.value.kind else {
            return self.unexpected_hidden("a table");
        };
        Ok(Fields {
            reader: self,
            known,
            left: sorted(table),
            value: None,
        })
    }

    #[inline(never)]
    fn float(&self) -> Result<f64, ReadError> {
        let value = match &self.value.kind {
            ValueKind::Float(value) => Some(*value),
            // Every integer a person writes in a settings file is exact as f64.
            ValueKind::I64(value) => Some(*value as f64),
            // An item of a list has a space before it.
            _ => self.text().and_then(|text| text.trim().parse().ok()),
        };
        match value {
            Some(value) if value.is_finite() => Ok(value),
            _ => self.unexpected("a number"),
        }
    }
}

macro_rules! integers {
    ($($method:ident $visit:ident $type:ty;)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
            let range = (i128::from(<$type>::MIN), i128::from(<$type>::MAX));
            let value = self.integer(stringify!($type), range, &visitor);
            // The range has been checked: the conversion loses nothing.
            value
                .and_then(|value| visitor.$visit(value as $type))
                .map_err(|error: ReadError| error.at(&self))
        }
    )*};
}

impl<'de> de::Deserializer<'de> for Reader<'_> {
    type Error = ReadError;

    integers! {
        deserialize_i8 visit_i8 i8;
        deserialize_i16 visit_i16 i16;
        deserialize_i32 visit_i32 i32;
        deserialize_i64 visit_i64 i64;
        deserialize_u8 visit_u8 u8;
        deserialize_u16 visit_u16 u16;
        deserialize_u32 visit_u32 u32;
        deserialize_u64 visit_u64 u64;
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        match &self.value.kind {
            ValueKind::Nil => visitor.visit_unit(),
            ValueKind::Boolean(value) => visitor.visit_bool(*value),
            ValueKind::I64(value) => visitor.visit_i64(*value),
            ValueKind::I128(value) => visitor.visit_i128(*value),
            ValueKind::U64(value) => visitor.visit_u64(*value),
            ValueKind::U128(value) => visitor.visit_u128(*value),
            ValueKind::Float(value) => visitor.visit_f64(*value),
            ValueKind::String(value) => visitor.visit_str(value),
            ValueKind::Array(_) => return self.deserialize_seq(visitor),
            ValueKind::Table(_) => return self.deserialize_map(visitor),
        }
        .map_err(|error: ReadError| error.at(&self))
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        self.boolean()
            .and_then(|value| visitor.visit_bool(value))
            .map_err(|error| error.at(&self))
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        self.deserialize_f64(visitor)
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        self.float()
            .and_then(|value| visitor.visit_f64(value))
            .map_err(|error| error.at(&self))
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        match &self.value.kind {
            ValueKind::String(value) => visitor.visit_str(value),
            _ => self.unexpected_hidden("text"),
        }
        .map_err(|error: ReadError| error.at(&self))
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        match self.value.kind {
            ValueKind::Nil => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        let reader = self.clone();
        visitor
            .visit_newtype_struct(self)
            .map_err(|error: ReadError| error.at(&reader))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        match &self.value.kind {
            ValueKind::String(value) if variants.contains(&value.as_str()) => {
                visitor.visit_enum(value.as_str().into_deserializer())
            }
            _ => self.unexpected(&format!("one of `{}`", variants.join("`, `"))),
        }
        .map_err(|error: ReadError| error.at(&self))
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        let read = self.list().and_then(|items| {
            visitor.visit_seq(Items {
                reader: &self,
                items: items.iter().enumerate(),
            })
        });
        read.map_err(|error| error.at(&self))
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        let read = self
            .entries(None)
            .and_then(|entries| visitor.visit_map(entries));
        read.map_err(|error| error.at(&self))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        let entries = self.entries(Some(fields));
        let read = entries.and_then(|entries| visitor.visit_map(entries));
        read.map_err(|error| error.at(&self))
    }

    serde::forward_to_deserialize_any! {
        i128 u128 char bytes byte_buf unit unit_struct tuple tuple_struct identifier ignored_any
    }
}

/// Tables are hash maps; errors are reported in the order of keys.
fn sorted(table: &Map<String, Value>) -> std::vec::IntoIter<(&String, &Value)> {
    let mut entries: Vec<_> = table.iter().collect();
    entries.sort_by_key(|(key, _)| *key);
    entries.into_iter()
}

struct Items<'r, 'a> {
    reader: &'r Reader<'a>,
    items: std::iter::Enumerate<std::slice::Iter<'r, Value>>,
}

impl<'de> de::SeqAccess<'de> for Items<'_, '_> {
    type Error = ReadError;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, ReadError> {
        let Some((index, value)) = self.items.next() else {
            return Ok(None);
        };
        let item = self.reader.child(&index.to_string(), value);
        seed.deserialize(item).map(Some)
    }
}

struct Fields<'r, 'a> {
    reader: &'r Reader<'a>,
    /// The struct's fields; `None` for a map, which takes any key.
    known: Option<&'static [&'static str]>,
    left: std::vec::IntoIter<(&'a String, &'a Value)>,
    value: Option<Reader<'a>>,
}

impl<'a> Fields<'_, 'a> {
    /// Moves to the next known entry, which becomes `value`, and notes unknown ones.
    #[inline(never)]
    fn advance(&mut self) -> Option<&'a str> {
        for (key, value) in self.left.by_ref() {
            let mut reader = self.reader.child(key, value);
            let is_known = |known: &[&str]| known.contains(&key.as_str());
            if self.known.is_none_or(is_known) {
                self.value = Some(reader);
                return Some(key);
            }
            let unknown = &mut self.reader.notes.borrow_mut().unknown;
            leaves(&mut reader.path, value, unknown);
        }
        None
    }

    /// Adds the position of the entry to an error about its key.
    #[inline(never)]
    fn located(&self, error: ReadError) -> ReadError {
        match &self.value {
            Some(reader) => error.at(reader),
            None => error,
        }
    }
}

impl<'de> de::MapAccess<'de> for Fields<'_, '_> {
    type Error = ReadError;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, ReadError> {
        let Some(key) = self.advance() else {
            return Ok(None);
        };
        seed.deserialize(key.into_deserializer())
            .map(Some)
            .map_err(|error: ReadError| self.located(error))
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, ReadError> {
        match self.value.clone() {
            Some(reader) => {
                let read = seed.deserialize(reader);
                read.map_err(|error| self.located(error))
            }
            None => Err(de::Error::custom("a value was requested before its key")),
        }
    }
}
