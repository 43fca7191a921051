//! Bounds: of numbers, of lengths and of sizes.

use std::cmp::Ordering;

use serde_json::{Map, Number, Value};

use super::{rule::Change, types::Types};
use purlin_openapi::Dialect;

/// A kind of bound, and what its changes are called.
pub(super) struct Limit {
    pub(super) keyword: &'static str,
    /// The keyword of the bound that is itself not let in.
    exclusive: Option<&'static str>,
    is_upper: bool,
    /// What it bounds.
    pub(super) types: Types,
    increased: Change,
    decreased: Change,
    set: Change,
    unset: Change,
}

macro_rules! limit {
    ($keyword:literal, $exclusive:expr, $is_upper:literal, $types:expr, $increased:ident, $decreased:ident, $set:ident, $unset:ident) => {
        Limit {
            keyword: $keyword,
            exclusive: $exclusive,
            is_upper: $is_upper,
            types: $types,
            increased: Change::$increased,
            decreased: Change::$decreased,
            set: Change::$set,
            unset: Change::$unset,
        }
    };
}

/// Every kind of bound.
pub(super) static LIMITS: [Limit; 8] = [
    limit!(
        "maximum",
        Some("exclusiveMaximum"),
        true,
        Types::NUMBER,
        MaxIncreased,
        MaxDecreased,
        MaxSet,
        MaxUnset
    ),
    limit!(
        "minimum",
        Some("exclusiveMinimum"),
        false,
        Types::NUMBER,
        MinIncreased,
        MinDecreased,
        MinSet,
        MinUnset
    ),
    limit!(
        "maxLength",
        None,
        true,
        Types::STRING,
        MaxLengthIncreased,
        MaxLengthDecreased,
        MaxLengthSet,
        MaxLengthUnset
    ),
    limit!(
        "minLength",
        None,
        false,
        Types::STRING,
        MinLengthIncreased,
        MinLengthDecreased,
        MinLengthSet,
        MinLengthUnset
    ),
    limit!(
        "maxItems",
        None,
        true,
        Types::ARRAY,
        MaxItemsIncreased,
        MaxItemsDecreased,
        MaxItemsSet,
        MaxItemsUnset
    ),
    limit!(
        "minItems",
        None,
        false,
        Types::ARRAY,
        MinItemsIncreased,
        MinItemsDecreased,
        MinItemsSet,
        MinItemsUnset
    ),
    limit!(
        "maxProperties",
        None,
        true,
        Types::OBJECT,
        MaxPropertiesIncreased,
        MaxPropertiesDecreased,
        MaxPropertiesSet,
        MaxPropertiesUnset
    ),
    limit!(
        "minProperties",
        None,
        false,
        Types::OBJECT,
        MinPropertiesIncreased,
        MinPropertiesDecreased,
        MinPropertiesSet,
        MinPropertiesUnset
    ),
];

/// A bound as it is.
#[derive(Clone, Debug)]
pub(super) struct Bound {
    value: Number,
    is_exclusive: bool,
    /// The keyword that says it.
    pub(super) keyword: &'static str,
}

impl Limit {
    /// What a schema says of this bound.
    pub(super) fn said(&self, schema: &Map<String, Value>, dialect: Dialect) -> Option<Bound> {
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
        // A length of no less than 0 is every length.
        let says_nothing =
            self.exclusive.is_none() && !self.is_upper && bound.value.as_f64() <= Some(0.0);
        (!says_nothing).then_some(bound)
    }

    /// Both together.
    pub(super) fn tighter(&self, one: Option<Bound>, other: Option<Bound>) -> Option<Bound> {
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

    /// What became of it.
    pub(super) fn change(&self, old: Option<&Bound>, new: Option<&Bound>) -> Option<Change> {
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
    /// For integers every bound can be one that is let in.
    pub(super) fn of_integers(self, limit: &Limit) -> Self {
        let inclusive = self
            .value
            .as_i64()
            .filter(|_| self.is_exclusive)
            .and_then(|it| it.checked_add(if limit.is_upper { -1 } else { 1 }));
        match inclusive {
            Some(value) => Self {
                value: value.into(),
                is_exclusive: false,
                keyword: self.keyword,
            },
            None => self,
        }
    }

    /// As a number of items.
    pub(super) fn as_size(&self) -> Option<usize> {
        usize::try_from(self.value.as_u64()?).ok()
    }

    /// In words.
    pub(super) fn words(&self) -> String {
        if self.is_exclusive {
            format!("{} (itself not included)", self.value)
        } else {
            self.value.to_string()
        }
    }
}

/// Numbers by their value: exactly where both are integers.
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

    fn said(at: usize, schema: &Value, dialect: Dialect) -> Option<Bound> {
        LIMITS[at].said(schema.as_object().unwrap(), dialect)
    }

    #[test]
    fn both_spellings_of_exclusive_bounds_are_the_same() {
        let new = said(0, &json!({"exclusiveMaximum": 5}), Dialect::V3_1).unwrap();
        let old = said(
            0,
            &json!({"maximum": 5, "exclusiveMaximum": true}),
            Dialect::V3_0,
        )
        .unwrap();
        assert!(LIMITS[0].change(Some(&old), Some(&new)).is_none());
        let inclusive = said(0, &json!({"maximum": 5}), Dialect::V3_0).unwrap();
        assert_eq!(
            LIMITS[0].change(Some(&inclusive), Some(&new)),
            Some(Change::MaxDecreased)
        );
        let whole = new.of_integers(&LIMITS[0]);
        assert_eq!(
            LIMITS[0].change(Some(&whole), Some(&inclusive)),
            Some(Change::MaxIncreased)
        );
        assert_eq!(whole.words(), "4");
    }

    #[test]
    fn of_two_bounds_the_tighter_one_holds() {
        let both = said(
            1,
            &json!({"minimum": 3, "exclusiveMinimum": 3}),
            Dialect::V3_1,
        )
        .unwrap();
        assert_eq!(both.words(), "3 (itself not included)");
        let both = said(
            1,
            &json!({"minimum": 4, "exclusiveMinimum": 3}),
            Dialect::V3_1,
        )
        .unwrap();
        assert_eq!(both.words(), "4");
    }

    #[test]
    fn no_length_below_zero_is_no_bound_and_large_numbers_differ() {
        assert!(said(3, &json!({"minLength": 0}), Dialect::V3_1).is_none());
        assert!(said(1, &json!({"minimum": 0}), Dialect::V3_1).is_some());
        let (one, other) = (
            json!({"maximum": u64::MAX}),
            json!({"maximum": u64::MAX - 1}),
        );
        let one = said(0, &one, Dialect::V3_1);
        let other = said(0, &other, Dialect::V3_1);
        assert_eq!(
            LIMITS[0].change(one.as_ref(), other.as_ref()),
            Some(Change::MaxDecreased)
        );
    }
}
