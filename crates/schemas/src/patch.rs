//! [`Patch`]: a field that distinguishes *absent* from *null*.

use std::borrow::Cow;

use schemars::{JsonSchema, SchemaGenerator};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{
    InstanceLocation, Report, Schema,
    check::{Counted, Each, Numeric, Text},
};

/// A field of a partial update: absent, null, or a value.
///
/// An absent field keeps its value, null removes it. Rules of `#[garde(…)]` apply to the value, as with an `Option`. In
/// `#[schema]` such a field needs no serde attributes: a missing field is [`Absent`](Self::Absent) and is not serialized. A
/// type that derives serde's traits itself needs `#[serde(default, skip_serializing_if = "Patch::is_absent")]`.
///
/// ```
/// use purlin_schemas::{Patch, decode, schema};
///
/// #[schema(request)]
/// struct Change {
///     #[garde(length(max = 80))]
///     note: Patch<String>,
/// }
///
/// let mut note = Some("milk".to_owned());
/// decode::<Change>(b"{}")?.note.apply_to(&mut note);
/// assert_eq!(note.as_deref(), Some("milk"));
/// decode::<Change>(br#"{"note": "bread"}"#)?.note.apply_to(&mut note);
/// assert_eq!(note.as_deref(), Some("bread"));
/// decode::<Change>(br#"{"note": null}"#)?.note.apply_to(&mut note);
/// assert_eq!(note, None);
/// # Ok::<(), purlin_schemas::DecodeError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum Patch<T> {
    /// The field is absent: its value is kept.
    #[default]
    Absent,
    /// The field is null: its value is removed.
    Null,
    /// The new value.
    Value(T),
}

impl<T> Patch<T> {
    /// Returns whether the field is absent.
    #[must_use]
    pub const fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }

    /// Returns whether the field is null.
    #[must_use]
    pub const fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// Returns the new value, if there is one.
    #[must_use]
    pub const fn value(&self) -> Option<&T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Absent | Self::Null => None,
        }
    }

    /// Returns `None` for an absent field, else the new value or `Some(None)`.
    #[must_use]
    pub fn into_option_option(self) -> Option<Option<T>> {
        match self {
            Self::Absent => None,
            Self::Null => Some(None),
            Self::Value(value) => Some(Some(value)),
        }
    }

    /// Replaces `target`, unless the field is absent.
    pub fn apply_to(self, target: &mut Option<T>) {
        if let Some(value) = self.into_option_option() {
            *target = value;
        }
    }
}

/// Converts to the new value or null; an absent field is [`Patch::Absent`].
impl<T> From<Option<T>> for Patch<T> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Self::Value)
    }
}

impl<T: Serialize> Serialize for Patch<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value().serialize(serializer)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Patch<T> {
    #[inline]
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::deserialize(deserializer).map(Self::from)
    }
}

impl<T: JsonSchema> JsonSchema for Patch<T> {
    fn inline_schema() -> bool {
        Option::<T>::inline_schema()
    }

    fn schema_name() -> Cow<'static, str> {
        Option::<T>::schema_name()
    }

    fn schema_id() -> Cow<'static, str> {
        Option::<T>::schema_id()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> schemars::Schema {
        Option::<T>::json_schema(generator)
    }
}

impl<T: Schema> Schema for Patch<T> {
    #[inline]
    fn check(&self, at: InstanceLocation<'_>, report: &mut Report) {
        if let Self::Value(value) = self {
            value.check(at, report);
        }
    }

    fn note_keys(schema: &mut serde_json::Map<String, serde_json::Value>) {
        Option::<T>::note_keys(schema);
    }
}

impl<T: Text> Text for Patch<T> {
    #[inline]
    fn text(&self) -> Option<&str> {
        self.value().and_then(Text::text)
    }
}

impl<T: Counted> Counted for Patch<T> {
    #[inline]
    fn counted(&self) -> Option<usize> {
        self.value().and_then(Counted::counted)
    }
}

impl<T: Numeric> Numeric for Patch<T> {
    type Number = T::Number;

    #[inline]
    fn number(&self) -> Option<T::Number> {
        self.value().and_then(Numeric::number)
    }
}

impl<C: Each> Each for Patch<C> {
    type Item = C::Item;

    #[inline]
    fn each(&self) -> impl Iterator<Item = &C::Item> {
        self.value().into_iter().flat_map(Each::each)
    }
}
