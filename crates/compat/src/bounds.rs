//! Bounds of numbers, lengths and sizes.

use std::{cmp::Ordering, fmt};

use purlin_openapi::Dialect;
use serde_json::{Map, Number, Value};

use crate::{rule::SchemaChange, type_set::TypeSet};

/// A keyword that states a bound, with the names of its changes.
pub(crate) struct BoundKeyword {
    pub(crate) keyword: &'static str,
    /// The keyword of the exclusive bound.
    exclusive: Option<&'static str>,
    is_upper: bool,
    /// The types of values that it restricts.
    pub(crate) types: TypeSet,
    increased: SchemaChange,
    decreased: SchemaChange,
    set: SchemaChange,
    unset: SchemaChange,
}

macro_rules! bound_keyword {
    ($keyword:literal, $exclusive:expr, $is_upper:literal, $types:expr, $increased:ident, $decreased:ident, $set:ident, $unset:ident) => {
        BoundKeyword {
            keyword: $keyword,
            exclusive: $exclusive,
            is_upper: $is_upper,
            types: $types,
            increased: SchemaChange::$increased,
            decreased: SchemaChange::$decreased,
            set: SchemaChange::$set,
            unset: SchemaChange::$unset,
        }
    };
}

/// All keywords that state bounds.
pub(crate) static BOUNDS: [BoundKeyword; 8] = [
    bound_keyword!(
        "maximum",
        Some("exclusiveMaximum"),
        true,
        TypeSet::NUMBER,
        MaxIncreased,
        MaxDecreased,
        MaxSet,
        MaxUnset
    ),
    bound_keyword!(
        "minimum",
        Some("exclusiveMinimum"),
        false,
        TypeSet::NUMBER,
        MinIncreased,
        MinDecreased,
        MinSet,
        MinUnset
    ),
    bound_keyword!(
        "maxLength",
        None,
        true,
        TypeSet::STRING,
        MaxLengthIncreased,
        MaxLengthDecreased,
        MaxLengthSet,
        MaxLengthUnset
    ),
    bound_keyword!(
        "minLength",
        None,
        false,
        TypeSet::STRING,
        MinLengthIncreased,
        MinLengthDecreased,
        MinLengthSet,
        MinLengthUnset
    ),
    bound_keyword!(
        "maxItems",
        None,
        true,
        TypeSet::ARRAY,
        MaxItemsIncreased,
        MaxItemsDecreased,
        MaxItemsSet,
        MaxItemsUnset
    ),
    bound_keyword!(
        "minItems",
        None,
        false,
        TypeSet::ARRAY,
        MinItemsIncreased,
        MinItemsDecreased,
        MinItemsSet,
        MinItemsUnset
    ),
    bound_keyword!(
        "maxProperties",
        None,
        true,
        TypeSet::OBJECT,
        MaxPropertiesIncreased,
        MaxPropertiesDecreased,
        MaxPropertiesSet,
        MaxPropertiesUnset
    ),
    bound_keyword!(
        "minProperties",
        None,
        false,
        TypeSet::OBJECT,
        MinPropertiesIncreased,
        MinPropertiesDecreased,
        MinPropertiesSet,
        MinPropertiesUnset
    ),
];

/// The bound that a schema states.
#[derive(Clone, Debug)]
pub(crate) struct Bound {
    value: Number,
    is_exclusive: bool,
    /// The keyword that states it.
    pub(crate) keyword: &'static str,
}

impl BoundKeyword {
    /// Reads this bound of a schema.
    pub(crate) fn read(&self, schema: &Map<String, Value>, dialect: Dialect) -> Option<Bound> {
        let number = |keyword: &str| match schema.get(keyword) {
            Some(Value::Number(number)) => Some(number.clone()),
            _ => None,
        };
        let inclusive = number(self.keyword).map(|value| Bound {
            value,
            is_exclusive: dialect != Dialect::V3_1
                && self
                    .exclusive
                    .is_some_and(|it| schema.get(it) == Some(&Value::Bool(true))),
            keyword: self.keyword,
        });
        let exclusive = self.exclusive.and_then(|keyword| {
            let value = number(keyword)?;
            Some(Bound {
                value,
                is_exclusive: true,
                keyword,
            })
        });
        let bound = self.tighter(inclusive, exclusive)?;
        // Every length is at least 0.
        let is_trivial =
            self.exclusive.is_none() && !self.is_upper && bound.value.as_f64() <= Some(0.0);
        (!is_trivial).then_some(bound)
    }

    /// Returns the tighter of two bounds.
    pub(crate) fn tighter(&self, one: Option<Bound>, other: Option<Bound>) -> Option<Bound> {
        match (one, other) {
            (Some(one), Some(other)) => match self.compare(&one, &other) {
                Ordering::Greater => Some(if self.is_upper { other } else { one }),
                _ => Some(if self.is_upper { one } else { other }),
            },
            (one, other) => one.or(other),
        }
    }

    fn compare(&self, one: &Bound, other: &Bound) -> Ordering {
        let by_value = compare(&one.value, &other.value);
        by_value.then_with(|| match (one.is_exclusive, other.is_exclusive) {
            (true, false) if self.is_upper => Ordering::Less,
            (false, true) if !self.is_upper => Ordering::Less,
            (same, as_well) if same == as_well => Ordering::Equal,
            _ => Ordering::Greater,
        })
    }

