//! Generates numbers within bounds.

use serde_json::{Number, Value};

use super::Members;

/// Returns the smallest integer from 1 on that the bounds allow, or else the largest.
pub(super) fn integer(schema: &Members, nth: usize) -> Option<Value> {
    let whole = |key: &str| {
        let bound = schema.get(key)?.as_number()?;
        let exact = bound.as_i128();
        // Ignores bounds beyond 2^53 that are written as floats.
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a float beyond an integer's width saturates"
        )]
        let rounded = bound.as_f64().map(|float| match key.ends_with("inimum") {
            true => float.ceil() as i128,
            false => float.floor() as i128,
        });
        exact.or(rounded)
    };
    let is_whole = |key: &str| {
        schema
            .get(key)
            .and_then(Value::as_f64)
            .is_some_and(|bound| bound.fract() == 0.0)
    };
    let beyond = |key: &str, step: i128| {
        let bound = whole(key)?;
        Some(if is_whole(key) { bound + step } else { bound })
    };
    let least = [whole("minimum"), beyond("exclusiveMinimum", 1)];
    let most = [whole("maximum"), beyond("exclusiveMaximum", -1)];
    let least = least.into_iter().flatten().max();
    let most = most.into_iter().flatten().min();
    let step = whole("multipleOf").filter(|step| *step > 0).unwrap_or(1);
    let wanted = 1.max(least.unwrap_or(1)).min(most.unwrap_or(i128::MAX));
    // Up to the next multiple, or down to the previous one where that is too large.
    let mut value = wanted + (step - wanted.rem_euclid(step)) % step;
    if most.is_some_and(|most| value > most) {
        value -= step;
    }
    value += i128::try_from(nth).ok()? * step;
    Some(Value::Number(Number::from_i128(value)?))
}

/// Returns the smallest integer the bounds allow, or else a number between them.
pub(super) fn number(schema: &Members, nth: usize) -> Option<Value> {
    let bound = |key: &str| schema.get(key).and_then(Value::as_f64);
    let least = bound("minimum").or(bound("exclusiveMinimum"));
    let most = bound("maximum").or(bound("exclusiveMaximum"));
    if let Some(step) = bound("multipleOf") {
        let from = (least.unwrap_or(step) / step).floor() + 1.0;
        return Number::from_f64(from * step).map(Value::Number);
    }
    #[expect(clippy::cast_precision_loss, reason = "lists are short")]
    let wanted = 1.5 + nth as f64;
    let value = match (least, most) {
        (Some(least), Some(most)) if !(least < wanted && wanted < most) => {
            least + (most - least) / 2.0
        }
        (Some(least), None) if least >= wanted => least + 1.0,
        (None, Some(most)) if most <= wanted => most - 1.0,
        _ => wanted,
    };
    Number::from_f64(value).map(Value::Number)
}
