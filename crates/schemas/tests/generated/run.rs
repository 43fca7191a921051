//! Runs a judge over shapes, and compares what it finds with what is known.

use std::process::ExitCode;

use crate::{judge::Judge, shape::Shape};

/// Judges shapes; `refused` is the file that lists how many of them are refused, and why.
pub(crate) fn run(mut shapes: Vec<Shape>, refused: &str) -> ExitCode {
    let setting = |name: &str| std::env::var(name).ok();
    let number = |name: &str| setting(name).and_then(|text| text.parse::<u64>().ok());
    if let Some(part) = setting("SHAPES_ONLY") {
        shapes.retain(|shape| shape.name().contains(&part));
    }
    let judge = Judge {
        values: number("SHAPES_VALUES").unwrap_or(200) as usize,
        seed: number("SHAPES_SEED").unwrap_or(0),
    };
    let verdict = judge.judge(&shapes);
    println!("{verdict}");
    // Read when it runs: compiling the shapes takes minutes.
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/generated");
    let (refused, known) = (format!("{folder}/{refused}"), format!("{folder}/known.txt"));
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
        println!("other shapes are refused than {refused} lists");
        return ExitCode::FAILURE;
    }
    println!("{unexplained} shapes with a finding that known.txt does not explain");
    match unexplained {
        0 => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}
