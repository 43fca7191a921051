//! `cargo xtask parity`: whether clients of a Flask-Rebar service would notice that Purlin answers in its place.
//!
//! Both serve the same two APIs, the greetings and Flask-Rebar's own todo example. Every request of one list goes to
//! both, and the answers have to be the same: see `compare` for what is looked at. Where Purlin answers otherwise on
//! purpose, `decisions` says so and why; anything else is a failure, and so is a decision that no longer shows.

mod compare;
mod decisions;
mod requests;
mod services;

use std::collections::BTreeMap;

use anyhow::{anyhow, Result};

use crate::{
    http,
};
use compare::{Seen, differences};
use decisions::Decision;
use services::Api;

/// Fewer requests than this would say little.
const FEWEST_REQUESTS: usize = 150;

/// Starts both services of each API, sends them every request, and says where their answers part.
pub(crate) fn parity() -> Result<()> {
    let cases = requests::all();
    if cases.len() < FEWEST_REQUESTS {
        return Err(anyhow!("{} requests are too few, {FEWEST_REQUESTS} are the least",
            cases.len()));
    }
    let (greetings, todo) = services::start()?;
    let mut met: BTreeMap<Decision, usize> = BTreeMap::new();
    let mut equal = 0;
    let mut failures = Vec::new();
    for case in &cases {
        let pair = match case.api {
            Api::Greetings => &greetings,
            Api::Todo => &todo,
        };
        let Some((original, ours)) = pair.addresses() else {
            return Err(anyhow!("a service told no address"));
        };
        let ask = |address| {
            let answer = http::exchange(address, &case.bytes(address));
            answer
                .map(|answer| Seen::new(case.method, answer))
                .map_err(|error| anyhow!("{case}: {error}"))
        };
        let (original, ours) = (ask(original)?, ask(ours)?);
        match judge(case.decided, &original, &ours) {
            Ok(decisions) if decisions.is_empty() => equal += 1,
            Ok(decisions) => {
                for decision in decisions {
                    *met.entry(decision).or_default() += 1;
                }
            }
            Err(words) => failures.push(format!(
                "{case}\n    {words}\n    original {original}\n    ours     {ours}"
            )),
        }
    }
    for decision in Decision::ALL {
        if !met.contains_key(decision) {
            failures.push(format!(
                "no request shows the decision {decision:?} any more"
            ));
        }
    }
    for failure in &failures {
        eprintln!("\n{failure}");
    }
    if !failures.is_empty() {
        return Err(anyhow!("of {} requests {} are answered in a way nobody decided",
            cases.len(),
            failures.len()));
    }
    eprintln!("\ndecided differences, and how many answers show them:");
    for (decision, count) in &met {
        eprintln!("{count:5}  {}", decision.reason());
    }
    eprintln!(
        "{} requests, {equal} equal, {} decided differences",
        cases.len(),
        met.len()
    );
    Ok(())
}

/// The decisions two answers differ by: those about headers by themselves, that of the case if it has one. In words
/// where they differ otherwise, or do not differ and should.
fn judge(decided: Option<Decision>, original: &Seen, ours: &Seen) -> Result<Vec<Decision>, String> {
    let mut met = Vec::new();
    let mut different = differences(original, ours);
    for decision in Decision::ABOUT_HEADERS {
        let Some(part) = decision.part() else {
            continue;
        };
        if different.contains(&part) && decision.holds(original, ours) {
            different.retain(|other| *other != part);
            met.push(decision);
        }
    }
    match decided {
        None if different.is_empty() => Ok(met),
        None => Err(format!("differ by {different:?}")),
        Some(decision) if different.is_empty() => {
            Err(format!("no longer differ, though {decision:?} says so"))
        }
        Some(decision) if decision.holds(original, ours) => {
            met.push(decision);
            Ok(met)
        }
        Some(decision) => Err(format!(
            "differ by {different:?}, but not as {decision:?} says"
        )),
    }
}
