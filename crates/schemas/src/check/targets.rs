//! The types that rules apply to: strings, lists and maps, numbers. An `Option` or a `Box` counts as its content.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque},
};

use schemars::JsonSchema;

use crate::rule::Limit;

/// A type that the document can describe.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be part of a schema: the document cannot describe it",
    label = "not a schema",
    note = "put `#[schema]` on the type, in place of serde's and schemars' derives",
    note = "for a type of another crate state its form on the wire: `#[serde(with = \"…\")]` and `#[schemars(with = \"Type\")]`"
)]
pub trait Known {}

#[diagnostic::do_not_recommend]
impl<T: JsonSchema + ?Sized> Known for T {}

/// A type that contains a string.
#[diagnostic::on_unimplemented(
    message = "this rule applies to strings, and `{Self}` contains none",
    label = "no text",
    note = "such rules apply to `String`, `Cow<str>`, `Box<str>` and `Option`s of them; a custom type declares its own rules"
)]
pub trait Text {
    /// Returns the string, if there is one.
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

/// A type that contains items or entries.
#[diagnostic::on_unimplemented(
    message = "this rule counts items or entries, and `{Self}` has none",
    label = "nothing to count",
    note = "write `length(chars, …)` for strings; other lengths apply to lists, sets, maps and `Option`s of them"
)]
pub trait Counted {
    /// Returns their number, if there is a list or map.
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

macro_rules! counted_lists {
    ($($type:ident),+) => {$(
        impl<T> Counted for crate::$type<T> {
            #[inline]
            fn counted(&self) -> Option<usize> {
                Some(self.0.len())
            }
        }
    )+};
}

counted_lists!(CommaSeparated, SpaceDelimited, PipeDelimited);

/// A type that contains a number.
#[diagnostic::on_unimplemented(
    message = "`range` applies to numbers, and `{Self}` is none",
    label = "no number",
    note = "`range` applies to integers of up to 64 bits, `f32`, `f64` and `Option`s of them; for strings write `length(chars, …)`"
)]
pub trait Numeric {
    /// The number's type.
    type Number: PartialOrd + Copy + Into<Limit>;

    /// Returns the number, if there is one.
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

/// A list whose items have rules of their own.
#[diagnostic::on_unimplemented(
    message = "`inner` applies to the items of lists, and `{Self}` is none",
    label = "not a list",
    note = "`inner` applies to `Vec`, `VecDeque`, sets, arrays, `CommaSeparated` and `Option`s of them"
)]
pub trait Each {
    /// An item.
    type Item;

    /// Returns an iterator over the items.
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

macro_rules! each_of_delimited {
    ($($type:ident),+) => {$(
        impl<T> Each for crate::$type<T> {
            type Item = T;

            #[inline]
            fn each(&self) -> impl Iterator<Item = &T> {
                self.0.iter()
            }
        }
    )+};
}

each_of_delimited!(CommaSeparated, SpaceDelimited, PipeDelimited);

impl<C: Each> Each for Option<C> {
    type Item = C::Item;

    #[inline]
    fn each(&self) -> impl Iterator<Item = &C::Item> {
        self.iter().flat_map(Each::each)
    }
}
