//! [`ReadOnly`] and [`WriteOnly`]: fields that cross the wire in one direction.

use std::{
    borrow::Cow,
    fmt,
    ops::{Deref, DerefMut},
};

use schemars::{JsonSchema, SchemaGenerator};
use serde::{Deserialize, Serialize, Serializer, ser::Error as _};

use crate::{
    InstanceLocation, Report, Schema,
    check::{Counted, Each, Numeric, Text},
};

macro_rules! described_as_inside {
    ($($type:ident),+) => {$(
        impl<T: JsonSchema> JsonSchema for $type<T> {
            fn inline_schema() -> bool {
                T::inline_schema()
            }

            fn schema_name() -> Cow<'static, str> {
                T::schema_name()
            }

            fn schema_id() -> Cow<'static, str> {
                T::schema_id()
            }

            fn json_schema(generator: &mut SchemaGenerator) -> schemars::Schema {
                T::json_schema(generator)
            }
        }
    )+};
}

described_as_inside!(ReadOnly, WriteOnly);

/// A field of responses only: `readOnly` in the document.
///
/// In a request it is an unknown field, and the deserialized field has no value until the program [`set`](Self::set)s it. In
/// a response it is always present: serializing a field without a value is an error.
///
/// ```
/// use purlin_schemas::{ReadOnly, decode, schema};
///
/// #[schema]
/// struct Todo {
///     id: ReadOnly<u64>,
///     title: String,
/// }
///
/// let mut todo: Todo = decode(br#"{"title": "milk"}"#)?;
/// assert_eq!(todo.id.get(), None);
/// todo.id.set(7);
/// assert_eq!(serde_json::to_string(&todo).unwrap(), r#"{"id":7,"title":"milk"}"#);
/// assert!(decode::<Todo>(br#"{"id": 8, "title": "milk"}"#).is_err());
/// # Ok::<(), purlin_schemas::DecodeError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ReadOnly<T>(Option<T>);

impl<T> ReadOnly<T> {
    /// Creates a field with a value.
    pub const fn new(value: T) -> Self {
        Self(Some(value))
    }

    /// Returns the value; `None` after deserializing, until it is set.
    #[must_use]
    pub const fn get(&self) -> Option<&T> {
        self.0.as_ref()
    }

    /// Sets the value.
    pub fn set(&mut self, value: T) {
        self.0 = Some(value);
    }

    /// Returns the value; `None` after deserializing, until it is set.
    #[must_use]
    pub fn into_inner(self) -> Option<T> {
        self.0
    }
}

/// Creates a field without a value.
impl<T> Default for ReadOnly<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T> From<T> for ReadOnly<T> {
    fn from(value: T) -> Self {
        Self::new(value)
    }
}

impl<T: Serialize> Serialize for ReadOnly<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Some(value) => value.serialize(serializer),
            None => Err(S::Error::custom(
                "a `ReadOnly` field has no value: set it before it is written",
            )),
        }
    }
}

impl<T: Schema> Schema for ReadOnly<T> {
    fn check(&self, at: InstanceLocation<'_>, report: &mut Report) {
        self.0.check(at, report);
    }

    fn note_keys(schema: &mut serde_json::Map<String, serde_json::Value>) {
        T::note_keys(schema);
    }
}

/// A field of requests only: `writeOnly` in the document.
///
/// It is deserialized as the inner value, with the rules of `#[garde(…)]`, and never serialized, nor printed by `Debug`: a
/// password does not appear in logs.
///
/// ```
/// use purlin_schemas::{WriteOnly, decode, schema};
///
/// #[schema]
/// struct User {
///     name: String,
///     #[garde(length(min = 8))]
///     password: WriteOnly<String>,
/// }
///
/// let user: User = decode(br#"{"name": "ada", "password": "difference"}"#)?;
/// assert_eq!(user.password.as_str(), "difference");
/// assert_eq!(serde_json::to_string(&user).unwrap(), r#"{"name":"ada"}"#);
/// assert!(decode::<User>(br#"{"name": "ada", "password": "short"}"#).is_err());
/// # Ok::<(), purlin_schemas::DecodeError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Deserialize)]
pub struct WriteOnly<T>(pub T);

impl<T> WriteOnly<T> {
    /// Returns the value.
    #[must_use]
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> Deref for WriteOnly<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> DerefMut for WriteOnly<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

impl<T> From<T> for WriteOnly<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

impl<T> fmt::Debug for WriteOnly<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("WriteOnly(…)")
    }
}

impl<T: Schema> Schema for WriteOnly<T> {
    #[inline]
    fn check(&self, at: InstanceLocation<'_>, report: &mut Report) {
        self.0.check(at, report);
    }

    fn note_keys(schema: &mut serde_json::Map<String, serde_json::Value>) {
        T::note_keys(schema);
    }
}

impl<T: Text> Text for WriteOnly<T> {
    #[inline]
    fn text(&self) -> Option<&str> {
        self.0.text()
    }
}

impl<T: Counted> Counted for WriteOnly<T> {
    #[inline]
    fn counted(&self) -> Option<usize> {
        self.0.counted()
    }
}

impl<T: Numeric> Numeric for WriteOnly<T> {
    type Number = T::Number;

    #[inline]
    fn number(&self) -> Option<T::Number> {
        self.0.number()
    }
}

impl<C: Each> Each for WriteOnly<C> {
    type Item = C::Item;

    #[inline]
    fn each(&self) -> impl Iterator<Item = &C::Item> {
        self.0.each()
    }
}
