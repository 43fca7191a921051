//! Checking numbers against their limits.

use std::cmp::Ordering;

use serde_json::{Number, Value};

use super::{
    findings::Findings,
    node::{Node, NumberRules},
    numbers,
};
use crate::{InstanceLocation, JsonType, Rule, floats, rule::Limit};

/// Checks a number against its limits.
pub(super) fn check(
    node: &Node,
    number: &Number,
    at: InstanceLocation<'_>,
    findings: &mut Findings<'_>,
) {
    let before = findings.found();
    check_limits(&node.number, number, at, findings);
    // Several integers share this float, so that the integer sent is unknown.
    let is_imprecise = || {
        let float = number.as_f64().filter(|_| number.is_f64());
        float.is_some_and(|float| floats::whole(float).is_none())
    };
    let wants_an_integer =
        node.kinds.contains(&JsonType::Integer) && !node.kinds.contains(&JsonType::Number);
    if wants_an_integer && findings.found() == before && is_imprecise() {
        findings.add_with(at, || Rule::wrong_type(JsonType::Integer));
    }
}

fn check_limits(
    rules: &NumberRules,
    number: &Number,
    at: InstanceLocation<'_>,
    findings: &mut Findings<'_>,
) {
    // Bounds that follow from the type's width were not chosen by the author and do not appear in messages.
    let of_width = |bound: &Number| {
        let width = rules.width.as_ref();
        width.is_some_and(|(least, most)| [least, most].iter().any(|end| is_equal(bound, end)))
    };
    let pair = |bound: &Option<Number>| bound.as_ref().filter(|bound| !of_width(bound)).map(limit);
    if let Some(minimum) = &rules.minimum
        && numbers::compare(number, minimum) == Ordering::Less
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
        && numbers::compare(number, maximum) == Ordering::Greater
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
        && numbers::compare(number, bound) != Ordering::Greater
    {
        findings.add(
            at,
            Rule::ExclusiveMinimum {
                limit: limit(bound),
            },
        );
    }
    if let Some(bound) = &rules.exclusive_maximum
        && numbers::compare(number, bound) != Ordering::Less
    {
        findings.add(
            at,
            Rule::ExclusiveMaximum {
                limit: limit(bound),
            },
        );
    }
    if let Some(of) = &rules.multiple_of
        && !numbers::is_multiple(number, of)
    {
        findings.add(at, Rule::MultipleOf { of: limit(of) });
    }
}

fn is_equal(one: &Number, other: &Value) -> bool {
    matches!(other, Value::Number(other) if numbers::compare(one, other) == Ordering::Equal)
}

fn limit(number: &Number) -> Limit {
    Limit::new(number.clone())
}
