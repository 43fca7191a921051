//! What libFuzzer says of a run, read from its log: how much was tried, how far it got, and what broke.

use std::fmt;

/// How much was tried, and how far it got.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Figures {
    executions: u64,
    per_second: u64,
    edges: u64,
    features: u64,
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            executions,
            per_second,
            edges,
            features,
        } = self;
        write!(
            f,
            "{executions} executions, {per_second}/s, {edges} edges, {features} features"
        )
    }
}

/// The figures of a log: those of its last lines that have any.
pub(super) fn figures(log: &str) -> Figures {
    let mut figures = Figures::default();
    for line in log.lines() {
        let mut words = line.split_whitespace();
        while let Some(word) = words.next() {
            let place = match word {
                "cov:" => &mut figures.edges,
                "ft:" => &mut figures.features,
                "stat::number_of_executed_units:" => &mut figures.executions,
                "stat::average_exec_per_sec:" => &mut figures.per_second,
                _ => continue,
            };
            if let Some(number) = words.next().and_then(|word| word.parse().ok()) {
                *place = number;
            }
        }
    }
    figures
}

/// What broke: from the panic's words, or libFuzzer's own, to the end, without the figures.
pub(super) fn verdict(log: &str) -> String {
    let lines: Vec<&str> = log.lines().collect();
    let begins = |line: &&str| line.starts_with("thread '") || line.contains("ERROR: libFuzzer");
    let start = lines.iter().position(begins).unwrap_or_default();
    let of_interest = |line: &&&str| !line.starts_with("stat::") && !line.starts_with('#');
    let said = lines[start..].iter().filter(of_interest).take(60);
    said.copied().collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOG: &str = "INFO: Seed: 1\n\
        #2\tINITED cov: 10 ft: 20 corp: 1/1b exec/s: 0 rss: 30Mb\n\
        #4096\tpulse  cov: 800 ft: 2000 corp: 90/4Kb lim: 43 exec/s: 2048 rss: 40Mb\n\
        thread '<unnamed>' panicked at src/decode.rs:1:1:\n\
        the server alone refuses\n\
        ==1== ERROR: libFuzzer: deadly signal\n\
        stat::number_of_executed_units: 5000\n\
        stat::average_exec_per_sec:     2500\n";

    #[test]
    fn the_last_figures_count() {
        let expected = Figures {
            executions: 5000,
            per_second: 2500,
            edges: 800,
            features: 2000,
        };
        assert_eq!(figures(LOG), expected);
        assert_eq!(figures(""), Figures::default());
    }

    #[test]
    fn the_verdict_begins_with_the_panic() {
        assert_eq!(
            verdict(LOG),
            "thread '<unnamed>' panicked at src/decode.rs:1:1:\n\
             the server alone refuses\n\
             ==1== ERROR: libFuzzer: deadly signal"
        );
    }
}
