//! The result of a comparison.

use crate::{Finding, Ignore, Ignored, Severity};

/// All differences between two documents.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// The findings, by descending severity and then by operation; that the version
    /// does not announce them comes after them.
    pub findings: Vec<Finding>,
    /// The findings that [`Options::ignore`](crate::Options::ignore) accepts.
    pub ignored: Vec<Ignored>,
    /// The entries of [`Options::ignore`](crate::Options::ignore) that match no
    /// finding.
    pub stale: Vec<Ignore>,
    /// Whether the new document has a new major version (before 1.0 a new minor
    /// version), which excuses breaking changes.
    pub is_excused: bool,
}

impl Report {
    /// Sorts the findings and determines the stale entries.
    pub(crate) fn new(
        mut findings: Vec<Finding>,
        ignored: Vec<Ignored>,
        ignore: &[Ignore],
        is_excused: bool,
    ) -> Self {
        findings.sort_by(|one, other| {
            let key = |it: &Finding| {
                (
                    it.rule.follows_from_others(),
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
        // Two media types with one schema produce the same findings.
        findings.dedup();
        let is_stale = |entry: &&Ignore| !ignored.iter().any(|it| entry.matches(&it.finding));
        let stale = ignore.iter().filter(is_stale).cloned().collect();
        Self {
            findings,
            ignored,
            stale,
            is_excused,
        }
    }

    /// Returns whether a finding of this severity or a higher one is not excused by
    /// a new major version. At [`Severity::Safe`] no finding is excused: the
    /// documents must not differ.
    #[must_use]
    pub fn fails(&self, level: Severity) -> bool {
        self.findings.iter().any(|it| self.counts(it, level))
    }

    /// Returns whether this finding makes the report [fail](Self::fails).
    pub(crate) fn counts(&self, finding: &Finding, level: Severity) -> bool {
        finding.severity >= level && (level == Severity::Safe || !self.excuses(finding))
    }

    /// Returns whether the new version excuses this finding.
    pub(crate) fn excuses(&self, finding: &Finding) -> bool {
        self.is_excused && finding.severity > Severity::Safe && finding.rule.is_excused_by_version()
    }

    /// Returns the number of findings of this severity.
    #[must_use]
    pub fn count(&self, severity: Severity) -> usize {
        let of_it = self.findings.iter().filter(|it| it.severity == severity);
        of_it.count()
    }

    /// Returns the numbers of findings as text.
    pub(crate) fn summary(&self) -> String {
        let [breaking, risky, safe] =
            [Severity::Breaking, Severity::Risky, Severity::Safe].map(|it| self.count(it));
        let mut summary = format!("{breaking} breaking, {risky} risky, {safe} safe");
        if !self.ignored.is_empty() {
            summary.push_str(&format!(", {} ignored", self.ignored.len()));
        }
        if self.is_excused && breaking + risky > 0 {
            summary.push_str("; excused by the new version");
        }
        summary
    }
}
