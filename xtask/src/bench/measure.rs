//! One figure of one case of a benchmark: instructions counted by callgrind, or nanoseconds of wall time.

use std::path::Path;

use anyhow::{Result, anyhow};

use crate::run::cmd;

/// The iterations of the shorter and of the longer run.
#[derive(Clone, Copy)]
pub(super) struct Iterations(pub(super) u64, pub(super) u64);

/// For cases that take microseconds.
pub(super) const USUAL: Iterations = Iterations(200, 1200);

/// For cases of millions of instructions per iteration.
pub(super) const FEW: Iterations = Iterations(4, 12);

/// The command line of a benchmark.
#[derive(Clone, Copy)]
pub(super) enum Dialect {
    /// `CASE ITERATIONS`; only the function `measured` counts.
    Toggled,
    /// `--callgrind CASE ITERATIONS`; everything counts, and the difference of two runs excludes the set-up.
    Whole,
}

/// Returns the instructions of one iteration: the difference of two runs divided by the difference of their iterations.
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

/// Returns the nanoseconds per iteration of the fastest and the median round.
pub(super) fn wall(binary: &Path, case: &str) -> Result<(u64, u64)> {
    let printed = cmd(binary).args(["--wall", case]).read()?;
    let mut figures = printed
        .split_whitespace()
        .filter_map(|figure| figure.parse().ok());
    match (figures.next(), figures.next()) {
        (Some(fastest), Some(median)) => {
            eprintln!("{median:>12} ns            {case}");
            Ok((fastest, median))
        }
        _ => Err(anyhow!(
            "`--wall {case}` printed `{}`, not two numbers",
            printed.trim()
        )),
    }
}

/// Runs a case and returns the instructions that callgrind counted.
fn collected(binary: &Path, dialect: Dialect, case: &str, iterations: u64) -> Result<u64> {
    let valgrind = cmd("valgrind").args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]);
    let run = match dialect {
        Dialect::Toggled => valgrind
            .args(["--toggle-collect=*::measured"])
            .args([binary]),
        Dialect::Whole => valgrind.args([binary]).args(["--callgrind"]),
    };
    let (_, report) = run.args([case, &iterations.to_string()]).output()?;
    total(&report).ok_or_else(|| anyhow!("callgrind's report has no total:\n{report}"))
}

/// Returns the number in `==123== Collected : 4567` of callgrind's report.
pub(super) fn total(report: &str) -> Option<u64> {
    let line = report.lines().find(|line| line.contains("Collected :"))?;
    line.rsplit(' ').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn total_is_read_from_the_report() {
        let report = "==9== \n==9== Events    : Ir\n==9== Collected : 8124\n==9== \n";
        assert_eq!(total(report), Some(8124));
        assert_eq!(total("==9== nothing"), None);
    }
}
