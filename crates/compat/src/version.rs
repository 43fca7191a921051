//! The version of an API and whether its increase is sufficient for the changes.
//! Semantic Versioning 2.0.0 (<https://semver.org>): a breaking change needs a new
//! major version, before 1.0 a new minor version.

use std::cmp::Ordering;

use serde_json::Value;

use crate::{
    Severity,
    findings::{Findings, Subject},
    rule::GeneralRule,
};

const POINTER: &str = "/info/version";

/// A version such as `1.2.3`, `v1.2` or `1`, without its suffix after `-` or `+`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Version([u64; 3]);

impl Version {
    fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let text = text.strip_prefix('v').unwrap_or(text);
        let core = text.split(['-', '+']).next().unwrap_or_default();
        let mut numbers = [0; 3];
        let mut parts = core.split('.');
        for number in &mut numbers {
            match parts.next() {
                Some(part) => *number = part.parse().ok()?,
                None => break,
            }
        }
        (!core.is_empty() && parts.next().is_none()).then_some(Self(numbers))
    }

    /// Returns whether the increase announces breaking changes.
    fn is_bump_of(self, old: Self) -> bool {
        let ([major, minor, _], [old_major, old_minor, _]) = (self.0, old.0);
        major > old_major || (major == 0 && old_major == 0 && minor > old_minor)
    }
}

/// Reports a version that does not announce the findings. Returns whether it
/// excuses them.
pub(crate) fn check(old: &Value, new: &Value, findings: &mut Findings<'_>) -> bool {
    let text = |document: &Value| {
        let version = document.pointer(POINTER).and_then(Value::as_str);
        version.unwrap_or_default().to_owned()
    };
    let (was, is) = (text(old), text(new));
    let versions = Version::parse(&was).zip(Version::parse(&is));
    let order = versions.map(|(was, is)| is.cmp(&was));
    let is_bumped = versions.is_some_and(|(was, is)| is.is_bump_of(was));
    let mut breaking = findings
        .all
        .iter()
        .filter(|it| it.severity == Severity::Breaking);
    let is_broken = breaking.any(|it| it.rule.is_excused_by_version());
    let mut add = |rule: GeneralRule, message: String| {
        findings.add(
            &Subject::default(),
            rule,
            POINTER,
            POINTER.to_owned(),
            message,
        );
    };
    if order == Some(Ordering::Less) {
        add(
            GeneralRule::VersionDecreased,
            format!("the version decreased from {was} to {is}"),
        );
    }
    if is_broken && was == is {
        add(
            GeneralRule::VersionNotBumped,
            format!("a change is breaking and the version is still `{is}`"),
        );
    }
    if is_broken && was != is && !is_bumped {
        let message = match versions {
            Some((Version([0, ..]), Version([0, ..]))) => {
                format!(
                    "a change is breaking and the minor version did not increase: from {was} to {is}"
                )
            }
            Some(_) => {
                format!(
                    "a change is breaking and the major version did not increase: from {was} to {is}"
                )
            }
            None => format!(
                "a change is breaking and the versions `{was}` and `{is}` cannot be ordered"
            ),
        };
        add(GeneralRule::MajorVersionNotBumped, message);
    }
    is_bumped
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_bump(old: &str, new: &str) -> Option<bool> {
        Some(Version::parse(new)?.is_bump_of(Version::parse(old)?))
    }

    #[test]
    fn a_major_version_or_before_1_0_a_minor_version_announces_breaking_changes() {
        assert_eq!(is_bump("1.9.0", "2.0.0"), Some(true));
        assert_eq!(is_bump("1.9.0", "1.10.0"), Some(false));
        assert_eq!(is_bump("0.9.0", "0.10"), Some(true));
        assert_eq!(is_bump("0.9.0", "0.9.1"), Some(false));
        assert_eq!(is_bump("0.9", "1"), Some(true));
        assert_eq!(is_bump("2.0.0", "1.0.0"), Some(false));
        assert_eq!(is_bump("v1", "v2-rc.1"), Some(true));
    }

    #[test]
    fn other_texts_are_not_versions() {
        for text in ["", "one", "1.2.3.4", "1..2", "1.x", "-1"] {
            assert_eq!(Version::parse(text), None, "{text}");
        }
    }
}
