//! The rules of `#[garde(…)]` attributes as functions: what the code written by
//! `#[schema]` calls. All of them pass over an `Option` that is `None`.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque},
    fmt::Display,
};


use serde::{Deserialize, Deserializer};

use crate::{
    Place, Report, Rule, formats,
    rule::Limit,
};

/// Something with text in it.
pub trait Text {
    /// The text, if there is one.
    fn text(&self) -> Option<&str>;
}

macro_rules! text {
    ($($type:ty),+) => {$(
        impl Text for $type {
            #[inline]
            fn text(&self) -> Option<&str> {
                Some(self.as_ref())
            }
        }
    )+};
}

text!(str, String, Box<str>, std::sync::Arc<str>, Cow<'_, str>);

impl<T: Text + ?Sized> Text for &T {
    #[inline]
    fn text(&self) -> Option<&str> {
        T::text(self)
    }
}

impl<T: Text> Text for Option<T> {
    #[inline]
    fn text(&self) -> Option<&str> {
        self.as_ref().and_then(Text::text)
    }
}

/// Something with items or entries in it.
pub trait Counted {
    /// How many, if there is anything.
    fn counted(&self) -> Option<usize>;
}

macro_rules! counted {
    ($($type:ident <$($parameter:ident),+>),+) => {$(
        impl<$($parameter),+> Counted for $type<$($parameter),+> {
            #[inline]
            fn counted(&self) -> Option<usize> {
                Some(self.len())
            }
        }
    )+};
}

counted!(Vec<T>, VecDeque<T>, BTreeSet<T>, HashSet<T, H>, BTreeMap<K, V>, HashMap<K, V, H>);

impl<T, const N: usize> Counted for [T; N] {
    #[inline]
    fn counted(&self) -> Option<usize> {
        Some(N)
    }
}

impl<T: Counted> Counted for Box<T> {
    #[inline]
    fn counted(&self) -> Option<usize> {
        T::counted(self)
    }
}

impl<T: Counted> Counted for Option<T> {
    #[inline]
    fn counted(&self) -> Option<usize> {
        self.as_ref().and_then(Counted::counted)
    }
}

impl<T> Counted for crate::CommaSeparated<T> {
    #[inline]
    fn counted(&self) -> Option<usize> {
        Some(self.0.len())
    }
}

/// Something with a number in it.
pub trait Numeric {
    /// The number's type.
    type Number: PartialOrd + Copy + Into<Limit>;

    /// The number, if there is one.
    fn number(&self) -> Option<Self::Number>;
}

macro_rules! numeric {
    ($($type:ty),+) => {$(
        impl Numeric for $type {
            type Number = $type;

            #[inline]
            fn number(&self) -> Option<$type> {
                Some(*self)
            }
        }
    )+};
}

numeric!(u8, u16, u32, u64, usize, i8, i16, i32, i64, isize, f32, f64);

impl<T: Numeric> Numeric for Option<T> {
    type Number = T::Number;

    #[inline]
    fn number(&self) -> Option<T::Number> {
        self.as_ref().and_then(Numeric::number)
    }
}

/// Something with items that have rules of their own.
pub trait Each {
    /// An item.
    type Item;

    /// Every item.
    fn each(&self) -> impl Iterator<Item = &Self::Item>;
}

macro_rules! each {
    ($($type:ident <T $(, $more:ident)?>),+) => {$(
        impl<T $(, $more)?> Each for $type<T $(, $more)?> {
            type Item = T;

            #[inline]
            fn each(&self) -> impl Iterator<Item = &T> {
                self.iter()
            }
        }
    )+};
}

each!(Vec<T>, VecDeque<T>, BTreeSet<T>, HashSet<T, H>);

impl<T, const N: usize> Each for [T; N] {
    type Item = T;

    #[inline]
    fn each(&self) -> impl Iterator<Item = &T> {
        self.iter()
    }
}

impl<T> Each for crate::CommaSeparated<T> {
    type Item = T;

    #[inline]
    fn each(&self) -> impl Iterator<Item = &T> {
        self.0.iter()
    }
}

impl<C: Each> Each for Option<C> {
    type Item = C::Item;

    #[inline]
    fn each(&self) -> impl Iterator<Item = &C::Item> {
        self.iter().flat_map(Each::each)
    }
}

/// Applies rules to every item.
#[inline]
pub fn inner<C: Each + ?Sized>(
    value: &C,
    at: Place<'_>,
    report: &mut Report,
    rules: impl Fn(&C::Item, Place<'_>, &mut Report),
) {
    for (index, item) in value.each().enumerate() {
        rules(item, at.index(index), report);
    }
}

/// The number of characters (Unicode scalar values).
#[inline]
pub fn length_chars<T: Text + ?Sized>(
    value: &T,
    min: Option<u64>,
    max: Option<u64>,
    at: Place<'_>,
    report: &mut Report,
) {
    let Some(text) = value.text() else { return };
    // A character is one to four bytes: most texts need not be counted.
    let bytes = text.len() as u64;
    let is_enough = min.is_none_or(|min| bytes >= min.saturating_mul(4) || (min == 1 && bytes > 0));
    let is_not_too_much = max.is_none_or(|max| bytes <= max);
    if is_enough && is_not_too_much {
        return;
    }
    let length = text.chars().count() as u64;
    if let Some(limit) = min.filter(|min| length < *min) {
        report.add(at, Rule::MinLength { limit, maximum: max });
    }
    if let Some(limit) = max.filter(|max| length > *max) {
        report.add(at, Rule::MaxLength { limit, minimum: min });
    }
}

/// The number of items.
#[inline]
pub fn length_items<T: Counted + ?Sized>(
    value: &T,
    min: Option<u64>,
    max: Option<u64>,
    at: Place<'_>,
    report: &mut Report,
) {
    let Some(length) = value.counted() else { return };
    let length = length as u64;
    if let Some(limit) = min.filter(|min| length < *min) {
        report.add(at, Rule::MinItems { limit, maximum: max });
    }
    if let Some(limit) = max.filter(|max| length > *max) {
        report.add(at, Rule::MaxItems { limit, minimum: min });
    }
}

/// The number of a map's entries.
#[inline]
pub fn length_properties<T: Counted + ?Sized>(
    value: &T,
    min: Option<u64>,
    max: Option<u64>,
    at: Place<'_>,
    report: &mut Report,
) {
    let Some(length) = value.counted() else { return };
    let length = length as u64;
    if let Some(limit) = min.filter(|min| length < *min) {
        report.add(at, Rule::MinProperties { limit });
    }
    if let Some(limit) = max.filter(|max| length > *max) {
        report.add(at, Rule::MaxProperties { limit });
    }
}

/// The least and the most a number may be.
#[inline]
pub fn range<T: Numeric>(
    value: &T,
    min: Option<T::Number>,
    max: Option<T::Number>,
    at: Place<'_>,
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

/// A regular expression, somewhere in the text.
#[inline]
pub fn pattern<T: Text + ?Sized>(value: &T, regex: &Regex, at: Place<'_>, report: &mut Report) {
    if value.text().is_some_and(|text| !regex.is_match(text)) {
        add_pattern(regex.as_str(), at, report);
    }
}

/// A fixed test whose wording in the document is a pattern: `prefix`,
/// `suffix`, `contains`, `ascii`.
#[inline]
pub fn pattern_by<T: Text + ?Sized>(
    value: &T,
    test: impl FnOnce(&str) -> bool,
    pattern: &'static str,
    at: Place<'_>,
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
fn add_pattern(pattern: &str, at: Place<'_>, report: &mut Report) {
    report.add(
        at,
        Rule::Pattern {
            pattern: Cow::Owned(pattern.to_owned()),
        },
    );
}

/// One of the formats of JSON Schema, by its name there.
#[inline]
pub fn format<T: Text + ?Sized>(
    value: &T,
    format: &'static str,
    at: Place<'_>,
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

/// A value that has to be there.
#[inline]
pub fn required<T>(value: &Option<T>, at: Place<'_>, report: &mut Report) {
    if value.is_none() {
        report.add(at, Rule::Required);
    }
}

/// A rule of the program's own, which the document cannot state.
#[inline]
pub fn custom<E: Display>(result: Result<(), E>, at: Place<'_>, report: &mut Report) {
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

/// Compiles a literal pattern, once. One that does not compile is reported when
/// the contract is built, so here it only has to be harmless.
#[must_use]
pub fn compile(pattern: &'static str) -> Option<Regex> {
    Regex::new(pattern).ok()
}

/// Reads an `Option` that may be left out but not be null.
///
/// # Errors
///
/// Those of the value inside.
pub fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// The schema of a list's items.
pub fn items(schema: &mut schemars::Schema) -> Option<&mut serde_json::Map<String, serde_json::Value>> {
    schema.get_mut("items")?.as_object_mut()
}

/// Puts a keyword, written as `extend` has it, into a schema.
#[doc(hidden)]
#[macro_export]
macro_rules! __insert {
    ($schema:ident, $key:literal = $value:expr) => {
        $schema.insert(
            ::std::string::String::from($key),
            $crate::__private::serde_json::json!($value),
        )
    };
}

pub use crate::__insert as insert;
pub use regex::Regex;
