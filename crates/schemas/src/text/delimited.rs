//! Lists written as one text: [`CommaSeparated`], [`SpaceDelimited`] and [`PipeDelimited`].

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;

use schemars::{JsonSchema, SchemaGenerator};
use serde::de::{Deserialize, Deserializer, SeqAccess, Visitor};
use serde::ser::{Serialize, Serializer};

use crate::{InstanceLocation, Report, Schema, delimiter::Delimiter};

macro_rules! delimited_lists {
    ($($(#[$doc:meta])* $name:ident by $delimiter:ident;)+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name<T>(pub Vec<T>);

        impl<T> Default for $name<T> {
            fn default() -> Self {
                Self(Vec::new())
            }
        }

        impl<T> Deref for $name<T> {
            type Target = Vec<T>;

            fn deref(&self) -> &Vec<T> {
                &self.0
            }
        }

        impl<T> From<Vec<T>> for $name<T> {
            fn from(items: Vec<T>) -> Self {
                Self(items)
            }
        }

        impl<T: Serialize> Serialize for $name<T> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_newtype_struct(Delimiter::$delimiter.newtype(), &self.0)
            }
        }

        impl<'de, T: Deserialize<'de>> Deserialize<'de> for $name<T> {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let name = Delimiter::$delimiter.newtype();
                deserializer.deserialize_newtype_struct(name, List(PhantomData)).map(Self)
            }
        }

        impl<T: JsonSchema> JsonSchema for $name<T> {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                format!(concat!(stringify!($name), "_{}"), T::schema_name()).into()
            }

            fn schema_id() -> Cow<'static, str> {
                format!(concat!(module_path!(), "::", stringify!($name), "<{}>"), T::schema_id()).into()
            }

            fn json_schema(generator: &mut SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({
                    "type": "array",
                    "items": generator.subschema_for::<T>(),
                    "x-purlin-list": Delimiter::$delimiter.keyword(),
                })
            }
        }

        impl<T: Schema> Schema for $name<T> {
            fn check(&self, at: InstanceLocation<'_>, report: &mut Report) {
                self.0.check(at, report);
            }

            fn note_keys(schema: &mut serde_json::Map<String, serde_json::Value>) {
                Vec::<T>::note_keys(schema);
            }
        }
    )+};
}

delimited_lists! {
    /// A list written as one text with commas, `?ids=1,2,3`, where a plain `Vec` would be `?ids=1&ids=2&ids=3`.
    ///
    /// An empty text is an empty list. Items are split after decoding, since many clients send `%2C` for every comma;
    /// an item can therefore hold no comma itself. In JSON this is a plain array; in headers and paths every list is
    /// comma-separated and this type adds nothing.
    ///
    /// ```
    /// # use purlin_schemas::{schema, CommaSeparated, Validator};
    /// #[schema(request)]
    /// struct Wanted {
    ///     ids: CommaSeparated<u32>,
    /// }
    ///
    /// let validator = Validator::of::<Wanted>().unwrap();
    /// let wanted: Wanted = validator.read_query("ids=1,2,3").unwrap();
    /// assert_eq!(*wanted.ids, [1, 2, 3]);
    /// let violations = validator.read_query::<Wanted>("ids=1,x,3").err().unwrap();
    /// assert_eq!(violations[0].pointer, "/ids/1");
    /// ```
    CommaSeparated by Comma;

    /// A list written as one text with spaces, `?ids=1%202%203` or `?ids=1+2+3`: the style `spaceDelimited`
    /// (OpenAPI 3.1.1 section 4.8.12.3), in queries and forms only.
    ///
    /// An empty text is an empty list, and an item can hold no space. In JSON this is a plain array.
    ///
    /// ```
    /// # use purlin_schemas::{schema, SpaceDelimited, Validator};
    /// #[schema(request)]
    /// struct Wanted {
    ///     scope: SpaceDelimited<String>,
    /// }
    ///
    /// let validator = Validator::of::<Wanted>().unwrap();
    /// let wanted: Wanted = validator.read_query("scope=openid%20email").unwrap();
    /// assert_eq!(*wanted.scope, ["openid", "email"]);
    /// ```
    SpaceDelimited by Space;

    /// A list written as one text with vertical bars, `?ids=1|2|3` or `?ids=1%7C2%7C3`: the style `pipeDelimited`
    /// (OpenAPI 3.1.1 section 4.8.12.3), in queries and forms only.
    ///
    /// An empty text is an empty list, and an item can hold no bar. In JSON this is a plain array.
    ///
    /// ```
    /// # use purlin_schemas::{schema, PipeDelimited, Validator};
    /// #[schema(request)]
    /// struct Wanted {
    ///     ids: PipeDelimited<u32>,
    /// }
    ///
    /// let validator = Validator::of::<Wanted>().unwrap();
    /// let wanted: Wanted = validator.read_query("ids=1|2%7C3").unwrap();
    /// assert_eq!(*wanted.ids, [1, 2, 3]);
    /// ```
    PipeDelimited by Pipe;
}

/// The visitor of every delimited list.
struct List<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for List<T> {
    type Value = Vec<T>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a list")
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, list: D) -> Result<Vec<T>, D::Error> {
        Vec::deserialize(list)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Vec<T>, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(list)
    }
}
