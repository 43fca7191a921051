//! Comparison of the alternatives in `oneOf` and `anyOf`.

use serde_json::Value;

use super::{Pair, Schemas, discriminators, overlap::named};
use crate::{
    error::DocumentError,
    merged::{MergedSchema, Union, canonical},
    rule::SchemaChange,
    same::same,
    source::{Node, Source},
    type_set::TypeSet,
};

/// Compares the alternatives of two schemas. Returns whether the other
/// constraints are still to be compared.
pub(crate) fn compare<'d>(
    schemas: &mut Schemas<'_, 'd>,
    pair: &Pair<'d>,
    old: &MergedSchema<'d>,
    new: &MergedSchema<'d>,
) -> Result<bool, DocumentError> {
    discriminators::compare(schemas, pair, old, new);
    match (old.unions.as_slice(), new.unions.as_slice()) {
        ([], []) => Ok(true),
        ([], [after]) => became_union(schemas, pair, old, (new, after)),
        ([before], []) => became_single(schemas, pair, (old, before), new),
        (left, right) => {
            several(schemas, pair, (old, left), (new, right))?;
            Ok(true)
        }
    }
}

/// Compares lists of alternatives, of which one each is needed.
fn several<'d>(
    schemas: &mut Schemas<'_, 'd>,
    pair: &Pair<'d>,
    (old, left): (&MergedSchema<'d>, &[Union<'d>]),
    (new, right): (&MergedSchema<'d>, &[Union<'d>]),
) -> Result<(), DocumentError> {
    let mut right: Vec<&Union<'d>> = right.iter().collect();
    let mut rest = Vec::new();
    for before in left {
        let equal = right
            .iter()
            .position(|after| is_equal(schemas, before, after));
        match equal {
            Some(index) => drop(right.remove(index)),
            None => rest.push(before),
        }
    }
    for (before, after) in rest.iter().zip(&right) {
        matched(schemas, pair, before, after)?;
    }
    for before in rest.iter().skip(right.len()) {
        let pointers = (before.pointer.clone(), new.pointer.clone());
        let message = "constraint removed: one of several alternatives";
        schemas.report(pair, SchemaChange::AllOfRemoved, pointers, message);
    }
    for after in right.iter().skip(rest.len()) {
        let pointers = (old.pointer.clone(), after.pointer.clone());
        let message = "constraint added: one of several alternatives";
        schemas.report(pair, SchemaChange::AllOfAdded, pointers, message);
    }
    Ok(())
}

/// Returns whether two lists have equal alternatives in the same order.
fn is_equal<'d>(schemas: &mut Schemas<'_, 'd>, before: &Union<'d>, after: &Union<'d>) -> bool {
    let sources = (schemas.old, schemas.new);
    let known = &mut schemas.findings.known;
    before.keyword == after.keyword
        && before.branches.len() == after.branches.len()
        && before
            .branches
            .iter()
            .zip(&after.branches)
            .all(|(one, other)| same(sources, one, other, known))
}

fn became_union<'d>(
    schemas: &mut Schemas<'_, 'd>,
    pair: &Pair<'d>,
    old: &MergedSchema<'d>,
    (new, after): (&MergedSchema<'d>, &Union<'d>),
) -> Result<bool, DocumentError> {
    let pointers = (old.pointer.clone(), after.pointer.clone());
    if old.is_anything() {
        let message = "the value is now limited to alternatives";
        schemas.report(pair, SchemaChange::TypeSpecialized, pointers, message);
        return Ok(false);
    }
    let found = if new.is_only_union() {
        counterpart(schemas.new, after, schemas.old, &pair.old, old)?
    } else {
        None
    };
    if let Some(found) = found {
        for branch in others(after, &found) {
            added(schemas, pair, after, &old.pointer, branch);
        }
        schemas.overlaps(pair, &pair.old, &after.branches, (None, Some(after)))?;
        schemas.nullable(pair, old, new);
        schemas.later(pair.branch(pair.old.clone(), vec![found]));
        return Ok(false);
    }
    if !new.is_only_union() || old.own_types == TypeSet::ANY {
        let message = "constraint added: one of several alternatives";
        schemas.report(pair, SchemaChange::AllOfAdded, pointers, message);
        return Ok(true);
    }
    let message = "the schema was replaced by alternatives";
    schemas.report(pair, SchemaChange::TypeChanged, pointers, message);
    Ok(false)
}

