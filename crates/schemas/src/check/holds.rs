//! What a field holds, as the rules see it: text, items, a number. An `Option`
//! holds what is inside, a box as well.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque},
};

use schemars::JsonSchema;

use crate::rule::Limit;

/// Something the document can describe.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot stand in a schema, for the document has no words for it",
    label = "not a schema",
    note = "put `#[schema]` on the type, in place of serde's and schemars' derives",
    note = "for a type of another crate say what it is on the wire: `#[serde(with = \"…\")]` and `#[schemars(with = \"Type\")]`"
)]
pub trait Known {}

#[diagnostic::do_not_recommend]
impl<T: JsonSchema + ?Sized> Known for T {}

/// Something with text in it.
#[diagnostic::on_unimplemented(
    message = "this rule is for text, and `{Self}` holds none that can be seen",
    label = "no text",
    note = "such rules stand on `String`, `Cow<str>`, `Box<str>` and `Option`s of them; a type of its own states its rules itself"
)]
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
#[diagnostic::on_unimplemented(
    message = "this rule counts items or entries, and `{Self}` has none that can be seen",
    label = "nothing to count",
    note = "write `length(chars, …)` for text; other lengths stand on lists, sets, maps and `Option`s of them"
)]
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
#[diagnostic::on_unimplemented(
    message = "`range` is for numbers, and `{Self}` is none",
    label = "no number",
    note = "`range` stands on integers of up to 64 bits, `f32`, `f64` and `Option`s of them; for text write `length(chars, …)`"
)]
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
#[diagnostic::on_unimplemented(
    message = "`inner` is for the items of lists, and `{Self}` is none",
    label = "not a list",
    note = "`inner` stands on `Vec`, `VecDeque`, sets, arrays, `CommaSeparated` and `Option`s of them"
)]
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
