//! The life of an operation: how stable it is, whether it is deprecated, and
//! when it goes (`x-stability-level`, `deprecated`, `x-sunset`).

use super::{
    Date, DateError, Options,
    findings::{Findings, Subject},
    rule::Around,
    source::Node,
    view::Operation,
};

/// How much clients may rely on an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stability {
    Draft,
    Alpha,
    Beta,
    Stable,
}

impl Stability {
    /// What an operation says; none when it says nothing or nonsense.
    pub(super) fn of(node: &Node<'_>) -> Option<Self> {
        match node.text("x-stability-level")? {
            "draft" => Some(Self::Draft),
            "alpha" => Some(Self::Alpha),
            "beta" => Some(Self::Beta),
            "stable" => Some(Self::Stable),
            _ => None,
        }
    }

    pub(super) fn is_unstable(self) -> bool {
        matches!(self, Self::Draft | Self::Alpha)
    }
}

/// When an operation goes, where it says so.
pub(super) fn sunset(node: &Node<'_>) -> Option<Result<Date, DateError>> {
    let sunset = node.value.get("x-sunset")?;
    let text = sunset
        .as_str()
        .map_or_else(|| sunset.to_string(), ToOwned::to_owned);
    // Some tools write a date with a time.
    let date = text.split('T').next().unwrap_or_default();
    Some(date.parse())
}

pub(super) fn compare(
    before: &Operation<'_>,
    after: &Operation<'_>,
    options: &Options,
    subject: &Subject,
    findings: &mut Findings<'_>,
) {
    stability(before, after, subject, findings);
    let (old, new) = (before.node.pointer.clone(), after.node.pointer.clone());
    let mut add =
        |rule: Around, words: String| findings.add(subject, rule, old.clone(), new.clone(), words);
    if before.is_deprecated() && !after.is_deprecated() {
        return add(Around::Reactivated, "it is no longer deprecated".to_owned());
    }
    if !after.is_deprecated() {
        return;
    }
    let is_new = !before.is_deprecated();
    if is_new {
        add(Around::Deprecated, "it is deprecated".to_owned());
    }
    let earlier = sunset(&before.node).filter(|_| !is_new);
    match (earlier, sunset(&after.node)) {
        (Some(_), None) => add(
            Around::SunsetDeleted,
            "its sunset is gone, and it still is deprecated".to_owned(),
        ),
        (None, None) if is_new && options.grace_days > 0 => {
            let words = format!(
                "it goes after {} days at the earliest and does not say when",
                options.grace_days
            );
            add(Around::SunsetMissing, words);
        }
        (None, None) => {}
        // What cannot be read, and could not be read before, has not changed.
        (Some(Err(_)), Some(Err(_)))
            if before.node.value["x-sunset"] == after.node.value["x-sunset"] => {}
        (_, Some(Err(error))) => add(
            Around::SunsetUnreadable,
            format!("its sunset cannot be read: {error}"),
        ),
        (Some(Ok(one)), Some(Ok(other))) if other < one => {
            add(
                Around::SunsetEarlier,
                format!("its sunset moved from {one} to {other}"),
            );
        }
        (Some(Ok(one)), Some(Ok(other))) if other > one => {
            add(
                Around::SunsetLater,
                format!("its sunset moved from {one} to {other}"),
            );
        }
        (Some(Ok(_)), Some(Ok(_))) => {}
        (_, Some(Ok(sunset))) => {
            let grace = i64::from(options.grace_days);
            if sunset.number() < options.today.number() + grace {
                let words = format!(
                    "it goes on {sunset}, sooner than {grace} days after {}",
                    options.today
                );
                add(Around::SunsetTooNear, words);
            }
        }
    }
}

fn stability(
    before: &Operation<'_>,
    after: &Operation<'_>,
    subject: &Subject,
    findings: &mut Findings<'_>,
) {
    const KEY: &str = "x-stability-level";
    let place = |operation: &Operation<'_>| format!("{}/{KEY}", operation.node.pointer);
    let (was, is) = (Stability::of(&before.node), Stability::of(&after.node));
    if is.is_none()
        && let Some(level) = after.node.value.get(KEY)
        && before.node.value.get(KEY) != Some(level)
    {
        let words = format!("{level} is none of draft, alpha, beta and stable");
        findings.add(
            subject,
            Around::StabilityInvalid,
            before.node.pointer.clone(),
            place(after),
            words,
        );
        return;
    }
    // What says nothing is stable.
    let (was, is) = (
        was.unwrap_or(Stability::Stable),
        is.unwrap_or(Stability::Stable),
    );
    if was != is {
        let (rule, way) = if is < was {
            (Around::StabilityDecreased, "down")
        } else {
            (Around::StabilityIncreased, "up")
        };
        let words = format!("its stability went {way}, from {was:?} to {is:?}").to_lowercase();
        findings.add(
            subject,
            rule,
            before.node.pointer.clone(),
            after.node.pointer.clone(),
            words,
        );
    }
}
