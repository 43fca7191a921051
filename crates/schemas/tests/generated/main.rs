//! Generated shapes: wrappers of every kind around each other, three deep, each judged by the crate `jsonschema`.
//!
//! `cargo xtask shapes` runs this; a small part of it is always on, in `tests/it/generated_shapes.rs`. `SHAPES_VALUES`
//! is the number of values per shape (200), `SHAPES_ONLY` a part of the names of the shapes to judge, `SHAPES_SEED`
//! another start of the random numbers.

mod families;
mod judge;
#[path = "../it/mutate.rs"]
mod mutate;
mod random;
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
    let setting = |name: &str| std::env::var(name).ok();
    let number = |name: &str| setting(name).and_then(|text| text.parse().ok());
    let mut shapes = families::three_deep();
    shapes.extend(families::two_deep());
    if let Some(part) = setting("SHAPES_ONLY") {
        shapes.retain(|shape| shape.name().contains(&part));
    }
    let judge = judge::Judge {
        values: number("SHAPES_VALUES").unwrap_or(200),
        seed: number("SHAPES_SEED").unwrap_or(0) as u64,
    };
    let verdict = judge.judge(&shapes);
    println!("{verdict}");
    if verdict.is_as_expected() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
