//! Comparison of the request body and the responses of an operation.

use super::{headers, links, media::content, members};
use crate::{
    Rule, Severity,
    api::{Operation, Response},
    error::DocumentError,
    findings::{Findings, NO_SEVERITIES, Subject},
    pairing::paired,
    rule::{GeneralRule, SchemaLocation},
    schemas::Schemas,
};

/// Compares the request body.
pub(crate) fn request<'d>(
    schemas: &mut Schemas<'_, 'd>,
    before: &Operation<'d>,
    after: &Operation<'d>,
) -> Result<(), DocumentError> {
    let (old, new) = match (&before.body, &after.body) {
        (None, None) => return Ok(()),
        (Some(old), None) => {
            let message = "the request body was removed".to_owned();
            let (old, new) = (old.node.pointer.clone(), after.node.pointer.clone());
            schemas
                .findings
                .add(schemas.subject, GeneralRule::BodyRemoved, old, new, message);
            return Ok(());
        }
        (None, Some(new)) => {
            let (rule, message) = if new.required {
                (
                    GeneralRule::BodyAddedRequired,
                    "a required request body was added",
                )
            } else {
                (
                    GeneralRule::BodyAddedOptional,
                    "an optional request body was added",
                )
            };
            let (old, new) = (before.node.pointer.clone(), new.node.pointer.clone());
            schemas
                .findings
                .add(schemas.subject, rule, old, new, message.to_owned());
            return Ok(());
        }
        (Some(old), Some(new)) => (old, new),
    };
    let pointers = (old.node.pointer.clone(), new.node.pointer.clone());
    let became = match (old.required, new.required) {
        (false, true) => Some((GeneralRule::BodyBecameRequired, "required")),
        (true, false) => Some((GeneralRule::BodyBecameOptional, "optional")),
        _ => None,
    };
    if let Some((rule, word)) = became {
        let message = format!("the request body became {word}");
        schemas.findings.add(
            schemas.subject,
            rule,
            pointers.0.clone(),
            pointers.1.clone(),
            message,
        );
    }
    let rules = [
        GeneralRule::BodyMediaTypeRemoved,
        GeneralRule::BodyMediaTypeAdded,
    ];
    content(
        schemas,
        (&old.content, &new.content),
        pointers,
        rules,
        SchemaLocation::RequestBody,
        "the request body",
    )
}

/// Compares the responses.
pub(crate) fn responses<'o, 'd>(
    schemas: &mut Schemas<'_, 'd>,
    before: &'o Operation<'d>,
    after: &'o Operation<'d>,
) -> Result<(), DocumentError> {
    let of = |operation: &Operation<'d>| match operation.node.value.get("responses") {
        Some(_) => format!("{}/responses", operation.node.pointer),
        None => operation.node.pointer.clone(),
    };
    let entries = |operation: &'_ Operation<'d>| -> Vec<&'d str> {
        operation.responses.keys().copied().collect()
    };
    let mut statuses = entries(before);
    statuses.extend(entries(after));
    statuses.sort_unstable();
    statuses.dedup();
    for status in statuses {
        let is_success = status.starts_with('2');
        match (before.responses.get(status), after.responses.get(status)) {
            (Some(old), Some(new)) => response(schemas, status, old, new)?,
            (Some(old), None) => {
                let rule = if is_success {
                    GeneralRule::SuccessStatusRemoved
                } else {
                    GeneralRule::FailureStatusRemoved
                };
                let differs = match described(after, status) {
                    Some(by) => unlisted(schemas, status, old, by.response, &by)?,
                    None => false,
                };
                let message = format!("the {status} response was removed");
                let pointers = (old.node.pointer.clone(), of(after));
                add_status(schemas, rule, differs, pointers, message);
            }
            (None, Some(new)) => {
                let rule = if is_success {
                    GeneralRule::SuccessStatusAdded
                } else {
                    GeneralRule::FailureStatusAdded
                };
                let differs = match described(before, status) {
                    Some(by) => unlisted(schemas, status, by.response, new, &by)?,
                    None => false,
                };
                let message = format!("the {status} response was added");
                let pointers = (of(before), new.node.pointer.clone());
                add_status(schemas, rule, differs, pointers, message);
            }
            (None, None) => {}
        }
    }
    Ok(())
}

