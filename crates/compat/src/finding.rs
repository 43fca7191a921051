//! What a comparison finds: the difference, how grave it is, and where it
//! stands on both sides.

use std::{fmt, str::FromStr};

use super::Rule;

/// How grave a difference is for the clients of an API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// No client notices, or only for the better.
    Safe,
    /// Some clients may break.
    Risky,
    /// Clients that keep to the old document break.
    Breaking,
}

impl Severity {
    /// Every severity, the least first.
    pub const ALL: [Self; 3] = [Self::Safe, Self::Risky, Self::Breaking];

    pub(super) const fn as_str(self) -> &'static str {
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

/// A name no severity has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is none of `breaking`, `risky` and `safe`")]
pub struct UnknownSeverity(String);

impl FromStr for Severity {
    type Err = UnknownSeverity;

    fn from_str(name: &str) -> Result<Self, UnknownSeverity> {
        let found = Self::ALL.into_iter().find(|it| it.as_str() == name);
        found.ok_or_else(|| UnknownSeverity(name.to_owned()))
    }
}

/// One difference between two documents.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// What it is called.
    pub rule: Rule,
    /// How grave it is.
    pub severity: Severity,
    /// Whose contract it is about: `POST /todos`; none for the whole document.
    pub operation: Option<String>,
    /// Where it stands in the old document, as a JSON Pointer (RFC 6901); for
    /// what is new, the place it is missing from.
    pub old_pointer: String,
    /// Where it stands in the new document; none when nothing around it is
    /// left.
    pub new_pointer: Option<String>,
    /// The difference in a sentence.
    pub message: String,
    /// The Rust item behind it: the nearest `x-rust-item` around its place.
    pub item: Option<String>,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: ", self.severity, self.rule)?;
        if let Some(operation) = &self.operation {
            write!(f, "{operation}: ")?;
        }
        f.write_str(&self.message)
    }
}
