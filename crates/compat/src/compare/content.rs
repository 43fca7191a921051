//! Comparison of the request body and the responses of an operation.

use crate::{
    api::{Content, Header, Operation, Response},
    error::DocumentError,
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
        // A status that is not listed is described by `default`.
        let or_default = |operation: &'o Operation<'d>| {
            let is_failure = status.starts_with(['4', '5']);
            let default = is_failure.then(|| operation.responses.get("default"));
            default.flatten()
        };
        match (before.responses.get(status), after.responses.get(status)) {
            (Some(old), Some(new)) => response(schemas, status, old, new)?,
            (Some(old), None) => {
                let rule = if is_success {
                    GeneralRule::SuccessStatusRemoved
                } else {
                    GeneralRule::FailureStatusRemoved
                };
                if let Some(new) = or_default(after) {
                    response(schemas, status, old, new)?;
                }
                let message = format!("the {status} response was removed");
                schemas.findings.add(
                    schemas.subject,
                    rule,
                    old.node.pointer.clone(),
                    of(after),
                    message,
                );
            }
            (None, Some(new)) => {
                let rule = if is_success {
                    GeneralRule::SuccessStatusAdded
                } else {
                    GeneralRule::FailureStatusAdded
                };
                if let Some(old) = or_default(before) {
                    response(schemas, status, old, new)?;
                }
                let message = format!("the {status} response was added");
                schemas.findings.add(
                    schemas.subject,
                    rule,
                    of(before),
                    new.node.pointer.clone(),
                    message,
                );
            }
            (None, None) => {}
        }
    }
    Ok(())
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
    for (_, pair) in paired(&old.headers, &new.headers) {
        match pair {
            (Some(one), Some(other)) => header(schemas, status, one, other)?,
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

fn header<'d>(
    schemas: &mut Schemas<'_, 'd>,
    status: &str,
    old: &Header<'d>,
    new: &Header<'d>,
) -> Result<(), DocumentError> {
    let label = format!("the {status} response, the header {}", new.name);
    let became = match (old.required, new.required) {
        (Some(true), Some(false)) => Some((GeneralRule::HeaderBecameOptional, "optional")),
        (Some(false), Some(true)) => Some((GeneralRule::HeaderBecameRequired, "required")),
        _ => None,
    };
    if let Some((rule, word)) = became {
        let (old, new) = (old.node.pointer.clone(), new.node.pointer.clone());
        schemas.findings.add(
            schemas.subject,
            rule,
            old,
            new,
            format!("{label} became {word}"),
        );
    }
    schemas.compare(
        &old.schema,
        &new.schema,
        SchemaLocation::ResponseHeader,
        label,
    )
}

/// Compares media types and their schemas. `rules` are those for a removed and an
/// added media type.
fn content<'d>(
    schemas: &mut Schemas<'_, 'd>,
    (old, new): (&Content<'d>, &Content<'d>),
    pointers: (String, String),
    rules: [GeneralRule; 2],
    location: SchemaLocation,
    label: &str,
) -> Result<(), DocumentError> {
    let [removed, added] = rules;
    // It is not known which media types of an ambiguous list apply: one in common suffices.
    let is_ambiguous = old.is_ambiguous || new.is_ambiguous;
    let in_common = old.media.keys().any(|name| new.find(name).is_some());
    for (name, schema) in &old.media {
        if let Some((_, other)) = new.find(name) {
            schemas.compare(schema, other, location, format!("{label} ({name})"))?;
        } else if !is_ambiguous || !in_common {
            let message = format!("{label}: {name} was removed");
            schemas.findings.add(
                schemas.subject,
                removed,
                schema.pointer.clone(),
                pointers.1.clone(),
                message,
            );
        }
    }
    for (name, schema) in &new.media {
        if old.find(name).is_none() && (!is_ambiguous || !in_common) {
            let message = format!("{label}: {name} was added");
            schemas.findings.add(
                schemas.subject,
                added,
                pointers.0.clone(),
                schema.pointer.clone(),
                message,
            );
        }
    }
    Ok(())
}