fn became_single<'d>(
    schemas: &mut Schemas<'_, 'd>,
    pair: &Pair<'d>,
    (old, before): (&MergedSchema<'d>, &Union<'d>),
    new: &MergedSchema<'d>,
) -> Result<bool, DocumentError> {
    let pointers = (before.pointer.clone(), new.pointer.clone());
    if new.is_anything() {
        let message = "the value is no longer limited to alternatives";
        schemas.report(pair, SchemaChange::TypeGeneralized, pointers, message);
        return Ok(false);
    }
    let found = if old.is_only_union() {
        counterpart(schemas.old, before, schemas.new, &pair.new, new)?
    } else {
        None
    };
    if let Some(found) = found {
        for branch in others(before, &found) {
            removed(schemas, pair, before, &new.pointer, branch);
        }
        schemas.overlaps(pair, &before.branches, &pair.new, (Some(before), None))?;
        schemas.nullable(pair, old, new);
        schemas.later(pair.branch(vec![found], pair.new.clone()));
        return Ok(false);
    }
    if !old.is_only_union() || new.own_types == TypeSet::ANY {
        let message = "constraint removed: one of several alternatives";
        schemas.report(pair, SchemaChange::AllOfRemoved, pointers, message);
        return Ok(true);
    }
    let message = "the alternatives were replaced by another schema";
    schemas.report(pair, SchemaChange::TypeChanged, pointers, message);
    Ok(false)
}

/// Returns the alternatives other than this one.
fn others<'u, 'd>(union: &'u Union<'d>, one: &Node<'d>) -> impl Iterator<Item = &'u Node<'d>> {
    let address = one.address();
    union
        .branches
        .iter()
        .filter(move |it| it.address() != address)
}

/// Returns the alternative that corresponds to a schema outside of any union:
/// the equal one, otherwise the first that allows its types.
fn counterpart<'d>(
    source: &Source<'d>,
    union: &Union<'d>,
    of_single: &Source<'d>,
    nodes: &[Node<'d>],
    schema: &MergedSchema<'d>,
) -> Result<Option<Node<'d>>, DocumentError> {
    if let [node] = nodes {
        for branch in &union.branches {
            if is_same(source, branch, of_single, node)? {
                return Ok(Some(branch.clone()));
            }
        }
    }
    let types = schema.types.difference(TypeSet::NULL);
    for branch in &union.branches {
        if MergedSchema::of(source, std::slice::from_ref(branch))?
            .types
            .contains(types)
        {
            return Ok(Some(branch.clone()));
        }
    }
    Ok(None)
}

/// Returns whether two schemas are equal by name or by content.
fn is_same<'d>(
    source: &Source<'d>,
    node: &Node<'d>,
    other_source: &Source<'d>,
    other: &Node<'d>,
) -> Result<bool, DocumentError> {
    if let (Some(name), Some(other)) = (node.reference_name(), other.reference_name())
        && name == other
    {
        return Ok(true);
    }
    Ok(source.resolve(node)?.value == other_source.resolve(other)?.value)
}