    /// Returns the change from one bound to another.
    pub(crate) fn change(&self, old: Option<&Bound>, new: Option<&Bound>) -> Option<SchemaChange> {
        match (old, new) {
            (None, None) => None,
            (None, Some(_)) => Some(self.set),
            (Some(_), None) => Some(self.unset),
            (Some(old), Some(new)) => match self.compare(old, new) {
                Ordering::Less => Some(self.increased),
                Ordering::Greater => Some(self.decreased),
                Ordering::Equal => None,
            },
        }
    }
}

impl Bound {
    /// Converts an exclusive bound of integers to an inclusive one.
    pub(crate) fn for_integers(self, keyword: &BoundKeyword) -> Self {
        let inclusive = self
            .value
            .as_i64()
            .filter(|_| self.is_exclusive)
            .and_then(|it| it.checked_add(if keyword.is_upper { -1 } else { 1 }));
        match inclusive {
            Some(value) => Self {
                value: value.into(),
                is_exclusive: false,
                keyword: self.keyword,
            },
            None => self,
        }
    }

    /// Creates an inclusive bound; none if the value does not fit into a JSON number.
    pub(crate) fn of_integer(value: i128, keyword: &BoundKeyword) -> Option<Self> {
        Some(Self {
            value: Number::from_i128(value)?,
            is_exclusive: false,
            keyword: keyword.keyword,
        })
    }

    /// Returns whether it is at most `limit`.
    pub(crate) fn is_at_most(&self, limit: i128) -> bool {
        self.value.as_i128().is_some_and(|value| value <= limit)
    }

    /// Returns whether it is at least `limit`.
    pub(crate) fn is_at_least(&self, limit: i128) -> bool {
        self.value.as_i128().is_some_and(|value| value >= limit)
    }

    /// Returns whether no value is both at most `upper` and at least `lower`.
    pub(crate) fn are_apart(upper: &Self, lower: &Self) -> bool {
        match compare(&upper.value, &lower.value) {
            Ordering::Less => true,
            Ordering::Equal => upper.is_exclusive || lower.is_exclusive,
            Ordering::Greater => false,
        }
    }

    /// Returns the bound as a number of items.
    pub(crate) fn as_size(&self) -> Option<usize> {
        usize::try_from(self.value.as_u64()?).ok()
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value.fmt(f)?;
        if self.is_exclusive {
            f.write_str(" (exclusive)")?;
        }
        Ok(())
    }
}

/// Compares numbers by value, integers exactly.
fn compare(one: &Number, other: &Number) -> Ordering {
    match (one.as_i128(), other.as_i128()) {
        (Some(one), Some(other)) => one.cmp(&other),
        _ => {
            let (one, other) = (one.as_f64(), other.as_f64());
            one.partial_cmp(&other).unwrap_or(Ordering::Equal)
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(at: usize, schema: &Value, dialect: Dialect) -> Option<Bound> {
        BOUNDS[at].read(schema.as_object().unwrap(), dialect)
    }

    #[test]
    fn both_forms_of_exclusive_bounds_are_equal() {
        let new = read(0, &json!({"exclusiveMaximum": 5}), Dialect::V3_1).unwrap();
        let old = read(
            0,
            &json!({"maximum": 5, "exclusiveMaximum": true}),
            Dialect::V3_0,
        )
        .unwrap();
        assert!(BOUNDS[0].change(Some(&old), Some(&new)).is_none());
        let inclusive = read(0, &json!({"maximum": 5}), Dialect::V3_0).unwrap();
        assert_eq!(
            BOUNDS[0].change(Some(&inclusive), Some(&new)),
            Some(SchemaChange::MaxDecreased)
        );
        let whole = new.for_integers(&BOUNDS[0]);
        assert_eq!(
            BOUNDS[0].change(Some(&whole), Some(&inclusive)),
            Some(SchemaChange::MaxIncreased)
        );
        assert_eq!(whole.to_string(), "4");
    }

    #[test]
    fn the_tighter_of_two_bounds_applies() {
        let both = read(
            1,
            &json!({"minimum": 3, "exclusiveMinimum": 3}),
            Dialect::V3_1,
        )
        .unwrap();
        assert_eq!(both.to_string(), "3 (exclusive)");
        let both = read(
            1,
            &json!({"minimum": 4, "exclusiveMinimum": 3}),
            Dialect::V3_1,
        )
        .unwrap();
        assert_eq!(both.to_string(), "4");
    }

    #[test]
    fn a_minimum_length_of_zero_is_no_bound_and_large_integers_differ() {
        assert!(read(3, &json!({"minLength": 0}), Dialect::V3_1).is_none());
        assert!(read(1, &json!({"minimum": 0}), Dialect::V3_1).is_some());
        let (one, other) = (
            json!({"maximum": u64::MAX}),
            json!({"maximum": u64::MAX - 1}),
        );
        let one = read(0, &one, Dialect::V3_1);
        let other = read(0, &other, Dialect::V3_1);
        assert_eq!(
            BOUNDS[0].change(one.as_ref(), other.as_ref()),
            Some(SchemaChange::MaxDecreased)
        );
    }
}
