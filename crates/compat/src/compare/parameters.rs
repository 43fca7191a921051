//! Comparison of the parameters of an operation.

use purlin_openapi::Dialect;

use super::members;
use crate::{
    Rule, Severity,
    api::{Operation, Parameter},
    error::DocumentError,
    merged::MergedSchema,
    pairing::paired,
    rule::{GeneralRule, SchemaChange, SchemaLocation},
    schemas::Schemas,
    source::{Node, Source},
    type_set::TypeSet,
};

/// Compares the parameters of an operation.
pub(crate) fn compare<'d>(
    schemas: &mut Schemas<'_, 'd>,
    before: &Operation<'d>,
    after: &Operation<'d>,
) -> Result<(), DocumentError> {
    let of = |operation: &Operation<'d>| format!("{}/parameters", operation.node.pointer);
    fn keyed<'p, 'd>(parameter: &'p Parameter<'d>) -> (&'p str, &'p Parameter<'d>) {
        (&parameter.identity, parameter)
    }
    let all = paired(
        before.parameters.iter().map(keyed),
        after.parameters.iter().map(keyed),
    );
    for pair in all.into_values() {
        match pair {
            (Some(old), Some(new)) => both(schemas, old, new)?,
            (Some(old), None) => {
                let message = format!("{} was removed", label(old));
                let (pointer, new) = (
                    old.node.pointer.clone(),
                    existing(schemas, &of(after), after),
                );
                schemas.findings.add(
                    schemas.subject,
                    GeneralRule::ParameterRemoved,
                    pointer,
                    new,
                    message,
                );
            }
            (None, Some(new)) => {
                let rule = match (new.location, new.required) {
                    ("path", _) => GeneralRule::PathParameterAdded,
                    (_, true) => GeneralRule::ParameterAddedRequired,
                    (_, false) => GeneralRule::ParameterAddedOptional,
                };
                let kind = if new.required { "required" } else { "optional" };
                let message = format!("{} was added and is {kind}", label(new));
                let pointer = before.node.pointer.clone();
                schemas.findings.add(
                    schemas.subject,
                    rule,
                    pointer,
                    new.node.pointer.clone(),
                    message,
                );
            }
            (None, None) => {}
        }
    }
    Ok(())
}

/// Returns the pointer of the parameters, or of the operation if it has none.
fn existing(schemas: &Schemas<'_, '_>, list: &str, operation: &Operation<'_>) -> String {
    match schemas.new.root.pointer(list) {
        Some(_) => list.to_owned(),
        None => operation.node.pointer.clone(),
    }
}

fn both<'d>(
    schemas: &mut Schemas<'_, 'd>,
    old: &Parameter<'d>,
    new: &Parameter<'d>,
) -> Result<(), DocumentError> {
    let pointers = || (old.node.pointer.clone(), new.node.pointer.clone());
    let mut add = |rule: GeneralRule, message: String| {
        let (old, new) = pointers();
        schemas
            .findings
            .add(schemas.subject, rule, old, new, message);
    };
    match (old.required, new.required) {
        (false, true) => add(
            GeneralRule::ParameterBecameRequired,
            format!("{} became required", label(new)),
        ),
        (true, false) => add(
            GeneralRule::ParameterBecameOptional,
            format!("{} became optional", label(new)),
        ),
        _ => {}
    }
    if old.name != new.name && old.location == "path" {
        add(
            GeneralRule::ParameterRenamed,
            format!("{} was renamed to `{}`", label(old), new.name),
        );
    }
    style(schemas, old, new)?;
    flags(schemas, old, new)?;
    // In Swagger 2.0 the members are keywords of its schema.
    if ![schemas.old.dialect, schemas.new.dialect].contains(&Dialect::V2_0) {
        members::compare(
            (schemas.old, schemas.new),
            (&old.node, &new.node),
            &KNOWN,
            schemas.subject,
            schemas.findings,
        );
    }
    schemas.compare(
        &old.schema,
        &new.schema,
        SchemaLocation::RequestParameter,
        label(new),
    )
}

/// The members of a parameter in OpenAPI 3.
const KNOWN: [&str; 10] = [
    "allowEmptyValue",
    "allowReserved",
    "content",
    "deprecated",
    "explode",
    "in",
    "name",
    "required",
    "schema",
    "style",
];

