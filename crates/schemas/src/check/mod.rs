//! The rules of `#[garde(…)]` attributes as functions, called by the code that `#[schema]` generates. All of them ignore an
//! `Option` that is `None`. The types a rule applies to are in `targets.rs`.

pub mod arrays;
pub mod tagged;
mod targets;
mod variants;

use std::{borrow::Cow, fmt::Display};

use serde::{Deserialize, Deserializer};

use crate::{InstanceLocation, Report, Rule, formats};
pub use targets::{Counted, Each, Known, Numeric, Text};
pub use variants::{Undecided, content, content_beside_tag};

/// Compiles for types that can be fields of a schema.
pub const fn known<T: Known + ?Sized>() {}

/// Applies rules to each item.
#[inline]
pub fn inner<C: Each + ?Sized>(
    value: &C,
    at: InstanceLocation<'_>,
    report: &mut Report,
    rules: impl Fn(&C::Item, InstanceLocation<'_>, &mut Report),
) {
    for (index, item) in value.each().enumerate() {
        rules(item, at.index(index), report);
    }
}

/// Reports a count below the first limit or above the second. The rule is made of that limit and the other one.
#[inline]
fn count(
    count: usize,
    limits: [Option<usize>; 2],
    at: InstanceLocation<'_>,
    report: &mut Report,
    below: impl FnOnce(u64, Option<u64>) -> Rule,
    above: impl FnOnce(u64, Option<u64>) -> Rule,
) {
    let count = count as u64;
    let [min, max] = limits.map(|limit| limit.map(|limit| limit as u64));
    if let Some(limit) = min.filter(|min| count < *min) {
        report.add(at, below(limit, max));
    }
    if let Some(limit) = max.filter(|max| count > *max) {
        report.add(at, above(limit, min));
    }
}

/// Checks the number of characters (Unicode scalar values).
#[inline]
pub fn length_chars<T: Text + ?Sized>(
    value: &T,
    min: Option<usize>,
    max: Option<usize>,
    at: InstanceLocation<'_>,
    report: &mut Report,
) {
    let Some(text) = value.text() else { return };
    // A character has one to four bytes: most strings need not be counted.
    let bytes = text.len();
    let is_enough = min.is_none_or(|min| bytes >= min.saturating_mul(4) || (min == 1 && bytes > 0));
    let is_not_too_much = max.is_none_or(|max| bytes <= max);
    if is_enough && is_not_too_much {
        return;
    }
    let length = text.chars().count();
    let below = |limit, maximum| Rule::MinLength { limit, maximum };
    let above = |limit, minimum| Rule::MaxLength { limit, minimum };
    count(length, [min, max], at, report, below, above);
}

/// Checks the number of items.
#[inline]
pub fn length_items<T: Counted + ?Sized>(
    value: &T,
    min: Option<usize>,
    max: Option<usize>,
    at: InstanceLocation<'_>,
    report: &mut Report,
) {
    let Some(length) = value.counted() else {
        return;
    };
    let below = |limit, maximum| Rule::MinItems { limit, maximum };
    let above = |limit, minimum| Rule::MaxItems { limit, minimum };
    count(length, [min, max], at, report, below, above);
}

/// Checks the number of entries of a map.
#[inline]
pub fn length_properties<T: Counted + ?Sized>(
    value: &T,
    min: Option<usize>,
    max: Option<usize>,
    at: InstanceLocation<'_>,
    report: &mut Report,
) {
    let Some(length) = value.counted() else {
        return;
    };
    let below = |limit, _| Rule::MinProperties { limit };
    let above = |limit, _| Rule::MaxProperties { limit };
    count(length, [min, max], at, report, below, above);
}

/// Checks the bounds of a number.
#[inline]
pub fn range<T: Numeric>(
    value: &T,
    min: Option<T::Number>,
    max: Option<T::Number>,
    at: InstanceLocation<'_>,
    report: &mut Report,
) {
    let Some(number) = value.number() else { return };
    if let Some(limit) = min.filter(|min| number < *min) {
        report.add(
            at,
            Rule::Minimum {
                limit: limit.into(),
                maximum: max.map(Into::into),
            },
        );
    }
    if let Some(limit) = max.filter(|max| number > *max) {
        report.add(
            at,
            Rule::Maximum {
                limit: limit.into(),
                minimum: min.map(Into::into),
            },
        );
    }
}

/// Returns the limit of a number, for the document: the same value that is checked.
pub fn limit<T: Numeric + ?Sized>(limit: T::Number) -> crate::rule::Limit {
    limit.into()
}

/// Returns the limit of a length, for the document.
#[must_use]
pub const fn size(limit: usize) -> usize {
    limit
}

/// Checks that a regular expression matches somewhere in the string.
#[inline]
pub fn pattern<T: Text + ?Sized>(
    value: &T,
    regex: &Regex,
    at: InstanceLocation<'_>,
    report: &mut Report,
) {
    if value.text().is_some_and(|text| !regex.is_match(text)) {
        add_pattern(regex.as_str(), at, report);
    }
}

/// Checks a rule that the document states as a pattern: `prefix`, `suffix`, `contains`, `ascii`.
#[inline]
pub fn pattern_by<T: Text + ?Sized>(
    value: &T,
    test: impl FnOnce(&str) -> bool,
    pattern: &'static str,
    at: InstanceLocation<'_>,
    report: &mut Report,
) {
    if value.text().is_some_and(|text| !test(text)) {
        report.add(
            at,
            Rule::Pattern {
                pattern: Cow::Borrowed(pattern),
            },
        );
    }
}

#[cold]
fn add_pattern(pattern: &str, at: InstanceLocation<'_>, report: &mut Report) {
    report.add(
        at,
        Rule::Pattern {
            pattern: Cow::Owned(pattern.to_owned()),
        },
    );
}

/// Checks a format of JSON Schema.
#[inline]
pub fn format<T: Text + ?Sized>(
    value: &T,
    format: &'static str,
    at: InstanceLocation<'_>,
    report: &mut Report,
) {
    let holds = |text| formats::test(format).is_none_or(|test| test(text));
    if value.text().is_some_and(|text| !holds(text)) {
        report.add(
            at,
            Rule::Format {
                format: Cow::Borrowed(format),
            },
        );
    }
}

/// Checks that a value is present.
#[inline]
pub fn required<T>(value: &Option<T>, at: InstanceLocation<'_>, report: &mut Report) {
    if value.is_none() {
        report.add(at, Rule::Required);
    }
}

/// Reports a custom rule, which the document cannot state.
#[inline]
pub fn custom<E: Display>(result: Result<(), E>, at: InstanceLocation<'_>, report: &mut Report) {
    if let Err(error) = result {
        report.add(
            at,
            Rule::Custom {
                code: Cow::Borrowed("custom"),
                message: Cow::Owned(error.to_string()),
            },
        );
    }
}

/// Compiles a literal pattern. One that does not compile is reported when the validator is compiled, and ignored here.
#[must_use]
pub fn compile(pattern: &'static str) -> Option<Regex> {
    Regex::new(pattern).ok()
}

/// Deserializes an `Option` that may be omitted but must not be null.
///
/// # Errors
///
/// Those of the inner value.
pub fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// Returns the first violation of a report as an error of a deserializer.
///
/// # Errors
///
/// The first violation.
pub fn refuse<E: serde::de::Error>(report: Report) -> Result<(), E> {
    match report.into_violations(crate::Location::Body).first() {
        Some(violation) => Err(E::custom(violation.message())),
        None => Ok(()),
    }
}

/// Returns the schema of a list's items.
pub fn items(
    schema: &mut serde_json::Map<String, serde_json::Value>,
) -> Option<&mut serde_json::Map<String, serde_json::Value>> {
    schema.get_mut("items")?.as_object_mut()
}

/// Inserts a keyword, written as in `extend`, into a schema.
#[doc(hidden)]
#[macro_export]
macro_rules! __insert {
    ($schema:ident, $key:literal = $($value:tt)+) => {
        $schema.insert(
            ::std::string::String::from($key),
            $crate::__private::serde_json::json!($($value)+),
        )
    };
}

/// Expands to its input: an expression of any form where only simple ones are allowed.
#[doc(hidden)]
#[macro_export]
macro_rules! __verbatim {
    ($($tokens:tt)*) => { $($tokens)* };
}

pub use crate::{__insert as insert, __verbatim as verbatim};
pub use regex::Regex;
