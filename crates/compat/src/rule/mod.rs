//! The rules: their names, severities and descriptions.
//!
//! Rules about the values that a schema allows exist once for each of six
//! locations: a change that narrows the values breaks requests, a change that
//! widens them breaks responses. The names are those of oasdiff where it has one
//! (<https://www.oasdiff.com/docs/checks>).

mod general;
mod schema;

pub(crate) use general::GeneralRule;
pub(crate) use schema::{SchemaChange, SchemaLocation};

use std::{fmt, str::FromStr};

use crate::Severity;

/// A kind of difference between two documents, with a name and a severity.
///
/// ```
/// use purlin_compat::{Rule, Severity};
///
/// let rule: Rule = "request-property-max-decreased".parse()?;
/// assert_eq!(rule.severity(), Severity::Breaking);
/// let rule: Rule = "response-property-max-decreased".parse()?;
/// assert_eq!(rule.severity(), Severity::Safe);
/// # Ok::<(), purlin_compat::UnknownRule>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rule(RuleKind);

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum RuleKind {
    General(GeneralRule),
    Schema(SchemaLocation, SchemaChange),
}

/// A string that is not the name of a rule.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown rule `{0}`")]
pub struct UnknownRule(String);

const COUNT: usize = GeneralRule::ALL.len() + SchemaChange::ALL.len() * SchemaLocation::ALL.len();

impl Rule {
    /// All rules.
    pub const ALL: &'static [Self] = &Self::all();

    const fn all() -> [Self; COUNT] {
        let mut all = [Self(RuleKind::General(GeneralRule::PathRemoved)); COUNT];
        let mut at = 0;
        while at < GeneralRule::ALL.len() {
            all[at] = Self(RuleKind::General(GeneralRule::ALL[at]));
            at += 1;
        }
        let mut change = 0;
        while change < SchemaChange::ALL.len() {
            let mut location = 0;
            while location < SchemaLocation::ALL.len() {
                all[at] = Self(RuleKind::Schema(
                    SchemaLocation::ALL[location],
                    SchemaChange::ALL[change],
                ));
                at += 1;
                location += 1;
            }
            change += 1;
        }
        all
    }

    /// Returns the name of the rule: `request-property-removed`.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self.0 {
            RuleKind::General(rule) => rule.definition().0,
            RuleKind::Schema(location, change) => change.definition().0[location as usize],
        }
    }

    /// Returns the severity of the rule;
    /// [`Options::severities`](crate::Options::severities) may replace it.
    #[must_use]
    pub const fn severity(self) -> Severity {
        match self.0 {
            RuleKind::General(rule) => rule.definition().1,
            RuleKind::Schema(location, change) => match location {
                SchemaLocation::RequestParameter
                | SchemaLocation::RequestBody
                | SchemaLocation::RequestProperty => change.definition().1[0],
                _ => change.definition().1[1],
            },
        }
    }

    /// Returns a short description of the difference.
    #[must_use]
    pub const fn description(self) -> &'static str {
        match self.0 {
            RuleKind::General(rule) => rule.definition().2,
            RuleKind::Schema(_, change) => change.definition().2,
        }
    }

    /// Returns whether a new major version excuses the difference. It does not
    /// excuse a missed sunset date or an invalid value.
    #[must_use]
    pub const fn is_excused_by_version(self) -> bool {
        !matches!(
            self.0,
            RuleKind::General(
                GeneralRule::PathRemovedEarly
                    | GeneralRule::PathSunsetUnreadable
                    | GeneralRule::OperationRemovedEarly
                    | GeneralRule::SunsetMissing
                    | GeneralRule::SunsetUnreadable
                    | GeneralRule::SunsetTooNear
                    | GeneralRule::SunsetDeleted
                    | GeneralRule::SunsetEarlier
                    | GeneralRule::StabilityInvalid
                    | GeneralRule::VersionNotBumped
                    | GeneralRule::VersionDecreased
                    | GeneralRule::MajorVersionNotBumped
            )
        )
    }

    /// Returns whether it reports that the version does not announce what other findings report.
    pub(crate) const fn follows_from_others(self) -> bool {
        matches!(
            self.0,
            RuleKind::General(GeneralRule::VersionNotBumped | GeneralRule::MajorVersionNotBumped)
        )
    }

    pub(crate) const fn schema(location: SchemaLocation, change: SchemaChange) -> Self {
        Self(RuleKind::Schema(location, change))
    }
}

impl From<GeneralRule> for Rule {
    fn from(rule: GeneralRule) -> Self {
        Self(RuleKind::General(rule))
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.id())
    }
}

impl FromStr for Rule {
    type Err = UnknownRule;

    fn from_str(name: &str) -> Result<Self, UnknownRule> {
        let found = Self::ALL.iter().find(|rule| rule.id() == name);
        found.copied().ok_or_else(|| UnknownRule(name.to_owned()))
    }
}
