//! The documents as they are today, with the Rust items behind them: printed by the programs that serve them.

use anyhow::{anyhow, Result};
use cargo_purlin::process::Cmd;
use serde_json::Value;

use crate::{
    ours::Programs,
};

/// Builds the programs and asks each for its document.
pub(super) fn documents() -> Result<Vec<(&'static str, Value)>> {
    let programs = Programs::build()?;
    Ok(vec![
        (
            "greetings",
            printed(programs.greetings().args(["openapi", "--rust-items"]))?,
        ),
        ("todo", printed(programs.todo().args(["openapi"]))?),
    ])
}

fn printed(run: Cmd) -> Result<Value> {
    let shown = run.to_string();
    serde_json::from_str(&run.read()?)
        .map_err(|error| anyhow!("`{shown}` printed no JSON: {error}"))
}
