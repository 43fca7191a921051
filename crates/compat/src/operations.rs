//! Two documents: which operations came and went, and what is said of those
//! that are in both.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Options, Rule, content,
    findings::{Findings, Subject},
    life::{self, Stability},
    parameters,
    rule::Around,
    schemas::Schemas,
    security,
    source::DocumentError,
    view::{Api, Key, Operation},
};

/// Compares two documents.
pub(super) fn compare<'d>(
    old: &Api<'d>,
    new: &Api<'d>,
    options: &Options,
    findings: &mut Findings<'d>,
) -> Result<(), DocumentError> {
    let document = Subject::default();
    for (key, before) in &old.operations {
        match new.operations.get(key) {
            Some(after) => operation(old, new, before, after, options, findings)?,
            None => removed(key, before, new, options, findings),
        }
    }
    for (_, after) in new
        .operations
        .iter()
        .filter(|(key, _)| !old.operations.contains_key(*key))
    {
        let subject = Subject {
            operation: Some(after.name.clone()),
            ..Subject::default()
        };
        let words = "the operation is new".to_owned();
        findings.add(
            &subject,
            Around::OperationAdded,
            "/paths",
            after.node.pointer.clone(),
            words,
        );
    }
    for (name, node) in &old.webhooks {
        if !new.webhooks.contains_key(name) {
            let words = format!("the webhook `{name}` is gone");
            findings.add(
                &document,
                Around::WebhookRemoved,
                node.pointer.clone(),
                None,
                words,
            );
        }
    }
    for (name, node) in &new.webhooks {
        if !old.webhooks.contains_key(name) {
            let words = format!("the webhook `{name}` is new");
            findings.add(
                &document,
                Around::WebhookAdded,
                "",
                node.pointer.clone(),
                words,
            );
        }
    }
    everywhere(old, new, findings);
    Ok(())
}

/// The document's requirements, where any operation of both follows them.
fn everywhere(old: &Api<'_>, new: &Api<'_>, findings: &mut Findings<'_>) {
    let mut followed = old.operations.iter().filter(|(key, before)| {
        let after = new.operations.get(*key);
        before.security.is_none() && after.is_some_and(|after| after.security.is_none())
    });
    if followed.next().is_none() {
        return;
    }
    let place = |api: &Api<'_>| match api.source.root.get("security") {
        Some(_) => "/security",
        None => "",
    };
    let changes = security::changes(&old.security, &new.security, &security::OF_DOCUMENT);
    for (rule, words) in changes {
        let (old, new) = (place(old), place(new).to_owned());
        findings.add(&Subject::default(), rule, old, new, words);
    }
}

fn removed<'d>(
    key: &Key,
    operation: &Operation<'d>,
    new: &Api<'d>,
    options: &Options,
    findings: &mut Findings<'d>,
) {
    let stability = Stability::of(&operation.node);
    let subject = Subject {
        operation: Some(operation.name.clone()),
        places: None,
        is_unstable: stability.is_some_and(Stability::is_unstable),
    };
    let rest_of_path = new.operations.keys().any(|(path, _)| *path == key.0);
    let whole_path = |whole: Around, one: Around| -> Rule {
        if rest_of_path {
            one.into()
        } else {
            whole.into()
        }
    };
    let (rule, words) = match life::sunset(&operation.node) {
        _ if !operation.is_deprecated() => (
            whole_path(Around::PathRemoved, Around::OperationRemoved),
            "it is gone, and never was deprecated".to_owned(),
        ),
        Some(Err(error)) => (
            whole_path(Around::PathSunsetUnreadable, Around::SunsetUnreadable),
            format!("it is gone, and its sunset cannot be read: {error}"),
        ),
        Some(Ok(sunset)) if options.today < sunset => (
            whole_path(Around::PathRemovedEarly, Around::OperationRemovedEarly),
            format!("it is gone before its sunset on {sunset}"),
        ),
        _ => (
            whole_path(
                Around::PathRemovedDeprecated,
                Around::OperationRemovedDeprecated,
            ),
            "it is gone, as was announced".to_owned(),
        ),
    };
    findings.add(&subject, rule, operation.node.pointer.clone(), None, words);
}