/// Compares how the parameter is serialized.
fn style<'d>(
    schemas: &mut Schemas<'_, 'd>,
    old: &Parameter<'d>,
    new: &Parameter<'d>,
) -> Result<(), DocumentError> {
    if old.style == new.style {
        return Ok(());
    }
    let was = types(schemas.old, &old.schema)?;
    let is = types(schemas.new, &new.schema)?;
    let message = format!(
        "{} is serialized as {} instead of {}",
        label(new),
        new.style,
        old.style
    );
    let (old_pointer, new_pointer) = (old.node.pointer.clone(), new.node.pointer.clone());
    let rule = GeneralRule::ParameterStyleChanged;
    if let Some(severity) = style_severity((&old.style, was), (&new.style, is)) {
        let subject = schemas.subject;
        schemas.findings.add_as(
            severity,
            subject,
            rule.into(),
            old_pointer,
            new_pointer,
            message,
        );
    }
    Ok(())
}

/// Returns the severity of a change of the style for these types; none if it makes no
/// difference.
pub(super) fn style_severity(
    (old, was): (&str, TypeSet),
    (new, is): (&str, TypeSet),
) -> Option<Severity> {
    let composed = TypeSet::ARRAY.or(TypeSet::OBJECT);
    // These write single values in another way as well.
    let is_distinct = |style: &str| {
        style.contains('/') || style.starts_with("label") || style.starts_with("matrix")
    };
    let name = |style: &str| style.trim_end_matches(" exploded").to_owned();
    if (is_distinct(old) || is_distinct(new)) && name(old) != name(new) {
        return Some(Severity::Breaking);
    }
    if !was.intersects(composed) || !is.intersects(composed) {
        return None;
    }
    if was == TypeSet::ANY || is == TypeSet::ANY {
        return Some(Severity::Risky);
    }
    Some(Severity::Breaking)
}

pub(super) fn types<'d>(source: &Source<'d>, schema: &Node<'d>) -> Result<TypeSet, DocumentError> {
    Ok(MergedSchema::of(source, std::slice::from_ref(schema))?.types)
}

/// Compares `allowEmptyValue`, `allowReserved` and `deprecated`.
fn flags<'d>(
    schemas: &mut Schemas<'_, 'd>,
    old: &Parameter<'d>,
    new: &Parameter<'d>,
) -> Result<(), DocumentError> {
    let has = |key: &str| (old.node.is_true(key), new.node.is_true(key));
    let mut changes: Vec<(Severity, Rule, String)> = Vec::new();
    let mut change = |rule: Rule, message: &str| {
        changes.push((rule.severity(), rule, format!("{}: {message}", label(new))));
    };
    match has("allowEmptyValue") {
        (true, false) => change(
            GeneralRule::ParameterEmptyValueRejected.into(),
            "an empty value is no longer allowed",
        ),
        (false, true) => change(
            GeneralRule::ParameterEmptyValueAllowed.into(),
            "an empty value is allowed",
        ),
        _ => {}
    }
    let (before, after) = has("allowReserved");
    if before != after {
        let rule = GeneralRule::ParameterReservedChanged;
        change(rule.into(), "`allowReserved` changed");
    }
    if schemas.old.dialect != Dialect::V2_0 && schemas.new.dialect != Dialect::V2_0 {
        let location = SchemaLocation::RequestParameter;
        let rule = |change| Rule::schema(location, change);
        match has("deprecated") {
            (false, true) => change(
                rule(SchemaChange::BecameDeprecated),
                "the parameter is now deprecated",
            ),
            (true, false) => change(
                rule(SchemaChange::BecameActive),
                "the parameter is no longer deprecated",
            ),
            _ => {}
        }
    }
    for (mut severity, rule, message) in changes {
        let is_rejected = rule == GeneralRule::ParameterEmptyValueRejected.into();
        if is_rejected && !types(schemas.new, &new.schema)?.intersects(TypeSet::STRING) {
            severity = Severity::Breaking;
        }
        let pointers = (old.node.pointer.clone(), new.node.pointer.clone());
        let subject = schemas.subject;
        schemas
            .findings
            .add_as(severity, subject, rule, pointers.0, pointers.1, message);
    }
    Ok(())
}

fn label(parameter: &Parameter<'_>) -> String {
    format!("the {} parameter `{}`", parameter.location, parameter.name)
}
