//! Every combination of the wrappers, up to three deep.

use crate::shape::Shape;
use crate::wrappers::*;

/// Calls a macro with the wrappers, and with a list of further ones.
macro_rules! with_wrappers {
    ($call:ident!($($further:ident)*)) => {
        $call!([
            Struct Transparent External Internal Around Adjacent Untagged UntaggedNamed Mixed Flat FlatOption FlatVariant
            Optional Boxed List Map IntMap $($further)*
        ])
    };
}

macro_rules! around_two {
    ($shapes:ident, $outer:ident, $middle:ident, [$($inner:ident)*]) => {$(
        $shapes.push(Shape::of::<$outer<$middle<$inner<Leaf>>>>());
    )*};
}

macro_rules! around_one {
    ($shapes:ident, $outer:ident, [$($middle:ident)*] $all:tt) => {$(
        around_two!($shapes, $outer, $middle, $all);
    )*};
}

macro_rules! three_deep {
    ($all:tt) => {
        three_deep!(each $all $all)
    };
    (each [$($outer:ident)*] $all:tt) => {{
        let mut all = Vec::new();
        $({
            // One function each, so that none becomes too large to compile.
            fn around(shapes: &mut Vec<Shape>) {
                around_one!(shapes, $outer, $all $all);
            }
            around(&mut all);
        })*
        all
    }};
}

/// Returns every wrapper around every wrapper around every wrapper of an object.
pub(crate) fn three_deep() -> Vec<Shape> {
    with_wrappers!(three_deep!())
}

macro_rules! leaves {
    ($shapes:ident, $outer:ident, [$($inner:ident)*]) => {$(
        $shapes.push(Shape::of::<$outer<$inner<Number>>>());
        $shapes.push(Shape::of::<$outer<$inner<Any>>>());
    )*};
}

macro_rules! two_deep {
    ($all:tt) => {
        two_deep!(each $all $all)
    };
    (each [$($outer:ident)*] $all:tt) => {{
        let mut shapes = Vec::new();
        $(leaves!(shapes, $outer, $all);)*
        shapes
    }};
}

/// Returns every wrapper around every wrapper of a number and of a union.
pub(crate) fn two_deep() -> Vec<Shape> {
    with_wrappers!(two_deep!(Newtype Tuple Two))
}
