//! Equality of values as JSON Schema defines it.

use super::numbers;
use crate::instance::Instance;

/// Returns whether two values are equal; 1 and 1.0 are the same number.
pub(super) fn equal(one: &Instance<'_>, other: &Instance<'_>) -> bool {
    match (one, other) {
        (Instance::Null, Instance::Null) => true,
        (Instance::Bool(one), Instance::Bool(other)) => one == other,
        (Instance::Number(one), Instance::Number(other)) => numbers::compare(one, other).is_eq(),
        (Instance::String(one), Instance::String(other)) => one == other,
        (Instance::Array(one), Instance::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| equal(one, other))
        }
        (Instance::Object(one), Instance::Object(other)) => {
            // Both are sorted.
            let mut pairs = one.iter().zip(other.iter());
            one.len() == other.len()
                && pairs.all(|(one, other)| one.0 == other.0 && equal(&one.1, &other.1))
        }
        _ => false,
    }
}