fn operation<'d>(
    old: &Api<'d>,
    new: &Api<'d>,
    before: &Operation<'d>,
    after: &Operation<'d>,
    options: &Options,
    findings: &mut Findings<'d>,
) -> Result<(), DocumentError> {
    let subject = Subject {
        operation: Some(after.name.clone()),
        places: Some((before.node.pointer.clone(), after.node.pointer.clone())),
        is_unstable: Stability::of(&before.node).is_some_and(Stability::is_unstable),
    };
    life::compare(before, after, options, &subject, findings);
    names(before, after, &subject, findings);
    // Where both follow the document, the document's change is told once.
    if before.security.is_some() || after.security.is_some() {
        let required =
            |own: &Option<Vec<_>>, all: &Vec<_>| own.clone().unwrap_or_else(|| all.clone());
        let changes = security::changes(
            &required(&before.security, &old.security),
            &required(&after.security, &new.security),
            &security::OF_OPERATION,
        );
        for (rule, words) in changes {
            let (old, new) = (before.node.pointer.clone(), after.node.pointer.clone());
            findings.add(&subject, rule, old, new, words);
        }
    }
    let mut schemas = Schemas::new(&old.source, &new.source, findings, &subject);
    parameters::compare(&mut schemas, before, after)?;
    content::request(&mut schemas, before, after)?;
    content::responses(&mut schemas, before, after)
}

/// What generated clients are named and grouped after.
fn names(
    before: &Operation<'_>,
    after: &Operation<'_>,
    subject: &Subject,
    findings: &mut Findings<'_>,
) {
    let at = |operation: &Operation<'_>, key: &str| format!("{}/{key}", operation.node.pointer);
    let (old, new) = (&before.node, &after.node);
    match (old.text("operationId"), new.text("operationId")) {
        (Some(one), Some(other)) if one != other => {
            let words = format!("the operation id went from `{one}` to `{other}`");
            findings.add(
                subject,
                Around::OperationIdRemoved,
                at(before, "operationId"),
                at(after, "operationId"),
                words,
            );
        }
        (Some(one), None) => {
            let words = format!("the operation id `{one}` is gone");
            findings.add(
                subject,
                Around::OperationIdRemoved,
                at(before, "operationId"),
                new.pointer.clone(),
                words,
            );
        }
        (None, Some(other)) => {
            let words = format!("the operation id is `{other}` now");
            findings.add(
                subject,
                Around::OperationIdAdded,
                old.pointer.clone(),
                at(after, "operationId"),
                words,
            );
        }
        _ => {}
    }
    let tags: [BTreeSet<&str>; 2] = [before.tags().collect(), after.tags().collect()];
    let [old_tags, new_tags] = tags;
    for tag in old_tags.difference(&new_tags) {
        let words = format!("the tag `{tag}` is gone");
        findings.add(
            subject,
            Around::TagRemoved,
            at(before, "tags"),
            new.pointer.clone(),
            words,
        );
    }
    for tag in new_tags.difference(&old_tags) {
        let words = format!("the tag `{tag}` is new");
        findings.add(
            subject,
            Around::TagAdded,
            old.pointer.clone(),
            at(after, "tags"),
            words,
        );
    }
}

/// Things of both sides by what identifies them.
pub(super) fn paired<'v, K: Ord, T>(
    old: impl IntoIterator<Item = (K, &'v T)>,
    new: impl IntoIterator<Item = (K, &'v T)>,
) -> BTreeMap<K, (Option<&'v T>, Option<&'v T>)> {
    let mut all: BTreeMap<K, (Option<&'v T>, Option<&'v T>)> = BTreeMap::new();
    for (key, value) in old {
        all.entry(key).or_default().0 = Some(value);
    }
    for (key, value) in new {
        all.entry(key).or_default().1 = Some(value);
    }
    all
}
