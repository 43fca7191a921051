//! Comparison of the operations of two documents.

mod callbacks;
mod content;
mod headers;
mod lifecycle;
mod links;
mod media;
mod members;
mod oauth;
mod parameters;
mod servers;

use std::collections::{BTreeSet, HashSet};

use crate::{
    Options, Rule,
    api::{Api, Key, METHODS, Operation},
    error::DocumentError,
    findings::{Findings, Subject},
    rule::GeneralRule,
    schemas::Schemas,
    security,
    source::Source,
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
    let sources = (&old.source, &new.source);
    let mut items = HashSet::new();
    for (key, before) in &old.operations {
        let (pairs, rest) = same_template(before, new.operations.get(key));
        for (before, after) in pairs {
            operation(old, new, before, after, options, findings)?;
            if items.insert((before.item.address(), after.item.address())) {
                path_item(sources, before, after, findings);
            }
        }
        for before in rest {
            removed(key, before, new, options, findings);
        }
    }
    for (key, after) in &new.operations {
        let (_, rest) = same_template(after, old.operations.get(key));
        for after in rest {
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
    }
    let mut schemas = Schemas::new(&old.source, &new.source, findings, &document);
    let parent = |api: &Api<'_>| {
        let has_webhooks = api.source.root.get("webhooks").is_some();
        if has_webhooks { "/webhooks" } else { "" }
    };
    callbacks::compare(
        &mut schemas,
        &old.webhooks,
        &new.webhooks,
        (parent(old), parent(new)),
        &callbacks::WEBHOOKS,
    )?;
    document_security(old, new, findings);
    oauth::compare(old, new, findings);
    let roots = (old.source.root(), new.source.root());
    let has_none = old.servers.is_empty() || new.servers.is_empty();
    // Most documents of Swagger 2.0 do not state the host.
    if !old.source.is_converted || !has_none {
        let urls = (old.servers.as_slice(), new.servers.as_slice());
        servers::compare(urls, (&roots.0, &roots.1), &document, findings);
    }
    members::compare(sources, (&roots.0, &roots.1), &ROOT, &document, findings);
    Ok(())
}

/// The members of a document in any dialect.
const ROOT: [&str; 19] = [
    "$self",
    "basePath",
    "components",
    "consumes",
    "definitions",
    "externalDocs",
    "host",
    "info",
    "openapi",
    "parameters",
    "paths",
    "produces",
    "responses",
    "schemes",
    "security",
    "securityDefinitions",
    "servers",
    "swagger",
    "webhooks",
];

/// The members of an operation in any dialect.
const OPERATION: [&str; 12] = [
    "callbacks",
    "consumes",
    "deprecated",
    "operationId",
    "parameters",
    "produces",
    "requestBody",
    "responses",
    "schemes",
    "security",
    "servers",
    "tags",
];

/// Returns the operations of one path and method that are in both documents: by
/// their templates, and the remaining ones in their order. Templates that differ in
/// the names of parameters are rarely in one document, because they are the same
/// path.
fn same_template<'o, 'd>(
    these: &'o [Operation<'d>],
    others: Option<&'o Vec<Operation<'d>>>,
) -> (
    Vec<(&'o Operation<'d>, &'o Operation<'d>)>,
    Vec<&'o Operation<'d>>,
) {
    let mut others: Vec<&Operation<'d>> = others.into_iter().flatten().collect();
    let mut pairs = Vec::new();
    let mut rest = Vec::new();
    for operation in these {
        let equal = others
            .iter()
            .position(|it| it.template == operation.template);
        match equal {
            Some(index) => pairs.push((operation, others.remove(index))),
            None => rest.push(operation),
        }
    }
    let matched = rest.len().min(others.len());
    pairs.extend(rest.drain(..matched).zip(others));
    (pairs, rest)
}

fn path_item<'d>(
    sources: (&Source<'d>, &Source<'d>),
    before: &Operation<'d>,
    after: &Operation<'d>,
    findings: &mut Findings<'d>,
) {
    let has_reference = |operation: &Operation<'_>| operation.item.value.get("$ref").is_some();
    // The members beside a reference are undefined.
    let known = if has_reference(before) || has_reference(after) {
        vec!["$ref"]
    } else {
        let mut known = vec!["additionalOperations", "parameters", "servers"];
        known.extend(METHODS);
        known
    };
    let nodes = (&before.item, &after.item);
    members::compare(sources, nodes, &known, &Subject::default(), findings);
}

/// Compares the security requirements of the documents, if an operation of both
/// documents inherits them.
fn document_security(old: &Api<'_>, new: &Api<'_>, findings: &mut Findings<'_>) {
    let mut inheriting = old.operations.iter().filter(|(key, before)| {
        let inherits =
            |all: &[Operation<'_>]| all.iter().any(|operation| operation.security.is_none());
        let after = new.operations.get(*key);
        inherits(before) && after.is_some_and(|after| inherits(after))
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
    if before.servers.is_some() || after.servers.is_some() {
        let or_all = |own: &Option<Vec<String>>, all: &Vec<String>| {
            own.clone().unwrap_or_else(|| all.clone())
        };
        let urls = (
            or_all(&before.servers, &old.servers),
            or_all(&after.servers, &new.servers),
        );
        let nodes = (&before.node, &after.node);
        servers::compare((&urls.0, &urls.1), nodes, &subject, findings);
    }
    let sources = (&old.source, &new.source);
    members::compare(
        sources,
        (&before.node, &after.node),
        &OPERATION,
        &subject,
        findings,
    );
    let mut schemas = Schemas::new(&old.source, &new.source, findings, &subject);
    callbacks::compare(
        &mut schemas,
        &before.callbacks,
        &after.callbacks,
        (&before.node.pointer, &after.node.pointer),
        &callbacks::CALLBACKS,
    )?;
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