fn matched<'d>(
    schemas: &mut Schemas<'_, 'd>,
    pair: &Pair<'d>,
    before: &Union<'d>,
    after: &Union<'d>,
) -> Result<(), DocumentError> {
    let mut left: Vec<&Node<'d>> = before.branches.iter().collect();
    let mut right: Vec<&Node<'d>> = after.branches.iter().collect();
    for is_match in [by_name, by_content, by_tags, by_types] {
        let mut rest = Vec::new();
        for old in left {
            let mut found = None;
            for (index, new) in right.iter().enumerate() {
                if is_match(schemas, old, new)? {
                    found = Some(index);
                    break;
                }
            }
            match found {
                Some(index) => {
                    let new = right.remove(index);
                    schemas.later(pair.branch(vec![old.clone()], vec![new.clone()]));
                }
                None => rest.push(old),
            }
        }
        left = rest;
        if left.is_empty() || right.is_empty() {
            break;
        }
    }
    schemas.exclusivity(pair, before, after)?;
    if before.keyword == after.keyword {
        let (old, new) = (&before.branches, &after.branches);
        schemas.overlaps(pair, old, new, (Some(before), Some(after)))?;
    }
    for old in left {
        removed(schemas, pair, before, &after.pointer, old);
    }
    for new in right {
        added(schemas, pair, after, &before.pointer, new);
    }
    Ok(())
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "one of several functions of which the others may fail"
)]
fn by_name<'d>(_: &Schemas<'_, 'd>, old: &Node<'d>, new: &Node<'d>) -> Result<bool, DocumentError> {
    let name = old.reference_name();
    Ok(name.is_some() && name == new.reference_name())
}

fn by_content<'d>(
    schemas: &Schemas<'_, 'd>,
    old: &Node<'d>,
    new: &Node<'d>,
) -> Result<bool, DocumentError> {
    Ok(schemas.old.resolve(old)?.value == schemas.new.resolve(new)?.value)
}

/// Returns whether both have the same required constant properties.
fn by_tags<'d>(
    schemas: &Schemas<'_, 'd>,
    old: &Node<'d>,
    new: &Node<'d>,
) -> Result<bool, DocumentError> {
    let old = tags(schemas.old, old)?;
    Ok(!old.is_empty() && old == tags(schemas.new, new)?)
}

/// Returns whether both are inline schemas of the same type.
fn by_types<'d>(
    schemas: &Schemas<'_, 'd>,
    old: &Node<'d>,
    new: &Node<'d>,
) -> Result<bool, DocumentError> {
    if old.reference_name().is_some() || new.reference_name().is_some() {
        return Ok(false);
    }
    let old = MergedSchema::of(schemas.old, std::slice::from_ref(old))?.types;
    let new = MergedSchema::of(schemas.new, std::slice::from_ref(new))?.types;
    Ok(old.difference(TypeSet::NULL) == new.difference(TypeSet::NULL))
}

/// Returns the required properties that have a constant value.
fn tags<'d>(source: &Source<'d>, node: &Node<'d>) -> Result<Vec<String>, DocumentError> {
    let schema = MergedSchema::of(source, std::slice::from_ref(node))?;
    let mut tags = Vec::new();
    for name in &schema.required {
        let Some(property) = schema.properties.get(name) else {
            continue;
        };
        let values = MergedSchema::of(source, property)?
            .values
            .unwrap_or_default();
        if let [value] = values.values().collect::<Vec<&&Value>>().as_slice() {
            tags.push(format!("{name}={}", canonical(value)));
        }
    }
    Ok(tags)
}

fn added(
    schemas: &mut Schemas<'_, '_>,
    pair: &Pair<'_>,
    union: &Union<'_>,
    old: &str,
    new: &Node<'_>,
) {
    let change = match union.keyword {
        "oneOf" => SchemaChange::OneOfAdded,
        _ => SchemaChange::AnyOfAdded,
    };
    let message = format!("the alternative {} was added", named(new));
    schemas.report(
        pair,
        change,
        (old.to_owned(), new.pointer.clone()),
        &message,
    );
}

fn removed(
    schemas: &mut Schemas<'_, '_>,
    pair: &Pair<'_>,
    union: &Union<'_>,
    new: &str,
    old: &Node<'_>,
) {
    let change = match union.keyword {
        "oneOf" => SchemaChange::OneOfRemoved,
        _ => SchemaChange::AnyOfRemoved,
    };
    let message = format!("the alternative {} was removed", named(old));
    schemas.report(
        pair,
        change,
        (old.pointer.clone(), new.to_owned()),
        &message,
    );
}
