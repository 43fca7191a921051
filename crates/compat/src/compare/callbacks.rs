//! Comparison of the requests that the server sends: webhooks and callbacks. Clients
//! receive these requests, so that their bodies are compared as those of responses,
//! and send the responses, which are compared as request bodies.

use std::collections::BTreeMap;

use super::{media::content, members};
use crate::{
    Severity,
    api::{Callback, Operation, Response},
    error::DocumentError,
    pairing::paired,
    rule::{GeneralRule, SchemaLocation},
    schemas::Schemas,
};

/// The rules for webhooks or callbacks.
pub(super) struct Rules {
    noun: &'static str,
    removed: GeneralRule,
    added: GeneralRule,
    changed: GeneralRule,
}

pub(super) const WEBHOOKS: Rules = Rules {
    noun: "webhook",
    removed: GeneralRule::WebhookRemoved,
    added: GeneralRule::WebhookAdded,
    changed: GeneralRule::WebhookChanged,
};

pub(super) const CALLBACKS: Rules = Rules {
    noun: "callback",
    removed: GeneralRule::CallbackRemoved,
    added: GeneralRule::CallbackAdded,
    changed: GeneralRule::CallbackChanged,
};

/// Compares webhooks or callbacks by name. `parents` are the pointers of what has
/// them.
pub(super) fn compare<'d>(
    schemas: &mut Schemas<'_, 'd>,
    old: &BTreeMap<String, Callback<'d>>,
    new: &BTreeMap<String, Callback<'d>>,
    parents: (&str, &str),
    rules: &Rules,
) -> Result<(), DocumentError> {
    for (name, pair) in paired(old, new) {
        let label = format!("the {} `{name}`", rules.noun);
        match pair {
            (Some(old), Some(new)) => callback(schemas, &label, old, new, rules)?,
            (Some(old), None) => {
                let pointers = (old.node.pointer.clone(), parents.1.to_owned());
                let message = format!("{label} was removed");
                add(schemas, rules.removed, pointers, message);
            }
            (None, Some(new)) => {
                let pointers = (parents.0.to_owned(), new.node.pointer.clone());
                let message = format!("{label} was added");
                add(schemas, rules.added, pointers, message);
            }
            (None, None) => {}
        }
    }
    Ok(())
}

fn add(
    schemas: &mut Schemas<'_, '_>,
    rule: GeneralRule,
    pointers: (String, String),
    message: String,
) {
    let subject = schemas.subject;
    schemas
        .findings
        .add(subject, rule, pointers.0, pointers.1, message);
}

fn callback<'d>(
    schemas: &mut Schemas<'_, 'd>,
    label: &str,
    old: &Callback<'d>,
    new: &Callback<'d>,
    rules: &Rules,
) -> Result<(), DocumentError> {
    for (method, pair) in paired(&old.operations, &new.operations) {
        match pair {
            (Some(before), Some(after)) => operation(schemas, label, before, after, rules)?,
            (Some(before), None) => {
                let pointers = (before.node.pointer.clone(), new.node.pointer.clone());
                let message = format!("{label}: {method} was removed");
                add(schemas, rules.removed, pointers, message);
            }
            (None, Some(after)) => {
                let pointers = (old.node.pointer.clone(), after.node.pointer.clone());
                let message = format!("{label}: {method} was added");
                add(schemas, rules.added, pointers, message);
            }
            (None, None) => {}
        }
    }
    Ok(())
}

fn operation<'d>(
    schemas: &mut Schemas<'_, 'd>,
    label: &str,
    before: &Operation<'d>,
    after: &Operation<'d>,
    rules: &Rules,
) -> Result<(), DocumentError> {
    let pointers = || (before.node.pointer.clone(), after.node.pointer.clone());
    match (&before.body, &after.body) {
        (None, None) => {}
        (Some(old), Some(new)) => {
            content(
                schemas,
                (&old.content, &new.content),
                (old.node.pointer.clone(), new.node.pointer.clone()),
                [
                    GeneralRule::ResponseMediaTypeRemoved,
                    GeneralRule::ResponseMediaTypeAdded,
                ],
                SchemaLocation::ResponseBody,
                &format!("{label}: the body"),
            )?;
            if old.required != new.required {
                let message = format!("{label}: the body became optional or required");
                add(schemas, rules.changed, pointers(), message);
            }
        }
        (Some(_), None) => {
            let message = format!("{label}: the body was removed");
            add(schemas, rules.changed, pointers(), message);
        }
        (None, Some(_)) => {
            let message = format!("{label}: a body was added");
            add(schemas, rules.changed, pointers(), message);
        }
    }
    for (status, pair) in paired(&before.responses, &after.responses) {
        match pair {
            (Some(old), Some(new)) => response(schemas, label, status, old, new)?,
            (Some(_), None) => {
                let message = format!("{label}: the {status} response was removed");
                add(schemas, rules.changed, pointers(), message);
            }
            (None, _) => {
                let message = format!("{label}: the {status} response was added");
                let (old, new) = pointers();
                let rule = rules.changed.into();
                let subject = schemas.subject;
                schemas
                    .findings
                    .add_as(Severity::Safe, subject, rule, old, new, message);
            }
        }
    }
    members::compare(
        (schemas.old, schemas.new),
        (&before.node, &after.node),
        &["deprecated", "operationId", "requestBody", "responses"],
        schemas.subject,
        schemas.findings,
    );
    Ok(())
}

fn response<'d>(
    schemas: &mut Schemas<'_, 'd>,
    label: &str,
    status: &str,
    old: &Response<'d>,
    new: &Response<'d>,
) -> Result<(), DocumentError> {
    content(
        schemas,
        (&old.content, &new.content),
        (old.node.pointer.clone(), new.node.pointer.clone()),
        [
            GeneralRule::BodyMediaTypeRemoved,
            GeneralRule::BodyMediaTypeAdded,
        ],
        SchemaLocation::RequestBody,
        &format!("{label}: the {status} response"),
    )?;
    members::compare(
        (schemas.old, schemas.new),
        (&old.node, &new.node),
        &["content"],
        schemas.subject,
        schemas.findings,
    );
    Ok(())
}
