//! Generated shapes: wrappers of every kind around each other, each judged by the crate `jsonschema`. Here are all that are two
//! deep, and those three deep of the wrappers that share or guess most; `all.rs` has all that are three deep.
//!
//! `cargo xtask shapes` runs this. `SHAPES_VALUES` is the number of values per shape (200), `SHAPES_ONLY` a part of the names of
//! the shapes to judge, `SHAPES_SEED` another start of the random numbers. Two files state what is expected: `refused.txt` how
//! many shapes are refused before a value is read, by reason (`UPDATE_GOLDEN=1` writes it), and `known.txt` parts of findings
//! that are known differences.

#[macro_use]
mod families;
mod judge;
#[path = "../it/mutate.rs"]
mod mutate;
mod random;
mod run;
mod sample;
mod shape;
mod wrappers;

/// What `mutate` needs of the integration tests.
#[path = "../it/shapes"]
mod shapes {
    pub(crate) mod subvalues;
}

use std::process::ExitCode;

fn main() -> ExitCode {
    let mut shapes = families::two_deep();
    shapes.extend(three_deep!([Struct External Around Untagged Mixed Flat FlatOption IntMap]));
    run::run(shapes, "refused.txt")
}
