//! Whole numbers with bounds that the reader enforces and the JSON Schema shows.

use std::{borrow::Cow, fmt};

use purlin_router::schemas::schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{Error, Unexpected, Visitor},
};

/// A whole number from `MIN` to `MAX`, both included.
///
/// As the type of a setting it is the only place where the bounds are written: values outside are rejected with the origin
/// of the setting, and the JSON Schema has `minimum` and `maximum`.
///
/// ```
/// use purlin_app::Bounded;
///
/// type Retries = Bounded<0, 10>;
///
/// // A default outside the bounds does not compile.
/// let default = Retries::of::<3>();
/// assert_eq!(default.get(), 3);
/// assert!(Retries::new(11).is_none());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Bounded<const MIN: u32, const MAX: u32>(u32);

impl<const MIN: u32, const MAX: u32> Bounded<MIN, MAX> {
    /// The smallest value.
    pub const MIN: Self = Self(MIN);

    /// The largest value.
    pub const MAX: Self = Self(MAX);

    /// Returns `VALUE`, whose bounds are checked by the compiler.
    #[must_use]
    pub const fn of<const VALUE: u32>() -> Self {
        const { assert!(MIN <= VALUE && VALUE <= MAX, "the value is out of bounds") };
        Self(VALUE)
    }

    /// Returns the value if it is within the bounds.
    #[must_use]
    pub const fn new(value: u32) -> Option<Self> {
        if MIN <= value && value <= MAX {
            Some(Self(value))
        } else {
            None
        }
    }

    /// Returns the number.
    #[must_use]
    pub const fn get(self) -> u32 {
        self.0
    }

    /// Returns the number as `usize`.
    #[must_use]
    pub(crate) const fn to_usize(self) -> usize {
        self.0 as usize
    }
}

impl<const MIN: u32, const MAX: u32> From<Bounded<MIN, MAX>> for u32 {
    fn from(value: Bounded<MIN, MAX>) -> Self {
        value.0
    }
}

impl<const MIN: u32, const MAX: u32> From<Bounded<MIN, MAX>> for u64 {
    fn from(value: Bounded<MIN, MAX>) -> Self {
        value.0.into()
    }
}

impl<const MIN: u32, const MAX: u32> PartialEq<u32> for Bounded<MIN, MAX> {
    fn eq(&self, other: &u32) -> bool {
        self.0 == *other
    }
}

impl<const MIN: u32, const MAX: u32> fmt::Display for Bounded<MIN, MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<'de, const MIN: u32, const MAX: u32> Deserialize<'de> for Bounded<MIN, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_u32(BoundedVisitor)
    }
}

/// Its description, which has the bounds, is part of every error.
struct BoundedVisitor<const MIN: u32, const MAX: u32>;

impl<const MIN: u32, const MAX: u32> Visitor<'_> for BoundedVisitor<MIN, MAX> {
    type Value = Bounded<MIN, MAX>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a whole number from {MIN} to {MAX}")
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Self::Value, E> {
        let bounded = u32::try_from(value).ok().and_then(Bounded::new);
        bounded.ok_or_else(|| E::invalid_value(Unexpected::Unsigned(value), &self))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Self::Value, E> {
        let bounded = u32::try_from(value).ok().and_then(Bounded::new);
        bounded.ok_or_else(|| E::invalid_value(Unexpected::Signed(value), &self))
    }
}

impl<const MIN: u32, const MAX: u32> JsonSchema for Bounded<MIN, MAX> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("Bounded_{MIN}_{MAX}").into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "integer", "minimum": MIN, "maximum": MAX})
    }
}
