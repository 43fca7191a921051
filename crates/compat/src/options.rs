//! The options of a comparison.

use std::collections::BTreeMap;

use crate::{Date, Ignore, Rule, Severity};

/// The options of a comparison.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Options {
    /// The current date, with which sunset dates are compared.
    pub today: Date,
    /// The number of days for which a deprecated operation has to stay. If it
    /// is not 0, every newly deprecated operation needs a sunset date
    /// (`x-sunset`).
    pub grace_days: u32,
    /// Whether breaking changes require a new major version in `info.version`
    /// and are excused by one; `true` by default.
    pub semver: bool,
    /// Severities that replace the rules' own.
    pub severities: BTreeMap<Rule, Severity>,
    /// Findings that have been reviewed and accepted.
    pub ignore: Vec<Ignore>,
}

impl Options {
    /// Creates the default options: the rules' own severities, nothing ignored,
    /// no grace period.
    #[must_use]
    pub fn new(today: Date) -> Self {
        Self {
            today,
            grace_days: 0,
            semver: true,
            severities: BTreeMap::new(),
            ignore: Vec::new(),
        }
    }
}
