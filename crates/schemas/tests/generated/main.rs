//! Generated shapes: wrappers of every kind around each other, three deep, each judged by the crate `jsonschema`.
//!
//! It is no part of an ordinary `cargo test`. `SHAPES_VALUES`
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
    let number = |name: &str| setting(name).and_then(|text| text.parse::<u64>().ok());
    let mut shapes = if setting("SHAPES_DEPTH").as_deref() == Some("2") {
        Vec::new()
    } else {
        families::three_deep()
    };
    shapes.extend(families::two_deep());
    if let Some(part) = setting("SHAPES_ONLY") {
        shapes.retain(|shape| shape.name().contains(&part));
    }
    let judge = judge::Judge {
        values: number("SHAPES_VALUES").unwrap_or(200) as usize,
        seed: number("SHAPES_SEED").unwrap_or(0),
    };
    let verdict = judge.judge(&shapes);
    println!("{verdict}");
    // Read when it runs: compiling the shapes takes minutes.
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/generated");
    let (refused, known) = (
        format!("{folder}/refused.txt"),
        format!("{folder}/known.txt"),
    );
    if setting("UPDATE_GOLDEN").is_some() {
        std::fs::write(&refused, verdict.refusals()).expect("the refusals are written");
    }
    let read = |file: &str| std::fs::read_to_string(file).unwrap_or_default();
    let known = read(&known);
    let known: Vec<&str> = known
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .collect();
    let unexplained = verdict.unexplained(&known);
    let is_whole = setting("SHAPES_ONLY").is_none();
    if is_whole && verdict.refusals() != read(&refused) {
        println!("other shapes are refused than refused.txt lists");
        return ExitCode::FAILURE;
    }
    println!("{unexplained} shapes with a finding that known.txt does not explain");
    match unexplained {
        0 => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}
