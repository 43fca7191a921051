//! Numbers as JSON Schema sees them: by their value, whatever they were written as.

use std::cmp::Ordering;

use serde_json::{Number, Value};

use super::{
    compile::limit,
    findings::Findings,
    node::{Node, NumberRules},
};
use crate::{InstanceLocation, JsonType, Rule, strict};

/// Holds a number against its limits.
pub(super) fn check(
    node: &Node,
    number: &Number,
    at: InstanceLocation<'_>,
    findings: &mut Findings<'_>,
) {
    let before = findings.found();
    check_limits(&node.number, number, at, findings);
    // Such a float stands for several integers, and which one was sent is not known any more.
    let is_vague = || {
        let float = number.as_f64().filter(|_| number.is_f64());
        float.is_some_and(|float| strict::whole(float).is_none())
    };
    let wants_an_integer =
        node.kinds.contains(&JsonType::Integer) && !node.kinds.contains(&JsonType::Number);
    if wants_an_integer && findings.found() == before && is_vague() {
        findings.add_with(at, || Rule::wrong_type(JsonType::Integer));
    }
}

fn check_limits(
    rules: &NumberRules,
    number: &Number,
    at: InstanceLocation<'_>,
    findings: &mut Findings<'_>,
) {
    // Bounds that come from the type's width are not the author's words, so
    // they are not paired in messages.
    let of_width = |bound: &Number| {
        let width = rules.width.as_ref();
        width.is_some_and(|(least, most)| [least, most].iter().any(|end| is_equal(bound, end)))
    };
    let pair = |bound: &Option<Number>| bound.as_ref().filter(|bound| !of_width(bound)).map(limit);
    if let Some(minimum) = &rules.minimum
        && compare(number, minimum) == Ordering::Less
    {
        findings.add(
            at,
            Rule::Minimum {
                limit: limit(minimum),
                maximum: pair(&rules.maximum),
            },
        );
    }
    if let Some(maximum) = &rules.maximum
        && compare(number, maximum) == Ordering::Greater
    {
        findings.add(
            at,
            Rule::Maximum {
                limit: limit(maximum),
                minimum: pair(&rules.minimum),
            },
        );
    }
    if let Some(bound) = &rules.exclusive_minimum
        && compare(number, bound) != Ordering::Greater
    {
        findings.add(
            at,
            Rule::ExclusiveMinimum {
                limit: limit(bound),
            },
        );
    }
    if let Some(bound) = &rules.exclusive_maximum
        && compare(number, bound) != Ordering::Less
    {
        findings.add(
            at,
            Rule::ExclusiveMaximum {
                limit: limit(bound),
            },
        );
    }
    if let Some(of) = &rules.multiple_of
        && !is_multiple(number, of)
    {
        findings.add(at, Rule::MultipleOf { of: limit(of) });
    }
}

fn is_equal(one: &Number, other: &Value) -> bool {
    matches!(other, Value::Number(other) if compare(one, other) == Ordering::Equal)
}

/// Which of two numbers is more; exactly, where both are whole.
pub(super) fn compare(one: &Number, other: &Number) -> Ordering {
    match (whole(one), whole(other)) {
        (Some(one), Some(other)) => one.cmp(&other),
        _ => one
            .as_f64()
            .partial_cmp(&other.as_f64())
            .unwrap_or(Ordering::Equal),
    }
}

/// A number written as every number equal to it is.
pub(super) fn canonical(number: &Number) -> Value {
    let integer = whole(number).and_then(Number::from_i128);
    integer.unwrap_or_else(|| number.clone()).into()
}

/// The integer a number is; none for fractions and for what no 128 bits hold.
fn whole(number: &Number) -> Option<i128> {
    let integer = number.as_i64().map(i128::from);
    let integer = integer.or_else(|| number.as_u64().map(i128::from));
    integer.or_else(|| {
        let float = number.as_f64()?;
        let is_whole = float.fract() == 0.0 && float.abs() < i128::MAX as f64;
        is_whole.then_some(float as i128)
    })
}

/// Whether a number is a multiple of another, reckoned in tenths: to binary fractions 0.3 is no multiple of 0.1.
fn is_multiple(number: &Number, of: &Number) -> bool {
    let (Some((digits, exponent)), Some((step, step_exponent))) = (decimal(number), decimal(of))
    else {
        return true;
    };
    let shift = exponent - step_exponent;
    let rest = if shift >= 0 {
        // Digit by digit, since no integer holds 1e300.
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
    // A step too large for 128 bits is larger than all digits a number has.
    rest.unwrap_or(digits) == 0
}

/// The digits of a number and the power of ten they are to be multiplied with.
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
