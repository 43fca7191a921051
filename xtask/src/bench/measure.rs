//! One figure from one case of a bench binary: instructions counted by callgrind, or nanoseconds by the clock.

use std::path::Path;

use anyhow::{anyhow, Result};

use crate::run::{cmd};

/// How often a case is repeated in the shorter and in the longer run.
#[derive(Clone, Copy)]
pub(super) struct Iterations(pub(super) u64, pub(super) u64);

/// Enough for any case that takes microseconds.
pub(super) const USUAL: Iterations = Iterations(200, 1200);

/// For cases of millions of instructions an iteration.
pub(super) const FEW: Iterations = Iterations(4, 12);

/// How a bench is told to repeat a case.
#[derive(Clone, Copy)]
pub(super) enum Dialect {
    /// `CASE ITERATIONS`; what counts happens inside the function `measured`.
    Toggled,
    /// `--callgrind CASE ITERATIONS`; everything counts, and the difference of two runs takes the set-up out.
    Whole,
}

/// Instructions one iteration takes: the difference of two runs by the difference of their iterations.
pub(super) fn instructions(
    binary: &Path,
    dialect: Dialect,
    case: &str,
    Iterations(less, more): Iterations,
) -> Result<u64> {
    let collected = |iterations| collected(binary, dialect, case, iterations);
    let difference = collected(more)?.saturating_sub(collected(less)?);
    let each = difference / (more - less);
    eprintln!("{each:>12} instructions  {case}");
    if each == 0 {
        Err(anyhow!("callgrind counted nothing for {case}"))
    } else {
        Ok(each)
    }
}

/// The fastest and the median round, in nanoseconds an iteration.
pub(super) fn wall(binary: &Path, case: &str) -> Result<(u64, u64)> {
    let words = cmd(binary).args(["--wall", case]).read()?;
    let mut figures = words
        .split_whitespace()
        .filter_map(|word| word.parse().ok());
    match (figures.next(), figures.next()) {
        (Some(fastest), Some(median)) => {
            eprintln!("{median:>12} ns            {case}");
            Ok((fastest, median))
        }
        _ => Err(anyhow!("`--wall {case}` printed `{}` for two numbers",
            words.trim())),
    }
}

/// What callgrind collected.
fn collected(binary: &Path, dialect: Dialect, case: &str, iterations: u64) -> Result<u64> {
    let valgrind =
        cmd("valgrind").args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]);
    let run = match dialect {
        Dialect::Toggled => valgrind
            .args(["--toggle-collect=*::measured"])
            .args([binary]),
        Dialect::Whole => valgrind.args([binary]).args(["--callgrind"]),
    };
    let (_, report) = run.args([case, &iterations.to_string()]).output()?;
    total(&report)
        .ok_or_else(|| anyhow!("callgrind's report holds no total:\n{report}"))
}

/// `==123== Collected : 4567` in callgrind's report.
pub(super) fn total(report: &str) -> Option<u64> {
    let line = report.lines().find(|line| line.contains("Collected :"))?;
    line.rsplit(' ').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_total_is_read_from_callgrinds_report() {
        let report = "==9== \n==9== Events    : Ir\n==9== Collected : 8124\n==9== \n";
        assert_eq!(total(report), Some(8124));
        assert_eq!(total("==9== nothing"), None);
    }
}
