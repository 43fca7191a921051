//! `cargo xtask parity`: whether clients of a Flask-Rebar service would notice that Purlin replaces it.
//!
//! Both serve the same two APIs, the greetings and Flask-Rebar's own todo example. Every request is sent to both, and the
//! responses must be equal (`compare`), except for decided differences (`differences`). A decision that no longer shows is a
//! failure, too.

mod compare;
mod differences;
mod requests;
mod services;

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, ensure};

use crate::http;
use compare::{Seen, differences};
use differences::Decision;
use services::Api;

/// The least number of requests.
const MIN_REQUESTS: usize = 150;

/// Starts both services of each API, sends every request to both, and reports the differences.
pub(crate) fn parity() -> Result<()> {
    let cases = requests::all();
    let enough = cases.len() >= MIN_REQUESTS;
    ensure!(
        enough,
        "{} requests, at least {MIN_REQUESTS} are wanted",
        cases.len()
    );
    let (greetings, todo) = services::start()?;
    let mut decided: BTreeMap<Decision, usize> = BTreeMap::new();
    let mut equal = 0;
    let mut failures = Vec::new();
    for case in &cases {
        let pair = match case.api {
            Api::Greetings => &greetings,
            Api::Todo => &todo,
        };
        let send = |address| {
            let response = http::exchange(address, &case.bytes(address));
            let response = response.with_context(|| case.to_string())?;
            anyhow::Ok(Seen::new(case.method, response))
        };
        let original = send(pair.original.address())?;
        let purlin = send(pair.purlin.address())?;
        match judge(case.decided, &original, &purlin) {
            Ok(decisions) if decisions.is_empty() => equal += 1,
            Ok(decisions) => {
                for decision in decisions {
                    *decided.entry(decision).or_default() += 1;
                }
            }
            Err(reason) => failures.push(format!(
                "{case}\n    {reason}\n    original {original}\n    purlin   {purlin}"
            )),
        }
    }
    for decision in Decision::ALL {
        if !decided.contains_key(decision) {
            failures.push(format!(
                "no response shows the decision {decision:?} any more"
            ));
        }
    }
    ensure!(
        failures.is_empty(),
        "{} of {} requests have differences that were not decided:\n\n{}",
        failures.len(),
        cases.len(),
        failures.join("\n\n")
    );
    eprintln!("\ndecided differences, with the number of responses that show them:");
    for (decision, count) in &decided {
        eprintln!("{count:5}  {}", decision.reason());
    }
    eprintln!(
        "{} requests, {equal} equal, {} decided differences",
        cases.len(),
        decided.len()
    );
    Ok(())
}

/// Returns the decisions two responses differ by: those about header fields, and that of the case. Fails where they differ
/// in another way, or do not differ and should.
fn judge(
    decided: Option<Decision>,
    original: &Seen,
    purlin: &Seen,
) -> Result<Vec<Decision>, String> {
    let mut met = Vec::new();
    let mut different = differences(original, purlin);
    for decision in Decision::ABOUT_HEADERS {
        let Some(part) = decision.part() else {
            continue;
        };
        if different.contains(&part) && decision.holds(original, purlin) {
            different.retain(|other| *other != part);
            met.push(decision);
        }
    }
    match decided {
        None if different.is_empty() => Ok(met),
        None => Err(format!("different: {different:?}")),
        Some(decision) if different.is_empty() => Err(format!("equal, in spite of {decision:?}")),
        Some(decision) if decision.holds(original, purlin) => {
            met.push(decision);
            Ok(met)
        }
        Some(decision) => Err(format!("different: {different:?}, but not as {decision:?}")),
    }
}
