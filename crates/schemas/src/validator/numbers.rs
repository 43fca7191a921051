//! Arithmetic of JSON numbers by their value, however they are written.

use std::cmp::Ordering;

use serde_json::{Number, Value};

/// Compares two numbers; exactly, where both are integers.
pub(super) fn compare(one: &Number, other: &Number) -> Ordering {
    match (whole(one), whole(other)) {
        (Some(one), Some(other)) => one.cmp(&other),
        _ => one
            .as_f64()
            .partial_cmp(&other.as_f64())
            .unwrap_or(Ordering::Equal),
    }
}

/// Returns the form that all equal numbers share.
pub(super) fn canonical(number: &Number) -> Value {
    let integer = whole(number).and_then(Number::from_i128);
    integer.unwrap_or_else(|| number.clone()).into()
}

/// Returns the integer a number is equal to, if it fits into 128 bits.
fn whole(number: &Number) -> Option<i128> {
    let integer = number.as_i64().map(i128::from);
    let integer = integer.or_else(|| number.as_u64().map(i128::from));
    integer.or_else(|| {
        let float = number.as_f64()?;
        let is_whole = float.fract() == 0.0 && float.abs() < i128::MAX as f64;
        is_whole.then_some(float as i128)
    })
}

/// Returns whether a number is a multiple of another, computed in decimal: in binary 0.3 is no multiple of 0.1.
pub(super) fn is_multiple(number: &Number, of: &Number) -> bool {
    let (Some((digits, exponent)), Some((step, step_exponent))) = (decimal(number), decimal(of))
    else {
        return true;
    };
    let shift = exponent - step_exponent;
    let rest = if shift >= 0 {
        // Digit by digit, since no integer type holds 1e300.
        let next = |rest: i128, _| (rest * 10).checked_rem(step);
        digits
            .checked_rem(step)
            .and_then(|rest| (0..shift).try_fold(rest, next))
    } else {
        let power = 10_i128.checked_pow(shift.unsigned_abs());
        power
            .and_then(|power| step.checked_mul(power))
            .and_then(|step| digits.checked_rem(step))
    };
    // A step that exceeds 128 bits is larger than any number with these digits.
    rest.unwrap_or(digits) == 0
}

/// Returns the digits of a number and the power of ten to multiply them by.
fn decimal(number: &Number) -> Option<(i128, i32)> {
    let text = number.to_string();
    let (mantissa, exponent) = match text.split_once('e') {
        Some((mantissa, exponent)) => (mantissa, exponent.parse().ok()?),
        None => (text.as_str(), 0_i32),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}").parse().ok()?;
    Some((digits, exponent - i32::try_from(fraction.len()).ok()?))
}
