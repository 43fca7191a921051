//! The severity of a difference.

use std::{fmt, str::FromStr};

/// The severity of a difference for the clients of an API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Severity {
    /// No client breaks.
    Safe,
    /// Some clients may break.
    Risky,
    /// Clients that conform to the old document break.
    Breaking,
}

impl Severity {
    /// All severities in ascending order.
    pub const ALL: &'static [Self] = &[Self::Safe, Self::Risky, Self::Breaking];

    /// Returns the name of the severity: `breaking`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Safe => "safe",
            Self::Risky => "risky",
            Self::Breaking => "breaking",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A string that is not the name of a severity.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown severity `{0}`; use `breaking`, `risky` or `safe`")]
pub struct UnknownSeverity(String);

impl FromStr for Severity {
    type Err = UnknownSeverity;

    fn from_str(name: &str) -> Result<Self, UnknownSeverity> {
        let found = Self::ALL.iter().find(|it| it.as_str() == name);
        found
            .copied()
            .ok_or_else(|| UnknownSeverity(name.to_owned()))
    }
}
