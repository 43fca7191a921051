//! Comparison of the life cycle of an operation: stability, deprecation and sunset
//! date (`x-stability-level`, `deprecated`, `x-sunset`).

use crate::{
    Date, DateError, Options,
    api::Operation,
    findings::{Findings, Subject},
    rule::GeneralRule,
    source::Node,
};

/// The stability level of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Stability {
    Draft,
    Alpha,
    Beta,
    Stable,
}

impl Stability {
    /// Reads the level of an operation; none if it is absent or invalid.
    pub(crate) fn of(node: &Node<'_>) -> Option<Self> {
        match node.text("x-stability-level")? {
            "draft" => Some(Self::Draft),
            "alpha" => Some(Self::Alpha),
            "beta" => Some(Self::Beta),
            "stable" => Some(Self::Stable),
            _ => None,
        }
    }

    pub(crate) fn is_unstable(self) -> bool {
        matches!(self, Self::Draft | Self::Alpha)
    }
}

/// Reads the sunset date of an operation.
pub(crate) fn sunset(node: &Node<'_>) -> Option<Result<Date, DateError>> {
    let sunset = node.value.get("x-sunset")?;
    let text = sunset
        .as_str()
        .map_or_else(|| sunset.to_string(), ToOwned::to_owned);
    // Some tools write a date and a time.
    let date = text.split('T').next().unwrap_or_default();
    Some(date.parse())
}

/// Compares the life cycle of an operation.
pub(crate) fn compare(
    before: &Operation<'_>,
    after: &Operation<'_>,
    options: &Options,
    subject: &Subject,
    findings: &mut Findings<'_>,
) {
    stability(before, after, subject, findings);
    let (old, new) = (before.node.pointer.clone(), after.node.pointer.clone());
    let mut add = |rule: GeneralRule, message: String| {
        findings.add(subject, rule, old.clone(), new.clone(), message)
    };
    if before.is_deprecated() && !after.is_deprecated() {
        return add(
            GeneralRule::Reactivated,
            "the operation is no longer deprecated".to_owned(),
        );
    }
    if !after.is_deprecated() {
        return;
    }
    let is_new = !before.is_deprecated();
    if is_new {
        add(
            GeneralRule::Deprecated,
            "the operation is now deprecated".to_owned(),
        );
    }
    let earlier = sunset(&before.node).filter(|_| !is_new);
    match (earlier, sunset(&after.node)) {
        (Some(_), None) => add(
            GeneralRule::SunsetDeleted,
            "the sunset date of the deprecated operation was removed".to_owned(),
        ),
        (None, None) if is_new && options.grace_days > 0 => {
            let message = format!(
                "the operation has to stay for {} days and has no sunset date",
                options.grace_days
            );
            add(GeneralRule::SunsetMissing, message);
        }
        (None, None) => {}
        // An invalid date that was there before has not changed.
        (Some(Err(_)), Some(Err(_)))
            if before.node.value["x-sunset"] == after.node.value["x-sunset"] => {}
        (_, Some(Err(error))) => add(
            GeneralRule::SunsetUnreadable,
            format!("the sunset date is invalid: {error}"),
        ),
        (Some(Ok(one)), Some(Ok(other))) if other < one => {
            add(
                GeneralRule::SunsetEarlier,
                format!("the sunset date moved from {one} to {other}"),
            );
        }
        (Some(Ok(one)), Some(Ok(other))) if other > one => {
            add(
                GeneralRule::SunsetLater,
                format!("the sunset date moved from {one} to {other}"),
            );
        }
        (Some(Ok(_)), Some(Ok(_))) => {}
        (_, Some(Ok(sunset))) => {
            let grace = i64::from(options.grace_days);
            if sunset.days_since(options.today) < grace {
                let message = format!(
                    "the sunset date {sunset} is less than {grace} days after {}",
                    options.today
                );
                add(GeneralRule::SunsetTooNear, message);
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
    let pointer = |operation: &Operation<'_>| format!("{}/{KEY}", operation.node.pointer);
    let (was, is) = (Stability::of(&before.node), Stability::of(&after.node));
    if is.is_none()
        && let Some(level) = after.node.value.get(KEY)
        && before.node.value.get(KEY) != Some(level)
    {
        let message = format!("the stability level {level} is not draft, alpha, beta or stable");
        findings.add(
            subject,
            GeneralRule::StabilityInvalid,
            before.node.pointer.clone(),
            pointer(after),
            message,
        );
        return;
    }
    // Without a level an operation is stable.
    let (was, is) = (
        was.unwrap_or(Stability::Stable),
        is.unwrap_or(Stability::Stable),
    );
    if was != is {
        let (rule, verb) = if is < was {
            (GeneralRule::StabilityDecreased, "decreased")
        } else {
            (GeneralRule::StabilityIncreased, "increased")
        };
        let message = format!("the stability level {verb} from {was:?} to {is:?}").to_lowercase();
        findings.add(
            subject,
            rule,
            before.node.pointer.clone(),
            after.node.pointer.clone(),
            message,
        );
    }
}
