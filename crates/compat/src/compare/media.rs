//! Comparison of the media types of a body.

use std::collections::{BTreeMap, BTreeSet};

use super::members;
use crate::{
    Rule, Severity,
    api::{Content, Media},
    error::DocumentError,
    pairing::paired,
    rule::{GeneralRule, SchemaLocation},
    same::same,
    schemas::Schemas,
    source::Node,
};

/// Compares media types and their schemas. `rules` are those for a removed and an
/// added media type.
pub(super) fn content<'d>(
    schemas: &mut Schemas<'_, 'd>,
    (old, new): (&Content<'d>, &Content<'d>),
    pointers: (String, String),
    rules: [GeneralRule; 2],
    location: SchemaLocation,
    label: &str,
) -> Result<(), DocumentError> {
    let [removed, added] = rules;
    // It is not known which media types of an ambiguous list apply: one in common suffices.
    let is_ambiguous = schemas.old.is_converted && (old.is_ambiguous || new.is_ambiguous);
    let in_common = old.media.keys().any(|name| !new.find(name).is_empty());
    for (name, other) in pairs(old, new) {
        if let (Some(one), Some(another)) = (old.media.get(&name), new.media.get(&other)) {
            media(
                schemas,
                one,
                another,
                location,
                &format!("{label} ({name})"),
            )?;
        }
    }
    let severity = |rule: GeneralRule| Rule::from(rule).severity();
    for (name, media) in &old.media {
        if new.allows(name) || (is_ambiguous && in_common) {
            continue;
        }
        let is_narrower = !new.find(name).is_empty();
        let (severity, verb) = match (is_narrower, location.is_request()) {
            // A part of the range is still sent.
            (true, false) => (Severity::Safe, "was replaced by a narrower one"),
            _ => (severity(removed), "was removed"),
        };
        let (old, new) = (media.schema.pointer.clone(), pointers.1.clone());
        let (subject, message) = (schemas.subject, format!("{label}: {name} {verb}"));
        let rule = removed.into();
        schemas
            .findings
            .add_as(severity, subject, rule, old, new, message);
    }
    for (name, media) in &new.media {
        if old.allows(name) || (is_ambiguous && in_common) {
            continue;
        }
        let severity = match severity(added) {
            // Clients can hardly ask for what they know.
            Severity::Safe if name.contains('*') && !location.is_request() => Severity::Risky,
            severity => severity,
        };
        let (old, new) = (pointers.0.clone(), media.schema.pointer.clone());
        let (subject, message) = (schemas.subject, format!("{label}: {name} was added"));
        let rule = added.into();
        schemas
            .findings
            .add_as(severity, subject, rule, old, new, message);
    }
    Ok(())
}

/// Returns which media types of the documents describe the same bodies.
fn pairs(old: &Content<'_>, new: &Content<'_>) -> BTreeSet<(String, String)> {
    let mut pairs = BTreeSet::new();
    for name in old.media.keys() {
        for (other, _) in new.find(name) {
            pairs.insert((name.clone(), other.clone()));
        }
    }
    for name in new.media.keys() {
        for (other, _) in old.find(name) {
            pairs.insert((other.clone(), name.clone()));
        }
    }
    // A range does not describe a media type that is listed beside it.
    let is_exact = |content: &Content<'_>, name: &String| content.media.contains_key(name);
    pairs.retain(|(one, other)| one == other || !(is_exact(old, other) || is_exact(new, one)));
    pairs
}

fn media<'d>(
    schemas: &mut Schemas<'_, 'd>,
    old: &Media<'d>,
    new: &Media<'d>,
    location: SchemaLocation,
    label: &str,
) -> Result<(), DocumentError> {
    schemas.compare(&old.schema, &new.schema, location, label.to_owned())?;
    if old.items.is_some() || new.items.is_some() {
        let items = |media: &Media<'d>| {
            let anything = || Node::anything(&media.schema.pointer);
            media.items.clone().unwrap_or_else(anything)
        };
        let label = format!("{label} [each item]");
        schemas.compare(&items(old), &items(new), location.item(), label)?;
    }
    if let (Some(one), Some(other)) = (&old.node, &new.node) {
        encodings(schemas, (one, other), location, label)?;
        members::compare(
            (schemas.old, schemas.new),
            (one, other),
            &["encoding", "itemSchema", "schema"],
            schemas.subject,
            schemas.findings,
        );
    }
    Ok(())
}

/// Compares how the properties of a form are encoded.
fn encodings<'d>(
    schemas: &mut Schemas<'_, 'd>,
    (old, new): (&Node<'d>, &Node<'d>),
    location: SchemaLocation,
    label: &str,
) -> Result<(), DocumentError> {
    let before: BTreeMap<_, _> = schemas.old.members(old, "encoding")?.into_iter().collect();
    let after: BTreeMap<_, _> = schemas.new.members(new, "encoding")?.into_iter().collect();
    for (name, pair) in paired(&before, &after) {
        if let (Some(one), Some(other)) = pair
            && same(
                (schemas.old, schemas.new),
                one,
                other,
                &mut schemas.findings.known,
            )
        {
            continue;
        }
        let severity = match pair {
            (Some(one), Some(other)) if location.is_request() => severity(one, other),
            _ => Severity::Risky,
        };
        let pointer = |node: Option<&Node<'d>>, parent: &Node<'d>| {
            node.map_or_else(|| parent.pointer.clone(), |it| it.pointer.clone())
        };
        let message = format!("{label}: the encoding of `{name}` changed");
        let subject = schemas.subject;
        schemas.findings.add_as(
            severity,
            subject,
            GeneralRule::EncodingChanged.into(),
            pointer(pair.0, old),
            pointer(pair.1, new),
            message,
        );
    }
    Ok(())
}

/// Returns the severity of a change of the encoding of a part of a request: breaking
/// if a content type is no longer accepted, safe if it is only another one.
fn severity(old: &Node<'_>, new: &Node<'_>) -> Severity {
    let types = |node: &Node<'_>| -> Option<BTreeSet<String>> {
        let listed = node.text("contentType")?.split(',');
        Some(listed.map(|it| it.trim().to_ascii_lowercase()).collect())
    };
    let is_other_equal =
        |key: &str| key == "contentType" || old.value.get(key) == new.value.get(key);
    let keys = [old, new].into_iter().filter_map(|it| it.value.as_object());
    let is_only_type = keys.flatten().all(|(key, _)| is_other_equal(key));
    match (types(old), types(new)) {
        (Some(before), Some(after)) => {
            let has_ranges = after.iter().any(|it| it.contains('*'));
            if !has_ranges && !before.is_subset(&after) {
                Severity::Breaking
            } else if is_only_type && before.is_subset(&after) {
                Severity::Safe
            } else {
                Severity::Risky
            }
        }
        _ => Severity::Risky,
    }
}