fn add_status(
    schemas: &mut Schemas<'_, '_>,
    rule: GeneralRule,
    differs: bool,
    (old, new): (String, String),
    message: String,
) {
    let rule = Rule::from(rule);
    let severity = if differs {
        rule.severity().max(Severity::Risky)
    } else {
        rule.severity()
    };
    let subject = schemas.subject;
    schemas
        .findings
        .add_as(severity, subject, rule, old, new, message);
}

/// What describes a status that is not listed.
struct Fallback<'o, 'd> {
    response: &'o Response<'d>,
    /// Whether it may be meant for other statuses: `default` often describes errors,
    /// as it does beside a success status.
    is_vague: bool,
}

/// Returns the range, otherwise `default`, for a status that is not listed.
fn described<'o, 'd>(operation: &'o Operation<'d>, status: &str) -> Option<Fallback<'o, 'd>> {
    let responses = &operation.responses;
    if status == "default" {
        return None;
    }
    let class = status.get(..1)?;
    let is_range = |key: &&str| key.eq_ignore_ascii_case(&format!("{class}XX"));
    if let Some((_, response)) = responses.iter().find(|(key, _)| is_range(key)) {
        return Some(Fallback {
            response,
            is_vague: false,
        });
    }
    let has_success = responses.keys().any(|key| key.starts_with('2'));
    Some(Fallback {
        response: responses.get("default")?,
        is_vague: match class {
            "4" | "5" => false,
            "2" => has_success,
            _ => true,
        },
    })
}

/// Compares the response to a status that only one of the documents lists with what
/// describes it in the other one. Returns whether they differ without a finding of
/// their own.
fn unlisted<'d>(
    schemas: &mut Schemas<'_, 'd>,
    status: &str,
    old: &Response<'d>,
    new: &Response<'d>,
    by: &Fallback<'_, 'd>,
) -> Result<bool, DocumentError> {
    if !by.is_vague {
        response(schemas, status, old, new)?;
        return Ok(false);
    }
    let (before, after) = (schemas.old, schemas.new);
    let mut findings = Findings::new(before.root, after.root, &NO_SEVERITIES);
    let subject = Subject::default();
    let mut apart = Schemas::new(before, after, &mut findings, &subject);
    response(&mut apart, status, old, new)?;
    let mut severities = findings.all.iter().map(|it| it.severity);
    Ok(severities.any(|it| it > Severity::Safe))
}

fn response<'d>(
    schemas: &mut Schemas<'_, 'd>,
    status: &str,
    old: &Response<'d>,
    new: &Response<'d>,
) -> Result<(), DocumentError> {
    let pointers = (old.node.pointer.clone(), new.node.pointer.clone());
    let rules = [
        GeneralRule::ResponseMediaTypeRemoved,
        GeneralRule::ResponseMediaTypeAdded,
    ];
    let label = format!("the {status} response");
    content(
        schemas,
        (&old.content, &new.content),
        pointers.clone(),
        rules,
        SchemaLocation::ResponseBody,
        &label,
    )?;
    links::compare(schemas, &label, old, new)?;
    members::compare(
        (schemas.old, schemas.new),
        (&old.node, &new.node),
        &["content", "headers", "links", "schema"],
        schemas.subject,
        schemas.findings,
    );
    for (_, pair) in paired(&old.headers, &new.headers) {
        match pair {
            (Some(one), Some(other)) => headers::compare(schemas, status, one, other)?,
            (Some(removed), None) => {
                let rule = if removed.required == Some(true) {
                    GeneralRule::RequiredHeaderRemoved
                } else {
                    GeneralRule::OptionalHeaderRemoved
                };
                let message = format!(
                    "the {status} response: the header {} was removed",
                    removed.name
                );
                schemas.findings.add(
                    schemas.subject,
                    rule,
                    removed.node.pointer.clone(),
                    pointers.1.clone(),
                    message,
                );
            }
            (None, Some(added)) => {
                let message = format!("the {status} response: the header {} was added", added.name);
                let pointer = added.node.pointer.clone();
                schemas.findings.add(
                    schemas.subject,
                    GeneralRule::HeaderAdded,
                    pointers.0.clone(),
                    pointer,
                    message,
                );
            }
            (None, None) => {}
        }
    }
    Ok(())
}
