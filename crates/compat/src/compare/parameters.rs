//! Comparison of the parameters of an operation.

use crate::{
    api::{Operation, Parameter},
    error::DocumentError,
    merged::MergedSchema,
    pairing::paired,
    rule::{GeneralRule, SchemaLocation},
    schemas::Schemas,
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
    if old.style != new.style {
        let composed = TypeSet::ARRAY.or(TypeSet::OBJECT);
        let was = MergedSchema::of(schemas.old, std::slice::from_ref(&old.schema))?.types;
        let is = MergedSchema::of(schemas.new, std::slice::from_ref(&new.schema))?.types;
        // A value of any type may be a string, which all styles serialize equally.
        let is_composed = |types: TypeSet| types != TypeSet::ANY && types.intersects(composed);
        if is_composed(was) && is_composed(is) {
            let message = format!(
                "{} is serialized as {} instead of {}",
                label(new),
                new.style,
                old.style
            );
            let (old, new) = pointers();
            schemas.findings.add(
                schemas.subject,
                GeneralRule::ParameterStyleChanged,
                old,
                new,
                message,
            );
        }
    }
    schemas.compare(
        &old.schema,
        &new.schema,
        SchemaLocation::RequestParameter,
        label(new),
    )
}

fn label(parameter: &Parameter<'_>) -> String {
    format!("the {} parameter `{}`", parameter.location, parameter.name)
}
