//! Comparison of response headers.

use purlin_openapi::Dialect;

use super::{
    members,
    parameters::{style_severity, types},
};
use crate::{
    Rule,
    api::Header,
    error::DocumentError,
    rule::{GeneralRule, SchemaChange, SchemaLocation},
    schemas::Schemas,
};

/// The members of a header in OpenAPI 3.
const HEADER: [&str; 6] = [
    "content",
    "deprecated",
    "explode",
    "required",
    "schema",
    "style",
];

/// Compares two headers.
pub(super) fn compare<'d>(
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
    let location = SchemaLocation::ResponseHeader;
    let is_2_0 = [schemas.old.dialect, schemas.new.dialect].contains(&Dialect::V2_0);
    let deprecated = [&old.node, &new.node].map(|it| it.is_true("deprecated"));
    let change = match deprecated {
        _ if is_2_0 => None,
        [false, true] => Some((SchemaChange::BecameDeprecated, "is now deprecated")),
        [true, false] => Some((SchemaChange::BecameActive, "is no longer deprecated")),
        _ => None,
    };
    if let Some((change, message)) = change {
        let message = format!("{label} {message}");
        let pointers = (old.node.pointer.clone(), new.node.pointer.clone());
        let (rule, subject) = (Rule::schema(location, change), schemas.subject);
        schemas
            .findings
            .add(subject, rule, pointers.0, pointers.1, message);
    }
    let was = types(schemas.old, &old.schema)?;
    let is = types(schemas.new, &new.schema)?;
    if old.style != new.style
        && let Some(severity) = style_severity((&old.style, was), (&new.style, is))
    {
        let message = format!(
            "{label} is serialized as {} instead of {}",
            new.style, old.style
        );
        let pointers = (old.node.pointer.clone(), new.node.pointer.clone());
        let (rule, subject) = (GeneralRule::HeaderStyleChanged.into(), schemas.subject);
        schemas
            .findings
            .add_as(severity, subject, rule, pointers.0, pointers.1, message);
    }
    if !is_2_0 {
        members::compare(
            (schemas.old, schemas.new),
            (&old.node, &new.node),
            &HEADER,
            schemas.subject,
            schemas.findings,
        );
    }
    schemas.compare(&old.schema, &new.schema, location, label)
}
