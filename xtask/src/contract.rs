//! The documents as they are today, with the Rust items behind them: printed by the programs that serve them.

use serde_json::Value;

use crate::{
    ours::Programs,
    run::{Failure, Outcome, Run},
};

/// Builds the programs and asks each for its document.
pub(super) fn documents() -> Outcome<Vec<(&'static str, Value)>> {
    let programs = Programs::build()?;
    Ok(vec![
        (
            "greetings",
            printed(programs.greetings().args(["openapi", "--rust-items"]))?,
        ),
        ("todo", printed(programs.todo().args(["openapi"]))?),
    ])
}

fn printed(run: Run) -> Outcome<Value> {
    let shown = run.to_string();
    serde_json::from_str(&run.read()?)
        .map_err(|error| Failure::said(format!("`{shown}` printed no JSON: {error}")))
}
