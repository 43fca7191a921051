//! The version of an API, and whether it went up enough for what changed.
//! Semantic Versioning 2.0.0 (<https://semver.org>): what breaks needs a new
//! major version, before 1.0 a new minor one.

use std::cmp::Ordering;

use serde_json::Value;

use super::{
    Severity,
    findings::{Findings, Subject},
    rule::Around,
};

const PLACE: &str = "/info/version";

/// `1.2.3`, `v1.2` or `1`, with what may follow a `-` or a `+` left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Version([u64; 3]);

impl Version {
    fn read(text: &str) -> Option<Self> {
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

    /// Whether clients have to expect everything to be different.
    fn is_bump_of(self, old: Self) -> bool {
        let ([major, minor, _], [old_major, old_minor, _]) = (self.0, old.0);
        major > old_major || (major == 0 && old_major == 0 && minor > old_minor)
    }
}

/// Reports a version that does not say what the findings do. Says whether it
/// excuses them.
pub(super) fn check(old: &Value, new: &Value, findings: &mut Findings<'_>) -> bool {
    let text = |document: &Value| {
        let version = document.pointer(PLACE).and_then(Value::as_str);
        version.unwrap_or_default().to_owned()
    };
    let (was, is) = (text(old), text(new));
    let versions = Version::read(&was).zip(Version::read(&is));
    let order = versions.map(|(was, is)| is.cmp(&was));
    let is_bumped = versions.is_some_and(|(was, is)| is.is_bump_of(was));
    let mut breaking = findings
        .all
        .iter()
        .filter(|it| it.severity == Severity::Breaking);
    let is_broken = breaking.any(|it| it.rule.is_excused_by_version());
    let mut add = |rule: Around, words: String| {
        findings.add(&Subject::default(), rule, PLACE, PLACE.to_owned(), words);
    };
    if order == Some(Ordering::Less) {
        add(
            Around::VersionDecreased,
            format!("the version went down, from {was} to {is}"),
        );
    }
    if is_broken && was == is {
        add(
            Around::VersionNotBumped,
            format!("something breaks, and the version still is `{is}`"),
        );
    }
    if is_broken && !is_bumped {
        let words = match versions {
            Some((Version([0, ..]), Version([0, ..]))) => {
                format!("something breaks, and the minor version did not go up: from {was} to {is}")
            }
            Some(_) => {
                format!("something breaks, and the major version did not go up: from {was} to {is}")
            }
            None => format!(
                "something breaks, and of `{was}` and `{is}` it is not known which is the greater one"
            ),
        };
        add(Around::MajorVersionNotBumped, words);
    }
    is_bumped
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_bump(old: &str, new: &str) -> Option<bool> {
        Some(Version::read(new)?.is_bump_of(Version::read(old)?))
    }

    #[test]
    fn a_major_version_excuses_and_before_1_0_a_minor_one() {
        assert_eq!(is_bump("1.9.0", "2.0.0"), Some(true));
        assert_eq!(is_bump("1.9.0", "1.10.0"), Some(false));
        assert_eq!(is_bump("0.9.0", "0.10"), Some(true));
        assert_eq!(is_bump("0.9.0", "0.9.1"), Some(false));
        assert_eq!(is_bump("0.9", "1"), Some(true));
        assert_eq!(is_bump("2.0.0", "1.0.0"), Some(false));
        assert_eq!(is_bump("v1", "v2-rc.1"), Some(true));
    }

    #[test]
    fn what_is_no_version_is_none() {
        for text in ["", "one", "1.2.3.4", "1..2", "1.x", "-1"] {
            assert_eq!(Version::read(text), None, "{text}");
        }
    }
}
