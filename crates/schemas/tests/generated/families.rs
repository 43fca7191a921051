//! Every combination of wrappers.

/// Returns every wrapper of a list around every wrapper around every wrapper of an object.
macro_rules! three_deep {
    ([$($all:ident)*]) => {
        three_deep!(each [$($all)*] [$($all)*])
    };
    (each [$($outer:ident)*] $all:tt) => {{
        let mut all = Vec::new();
        $({
            // One function each, so that none becomes too large to compile.
            fn around(shapes: &mut Vec<$crate::shape::Shape>) {
                three_deep!(shapes $outer $all $all);
            }
            around(&mut all);
        })*
        all
    }};
    ($shapes:ident $outer:ident [$($middle:ident)*] $all:tt) => {$(
        three_deep!($shapes $outer $middle $all);
    )*};
    ($shapes:ident $outer:ident $middle:ident [$($inner:ident)*]) => {{
        use $crate::wrappers::*;
        $($shapes.push($crate::shape::Shape::of::<$outer<$middle<$inner<Leaf>>>>());)*
    }};
}

/// Returns every wrapper of a list around every wrapper of a number, an object and a union.
macro_rules! two_deep {
    ([$($all:ident)*]) => {
        two_deep!(each [$($all)*] [$($all)*])
    };
    (each [$($outer:ident)*] $all:tt) => {{
        let mut shapes = Vec::new();
        $(two_deep!(shapes $outer $all);)*
        shapes
    }};
    ($shapes:ident $outer:ident [$($inner:ident)*]) => {$({
        use $crate::wrappers::*;
        $shapes.push($crate::shape::Shape::of::<$outer<$inner<Number>>>());
        $shapes.push($crate::shape::Shape::of::<$outer<$inner<Leaf>>>());
        $shapes.push($crate::shape::Shape::of::<$outer<$inner<Any>>>());
    })*};
}

/// Returns every wrapper around every wrapper.
pub(crate) fn two_deep() -> Vec<crate::shape::Shape> {
    two_deep!([
        Struct Newtype Tuple Transparent External Internal Around Adjacent Untagged UntaggedNamed Mixed Flat FlatOption
        FlatVariant Optional Boxed List Map IntMap Two
    ])
}
