//! What a long command is doing, on standard error.

use std::{fmt::Display, time::Instant};

use crate::Result;

/// Prints what begins, does it, and prints how long it took.
pub(crate) fn step<T>(title: impl Display, run: impl FnOnce() -> Result<T>) -> Result<T> {
    eprintln!("{title} …");
    let begin = Instant::now();
    let outcome = run()?;
    eprintln!("{title}: {:.1} s", begin.elapsed().as_secs_f64());
    Ok(outcome)
}
