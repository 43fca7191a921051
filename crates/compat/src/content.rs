//! Bodies, answers and headers of one operation in both documents.

use super::{
    operations::paired,
    rule::{Around, Place},
    schemas::Schemas,
    source::DocumentError,
    view::{Content, Header, Operation, Response},
};

/// The request's body.
pub(super) fn request<'d>(
    schemas: &mut Schemas<'_, 'd>,
    before: &Operation<'d>,
    after: &Operation<'d>,
) -> Result<(), DocumentError> {
    let (old, new) = match (&before.body, &after.body) {
        (None, None) => return Ok(()),
        (Some(old), None) => {
            let words = "the request body is gone".to_owned();
            let (old, new) = (old.node.pointer.clone(), after.node.pointer.clone());
            schemas
                .findings
                .add(schemas.subject, Around::BodyRemoved, old, new, words);
            return Ok(());
        }
        (None, Some(new)) => {
            let (rule, words) = if new.required {
                (Around::BodyAddedRequired, "a request body is required now")
            } else {
                (Around::BodyAddedOptional, "a request body may be sent now")
            };
            let (old, new) = (before.node.pointer.clone(), new.node.pointer.clone());
            schemas
                .findings
                .add(schemas.subject, rule, old, new, words.to_owned());
            return Ok(());
        }
        (Some(old), Some(new)) => (old, new),
    };
    let places = (old.node.pointer.clone(), new.node.pointer.clone());
    let became = match (old.required, new.required) {
        (false, true) => Some((Around::BodyBecameRequired, "required")),
        (true, false) => Some((Around::BodyBecameOptional, "optional")),
        _ => None,
    };
    if let Some((rule, word)) = became {
        let words = format!("the request body became {word}");
        schemas.findings.add(
            schemas.subject,
            rule,
            places.0.clone(),
            places.1.clone(),
            words,
        );
    }
    let rules = [Around::BodyMediaTypeRemoved, Around::BodyMediaTypeAdded];
    content(
        schemas,
        (&old.content, &new.content),
        places,
        rules,
        Place::RequestBody,
        "the request body",
    )
}

/// Every answer.
pub(super) fn responses<'o, 'd>(
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
        // What a status says that is not listed stands under `default`.
        let or_default = |operation: &'o Operation<'d>| {
            let is_failure = status.starts_with(['4', '5']);
            let default = is_failure.then(|| operation.responses.get("default"));
            default.flatten()
        };
        match (before.responses.get(status), after.responses.get(status)) {
            (Some(old), Some(new)) => response(schemas, status, old, new)?,
            (Some(old), None) => {
                let rule = if is_success {
                    Around::SuccessStatusRemoved
                } else {
                    Around::FailureStatusRemoved
                };
                if let Some(new) = or_default(after) {
                    response(schemas, status, old, new)?;
                }
                let words = format!("`{status}` is no answer any more");
                schemas.findings.add(
                    schemas.subject,
                    rule,
                    old.node.pointer.clone(),
                    of(after),
                    words,
                );
            }
            (None, Some(new)) => {
                let rule = if is_success {
                    Around::SuccessStatusAdded
                } else {
                    Around::FailureStatusAdded
                };
                if let Some(old) = or_default(before) {
                    response(schemas, status, old, new)?;
                }
                let words = format!("`{status}` is another answer");
                schemas.findings.add(
                    schemas.subject,
                    rule,
                    of(before),
                    new.node.pointer.clone(),
                    words,
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
    let places = (old.node.pointer.clone(), new.node.pointer.clone());
    let rules = [
        Around::ResponseMediaTypeRemoved,
        Around::ResponseMediaTypeAdded,
    ];
    let label = format!("the {status} response");
    content(
        schemas,
        (&old.content, &new.content),
        places.clone(),
        rules,
        Place::ResponseBody,
        &label,
    )?;
    for (_, pair) in paired(&old.headers, &new.headers) {
        match pair {
            (Some(one), Some(other)) => header(schemas, status, one, other)?,
            (Some(gone), None) => {
                let rule = if gone.required == Some(true) {
                    Around::RequiredHeaderRemoved
                } else {
                    Around::OptionalHeaderRemoved
                };
                let words = format!("the {status} response: the header {} is gone", gone.name);
                schemas.findings.add(
                    schemas.subject,
                    rule,
                    gone.node.pointer.clone(),
                    places.1.clone(),
                    words,
                );
            }
            (None, Some(added)) => {
                let words = format!("the {status} response: the header {} is new", added.name);
                let place = added.node.pointer.clone();
                schemas.findings.add(
                    schemas.subject,
                    Around::HeaderAdded,
                    places.0.clone(),
                    place,
                    words,
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
        (Some(true), Some(false)) => Some((Around::HeaderBecameOptional, "optional")),
        (Some(false), Some(true)) => Some((Around::HeaderBecameRequired, "required")),
        _ => None,
    };
    if let Some((rule, word)) = became {
        let (old, new) = (old.node.pointer.clone(), new.node.pointer.clone());
        schemas.findings.add(
            schemas.subject,
            rule,
            old,
            new,
            format!("{label}: it became {word}"),
        );
    }
    schemas.compare(&old.schema, &new.schema, Place::ResponseHeader, label)
}

/// Media types and their schemas. `rules` name one that went and one that came.
fn content<'d>(
    schemas: &mut Schemas<'_, 'd>,
    (old, new): (&Content<'d>, &Content<'d>),
    places: (String, String),
    rules: [Around; 2],
    place: Place,
    label: &str,
) -> Result<(), DocumentError> {
    let [gone, added] = rules;
    // Which of a vague list's media types there really are is not known: one in common is enough.
    let is_vague = old.is_vague || new.is_vague;
    let in_common = old.media.keys().any(|name| new.find(name).is_some());
    for (name, schema) in &old.media {
        if let Some((_, other)) = new.find(name) {
            schemas.compare(schema, other, place, format!("{label} ({name})"))?;
        } else if !is_vague || !in_common {
            let words = format!("{label}: {name} is gone");
            schemas.findings.add(
                schemas.subject,
                gone,
                schema.pointer.clone(),
                places.1.clone(),
                words,
            );
        }
    }
    for (name, schema) in &new.media {
        if old.find(name).is_none() && (!is_vague || !in_common) {
            let words = format!("{label}: {name} is new");
            schemas.findings.add(
                schemas.subject,
                added,
                places.0.clone(),
                schema.pointer.clone(),
                words,
            );
        }
    }
    Ok(())
}
