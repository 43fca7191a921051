//! All generated shapes, two and three deep: compiling them takes minutes. `cargo xtask shapes --all` runs this; see `main.rs`.

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
    shapes.extend(three_deep!([
        Struct Transparent External Internal Around Adjacent Untagged UntaggedNamed Mixed Flat FlatOption FlatVariant
        Optional Boxed List Map IntMap
    ]));
    run::run(shapes, "refused_all.txt")
}
