//! [`CommaSeparated`]: a list written as one text.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;

use schemars::{JsonSchema, SchemaGenerator};
use serde::de::{Deserialize, Deserializer, SeqAccess, Visitor};
use serde::ser::{Serialize, Serializer};

use crate::{InstanceLocation, Report, Schema};

/// The name by which the deserializer of text recognises a comma-separated list.
pub(crate) const COMMA_SEPARATED: &str = "$purlin::CommaSeparated";

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
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CommaSeparated<T>(pub Vec<T>);

impl<T> Default for CommaSeparated<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Deref for CommaSeparated<T> {
    type Target = Vec<T>;

    fn deref(&self) -> &Vec<T> {
        &self.0
    }
}

impl<T> From<Vec<T>> for CommaSeparated<T> {
    fn from(items: Vec<T>) -> Self {
        Self(items)
    }
}

impl<T: Serialize> Serialize for CommaSeparated<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_newtype_struct(COMMA_SEPARATED, &self.0)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for CommaSeparated<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct List<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for List<T> {
            type Value = CommaSeparated<T>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a list")
            }

            fn visit_newtype_struct<D: Deserializer<'de>>(
                self,
                list: D,
            ) -> Result<Self::Value, D::Error> {
                Vec::deserialize(list).map(CommaSeparated)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
                let mut list = Vec::new();
                while let Some(item) = items.next_element()? {
                    list.push(item);
                }
                Ok(CommaSeparated(list))
            }
        }

        deserializer.deserialize_newtype_struct(COMMA_SEPARATED, List(PhantomData))
    }
}

impl<T: JsonSchema> JsonSchema for CommaSeparated<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("CommaSeparated_{}", T::schema_name()).into()
    }

    fn schema_id() -> Cow<'static, str> {
        format!("{}::CommaSeparated<{}>", module_path!(), T::schema_id()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "array",
            "items": generator.subschema_for::<T>(),
            "x-purlin-list": "comma",
        })
    }
}

impl<T: Schema> Schema for CommaSeparated<T> {
    fn check(&self, at: InstanceLocation<'_>, report: &mut Report) {
        self.0.check(at, report);
    }

    fn note_keys(schema: &mut serde_json::Map<String, serde_json::Value>) {
        Vec::<T>::note_keys(schema);
    }
}
