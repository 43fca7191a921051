//! Comparison of discriminators and of the schemas that they lead to.

use super::{Pair, Schemas};
use crate::{
    merged::{Discriminator, MergedSchema},
    pairing::paired,
    rule::SchemaChange,
};

/// Compares the discriminators of two schemas.
pub(super) fn compare<'d>(
    schemas: &mut Schemas<'_, 'd>,
    pair: &Pair<'d>,
    old: &MergedSchema<'d>,
    new: &MergedSchema<'d>,
) {
    let pointers = (
        old.pointer_of("discriminator"),
        new.pointer_of("discriminator"),
    );
    let (before, after) = match (&old.discriminator, &new.discriminator) {
        (None, None) => return,
        (None, Some(it)) => {
            let message = format!("the discriminator `{}` was added", it.property);
            return schemas.report(pair, SchemaChange::DiscriminatorAdded, pointers, &message);
        }
        (Some(it), None) => {
            let message = format!("the discriminator `{}` was removed", it.property);
            return schemas.report(pair, SchemaChange::DiscriminatorRemoved, pointers, &message);
        }
        (Some(before), Some(after)) => (before, after),
    };
    if before.property != after.property {
        let message = format!(
            "the discriminator changed from `{}` to `{}`",
            before.property, after.property
        );
        schemas.report(
            pair,
            SchemaChange::DiscriminatorRenamed,
            pointers.clone(),
            &message,
        );
    }
    if before.default_mapping != after.default_mapping {
        let name =
            |mapping: Option<&str>| mapping.map_or("none".to_owned(), |it| format!("`{it}`"));
        let message = format!(
            "the discriminator maps other values to {} instead of {}",
            name(after.default_mapping),
            name(before.default_mapping)
        );
        let change = SchemaChange::MappingChanged;
        schemas.report(pair, change, pointers.clone(), &message);
    }
    for (value, (name, schema)) in &before.mapping {
        match after.mapping.get(value) {
            None => {
                let message = format!("the discriminator no longer maps `{value}`");
                schemas.report(
                    pair,
                    SchemaChange::MappingDeleted,
                    pointers.clone(),
                    &message,
                );
            }
            Some((other, _)) if other != name => {
                let message =
                    format!("the discriminator maps `{value}` to `{other}` instead of `{name}`");
                schemas.report(
                    pair,
                    SchemaChange::MappingChanged,
                    pointers.clone(),
                    &message,
                );
            }
            Some((_, other)) => {
                // It may extend this schema and be no alternative of it.
                if let (Some(schema), Some(other)) = (schema, other) {
                    schemas.later(pair.branch(vec![schema.clone()], vec![other.clone()]));
                }
            }
        }
    }
    extensions(schemas, pair, (old, before), (new, after));
    for (value, (name, _)) in &after.mapping {
        if !before.mapping.contains_key(value) {
            let message = format!("the discriminator maps `{value}` to `{name}`");
            schemas.report(pair, SchemaChange::MappingAdded, pointers.clone(), &message);
        }
    }
}

/// Compares the schemas that extend the one with the discriminator by `allOf`:
/// without a mapping their names are the values of the discriminator (OpenAPI 3.1.1
/// section 4.8.25).
fn extensions<'d>(
    schemas: &mut Schemas<'_, 'd>,
    pair: &Pair<'d>,
    (old, before): (&MergedSchema<'d>, &Discriminator<'d>),
    (new, after): (&MergedSchema<'d>, &Discriminator<'d>),
) {
    let left = schemas.old.extensions(&before.home);
    let right = schemas.new.extensions(&after.home);
    for (name, both) in paired(&left, &right) {
        match both {
            (Some(one), Some(other)) => {
                schemas.later(pair.branch(vec![one.clone()], vec![other.clone()]));
            }
            (Some(one), None) => {
                let message = format!("`{name}` no longer extends the schema");
                let pointers = (one.pointer.clone(), new.pointer.clone());
                schemas.report(pair, SchemaChange::MappingDeleted, pointers, &message);
            }
            (None, Some(other)) => {
                let message = format!("`{name}` extends the schema");
                let pointers = (old.pointer.clone(), other.pointer.clone());
                schemas.report(pair, SchemaChange::MappingAdded, pointers, &message);
            }
            (None, None) => {}
        }
    }
}
