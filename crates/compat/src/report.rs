//! What a comparison found, as a whole: what counts, what is ignored, what a
//! new version excuses.

use super::{Finding, Ignore, Severity};

/// Every difference between two documents.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// The gravest first, then by operation.
    pub findings: Vec<Finding>,
    /// What [`Options::ignore`](super::Options::ignore) took out.
    pub ignored: Vec<Ignored>,
    /// Entries of [`Options::ignore`](super::Options::ignore) that are about
    /// nothing any more.
    pub stale: Vec<Ignore>,
    /// Whether a new major version (before 1.0 a new minor one) tells clients
    /// to expect what breaks.
    pub is_excused: bool,
}

/// A finding that is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Ignored {
    /// What was found.
    pub finding: Finding,
    /// Why it is meant.
    pub reason: String,
}

impl Report {
    pub(super) fn new(
        mut findings: Vec<Finding>,
        ignored: Vec<Ignored>,
        ignore: &[Ignore],
        is_excused: bool,
    ) -> Self {
        findings.sort_by(|one, other| {
            let key = |it: &Finding| {
                (
                    it.operation.clone(),
                    it.old_pointer.clone(),
                    it.rule,
                    it.message.clone(),
                )
            };
            other
                .severity
                .cmp(&one.severity)
                .then_with(|| key(one).cmp(&key(other)))
        });
        // Two media types of one schema say the same twice.
        findings.dedup();
        let is_stale = |entry: &&Ignore| !ignored.iter().any(|it| entry.is_about(&it.finding));
        let stale = ignore.iter().filter(is_stale).cloned().collect();
        Self {
            findings,
            ignored,
            stale,
            is_excused,
        }
    }

    /// Whether anything of this severity, or a graver one, is not excused by a
    /// new major version. At [`Severity::Safe`] nothing is excused: nothing at
    /// all may differ.
    #[must_use]
    pub fn fails(&self, level: Severity) -> bool {
        self.findings.iter().any(|it| self.counts(it, level))
    }

    /// Whether this finding is one of those that make it fail.
    pub(super) fn counts(&self, finding: &Finding, level: Severity) -> bool {
        finding.severity >= level && (level == Severity::Safe || !self.excuses(finding))
    }

    pub(super) fn excuses(&self, finding: &Finding) -> bool {
        self.is_excused && finding.severity > Severity::Safe && finding.rule.is_excused_by_version()
    }

    /// How many findings are of this severity.
    #[must_use]
    pub fn count(&self, severity: Severity) -> usize {
        let of_it = self.findings.iter().filter(|it| it.severity == severity);
        of_it.count()
    }

    /// How many findings there are, in words.
    pub(super) fn summary(&self) -> String {
        let [safe, risky, breaking] = Severity::ALL.map(|severity| self.count(severity));
        let mut words = format!("{breaking} breaking, {risky} risky, {safe} safe");
        if !self.ignored.is_empty() {
            words.push_str(&format!(", {} ignored", self.ignored.len()));
        }
        if self.is_excused && breaking + risky > 0 {
            words.push_str("; the new version says so");
        }
        words
    }
}
