//! Comparison of the operations of two documents.

mod content;
mod lifecycle;
mod parameters;

use std::collections::BTreeSet;

use crate::{
    Options, Rule,
    api::{Api, Key, Operation},
    error::DocumentError,
    findings::{Findings, Subject},
    rule::GeneralRule,
    schemas::Schemas,
    security,
};
use lifecycle::Stability;

/// Compares two documents.
pub(crate) fn compare<'d>(
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
        let message = "the operation was added".to_owned();
        findings.add(
            &subject,
            GeneralRule::OperationAdded,
            "/paths",
            after.node.pointer.clone(),
            message,
        );
    }
    for (name, node) in &old.webhooks {
        if !new.webhooks.contains_key(name) {
            let message = format!("the webhook `{name}` was removed");
            findings.add(
                &document,
                GeneralRule::WebhookRemoved,
                node.pointer.clone(),
                None,
                message,
            );
        }
    }
    for (name, node) in &new.webhooks {
        if !old.webhooks.contains_key(name) {
            let message = format!("the webhook `{name}` was added");
            findings.add(
                &document,
                GeneralRule::WebhookAdded,
                "",
                node.pointer.clone(),
                message,
            );
        }
    }
    document_security(old, new, findings);
    Ok(())
}

/// Compares the security requirements of the documents, if an operation of both
/// documents inherits them.
fn document_security(old: &Api<'_>, new: &Api<'_>, findings: &mut Findings<'_>) {
    let mut inheriting = old.operations.iter().filter(|(key, before)| {
        let after = new.operations.get(*key);
        before.security.is_none() && after.is_some_and(|after| after.security.is_none())
    });
    if inheriting.next().is_none() {
        return;
    }
    let pointer = |api: &Api<'_>| match api.source.root.get("security") {
        Some(_) => "/security",
        None => "",
    };
    let changes = security::changes(&old.security, &new.security, &security::OF_DOCUMENT);
    for (rule, message) in changes {
        let (old, new) = (pointer(old), pointer(new).to_owned());
        findings.add(&Subject::default(), rule, old, new, message);
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
        pointers: None,
        is_unstable: stability.is_some_and(Stability::is_unstable),
    };
    let rest_of_path = new.operations.keys().any(|(path, _)| *path == key.0);
    let whole_path = |whole: GeneralRule, one: GeneralRule| -> Rule {
        if rest_of_path {
            one.into()
        } else {
            whole.into()
        }
    };
    let (rule, message) = match lifecycle::sunset(&operation.node) {
        _ if !operation.is_deprecated() => (
            whole_path(GeneralRule::PathRemoved, GeneralRule::OperationRemoved),
            "the operation was removed without deprecation".to_owned(),
        ),
        Some(Err(error)) => (
            whole_path(
                GeneralRule::PathSunsetUnreadable,
                GeneralRule::SunsetUnreadable,
            ),
            format!("the operation was removed and its sunset date is invalid: {error}"),
        ),
        Some(Ok(sunset)) if options.today < sunset => (
            whole_path(
                GeneralRule::PathRemovedEarly,
                GeneralRule::OperationRemovedEarly,
            ),
            format!("the operation was removed before its sunset date {sunset}"),
        ),
        _ => (
            whole_path(
                GeneralRule::PathRemovedDeprecated,
                GeneralRule::OperationRemovedDeprecated,
            ),
            "the deprecated operation was removed".to_owned(),
        ),
    };
    findings.add(
        &subject,
        rule,
        operation.node.pointer.clone(),
        None,
        message,
    );
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
        pointers: Some((before.node.pointer.clone(), after.node.pointer.clone())),
        is_unstable: Stability::of(&before.node).is_some_and(Stability::is_unstable),
    };
    lifecycle::compare(before, after, options, &subject, findings);
    names(before, after, &subject, findings);
    // A change that both inherit from the document is reported once.
    if before.security.is_some() || after.security.is_some() {
        let required =
            |own: &Option<Vec<_>>, all: &Vec<_>| own.clone().unwrap_or_else(|| all.clone());
        let changes = security::changes(
            &required(&before.security, &old.security),
            &required(&after.security, &new.security),
            &security::OF_OPERATION,
        );
        for (rule, message) in changes {
            let (old, new) = (before.node.pointer.clone(), after.node.pointer.clone());
            findings.add(&subject, rule, old, new, message);
        }
    }
    let mut schemas = Schemas::new(&old.source, &new.source, findings, &subject);
    parameters::compare(&mut schemas, before, after)?;
    content::request(&mut schemas, before, after)?;
    content::responses(&mut schemas, before, after)
}

/// Compares the operation id and the tags, by which generators name and group methods.
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
            let message = format!("the operation id changed from `{one}` to `{other}`");
            findings.add(
                subject,
                GeneralRule::OperationIdRemoved,
                at(before, "operationId"),
                at(after, "operationId"),
                message,
            );
        }
        (Some(one), None) => {
            let message = format!("the operation id `{one}` was removed");
            findings.add(
                subject,
                GeneralRule::OperationIdRemoved,
                at(before, "operationId"),
                new.pointer.clone(),
                message,
            );
        }
        (None, Some(other)) => {
            let message = format!("the operation id `{other}` was added");
            findings.add(
                subject,
                GeneralRule::OperationIdAdded,
                old.pointer.clone(),
                at(after, "operationId"),
                message,
            );
        }
        _ => {}
    }
    let tags: [BTreeSet<&str>; 2] = [before.tags().collect(), after.tags().collect()];
    let [old_tags, new_tags] = tags;
    for tag in old_tags.difference(&new_tags) {
        let message = format!("the tag `{tag}` was removed");
        findings.add(
            subject,
            GeneralRule::TagRemoved,
            at(before, "tags"),
            new.pointer.clone(),
            message,
        );
    }
    for tag in new_tags.difference(&old_tags) {
        let message = format!("the tag `{tag}` was added");
        findings.add(
            subject,
            GeneralRule::TagAdded,
            old.pointer.clone(),
            at(after, "tags"),
            message,
        );
    }
}
