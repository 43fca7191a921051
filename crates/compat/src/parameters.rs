//! The parameters of one operation in both documents.

use super::{
    operations::paired,
    rule::{Around, Place},
    schemas::Schemas,
    shape::Shape,
    source::DocumentError,
    types::Types,
    view::{Operation, Parameter},
};

pub(super) fn compare<'d>(
    schemas: &mut Schemas<'_, 'd>,
    before: &Operation<'d>,
    after: &Operation<'d>,
) -> Result<(), DocumentError> {
    let of = |operation: &Operation<'d>| format!("{}/parameters", operation.node.pointer);
    let keyed = |it| -> (String, _) { (Parameter::identity(it), it) };
    let all = paired(
        before.parameters.iter().map(keyed),
        after.parameters.iter().map(keyed),
    );
    for pair in all.into_values() {
        match pair {
            (Some(old), Some(new)) => both(schemas, old, new)?,
            (Some(old), None) => {
                let words = format!("{} is gone", label(old));
                let (place, new) = (
                    old.node.pointer.clone(),
                    existing(schemas, &of(after), after),
                );
                schemas
                    .findings
                    .add(schemas.subject, Around::ParameterRemoved, place, new, words);
            }
            (None, Some(new)) => {
                let rule = match (new.location, new.required) {
                    ("path", _) => Around::PathParameterAdded,
                    (_, true) => Around::ParameterAddedRequired,
                    (_, false) => Around::ParameterAddedOptional,
                };
                let words = if new.required {
                    "new and required"
                } else {
                    "new"
                };
                let words = format!("{} is {words}", label(new));
                let place = before.node.pointer.clone();
                schemas.findings.add(
                    schemas.subject,
                    rule,
                    place,
                    new.node.pointer.clone(),
                    words,
                );
            }
            (None, None) => {}
        }
    }
    Ok(())
}

/// The list of parameters, or the operation where it has none.
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
    let places = || (old.node.pointer.clone(), new.node.pointer.clone());
    let mut add = |rule: Around, words: String| {
        let (old, new) = places();
        schemas.findings.add(schemas.subject, rule, old, new, words);
    };
    match (old.required, new.required) {
        (false, true) => add(
            Around::ParameterBecameRequired,
            format!("{} became required", label(new)),
        ),
        (true, false) => add(
            Around::ParameterBecameOptional,
            format!("{} became optional", label(new)),
        ),
        _ => {}
    }
    if old.name != new.name && old.location == "path" {
        add(
            Around::ParameterRenamed,
            format!("{} is called `{}` now", label(old), new.name),
        );
    }
    if old.style != new.style {
        let composed = Types::ARRAY.or(Types::OBJECT);
        let was = Shape::of(schemas.old, std::slice::from_ref(&old.schema))?.types;
        let is = Shape::of(schemas.new, std::slice::from_ref(&new.schema))?.types;
        // Anything may be a text alone, of which there is one way to write it.
        let is_composed = |types: Types| types != Types::ANY && types.meets(composed);
        if is_composed(was) && is_composed(is) {
            let words = format!(
                "{} is written as {}, no longer as {}",
                label(new),
                new.style,
                old.style
            );
            let (old, new) = places();
            schemas.findings.add(
                schemas.subject,
                Around::ParameterStyleChanged,
                old,
                new,
                words,
            );
        }
    }
    schemas.compare(
        &old.schema,
        &new.schema,
        Place::RequestParameter,
        label(new),
    )
}

impl Parameter<'_> {
    fn identity(&self) -> String {
        self.identity.clone()
    }
}

fn label(parameter: &Parameter<'_>) -> String {
    format!(
        "the parameter `{}` in the {}",
        parameter.name, parameter.location
    )
}
