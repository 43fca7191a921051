//! Alternatives in `oneOf` and `anyOf`: which are the same in both documents,
//! which came and which went; and what tells them apart.

use serde_json::Value;

use super::{
    rule::Change,
    schemas::{Pair, Schemas},
    shape::{Shape, Union, short, text},
    source::{DocumentError, Node, Source},
    types::Types,
};

/// Compares the alternatives of two schemas. Says whether the rest of both
/// still is to be compared with each other.
pub(super) fn compare<'d>(
    schemas: &mut Schemas<'_, 'd>,
    pair: &Pair<'d>,
    old: &Shape<'d>,
    new: &Shape<'d>,
) -> Result<bool, DocumentError> {
    discriminators(schemas, pair, old, new);
    match (&old.union, &new.union) {
        (None, None) => Ok(true),
        (Some(before), Some(after)) => {
            matched(schemas, pair, before, after)?;
            Ok(true)
        }
        (None, Some(after)) => {
            let is_any = old.types == Types::ANY;
            let places = (old.pointer.clone(), after.pointer.clone());
            if is_any {
                schemas.report(
                    pair,
                    Change::TypeSpecialized,
                    places,
                    "only some alternatives now",
                );
            } else if !new.is_union_alone() {
                schemas.report(
                    pair,
                    Change::AllOfAdded,
                    places,
                    "demanded as well: one of some alternatives",
                );
                return Ok(true);
            } else if let Some(own) = own(schemas.new, after, schemas.old, &pair.old, old)? {
                for branch in after
                    .branches
                    .iter()
                    .filter(|it| it.address() != own.address())
                {
                    added(schemas, pair, after, &old.pointer, branch);
                }
                schemas.nullable(pair, old, new);
                schemas.later(branch(pair, pair.old.clone(), vec![own]));
            } else {
                schemas.report(
                    pair,
                    Change::TypeChanged,
                    places,
                    "only other alternatives now",
                );
            }
            Ok(false)
        }
        (Some(before), None) => {
            let is_any = new.types == Types::ANY;
            let places = (before.pointer.clone(), new.pointer.clone());
            if is_any {
                schemas.report(
                    pair,
                    Change::TypeGeneralized,
                    places,
                    "no longer only some alternatives",
                );
            } else if !old.is_union_alone() {
                schemas.report(
                    pair,
                    Change::AllOfRemoved,
                    places,
                    "no longer demanded: one of some alternatives",
                );
                return Ok(true);
            } else if let Some(own) = own(schemas.old, before, schemas.new, &pair.new, new)? {
                for branch in before
                    .branches
                    .iter()
                    .filter(|it| it.address() != own.address())
                {
                    removed(schemas, pair, before, &new.pointer, branch);
                }
                schemas.nullable(pair, old, new);
                schemas.later(branch(pair, vec![own], pair.new.clone()));
            } else {
                schemas.report(
                    pair,
                    Change::TypeChanged,
                    places,
                    "none of the alternatives any more",
                );
            }
            Ok(false)
        }
    }
}

/// Two alternatives that are one.
fn branch<'d>(pair: &Pair<'d>, old: Vec<Node<'d>>, new: Vec<Node<'d>>) -> Pair<'d> {
    Pair {
        old,
        new,
        is_branch: true,
        ..pair.clone()
    }
}

/// The alternative a schema outside of any union became, or came from: the
/// same one, else the first of its types.
fn own<'d>(
    source: &Source<'d>,
    union: &Union<'d>,
    of_single: &Source<'d>,
    nodes: &[Node<'d>],
    shape: &Shape<'d>,
) -> Result<Option<Node<'d>>, DocumentError> {
    if let [node] = nodes {
        for branch in &union.branches {
            if is_same(source, branch, of_single, node)? {
                return Ok(Some(branch.clone()));
            }
        }
    }
    let types = shape.types.without(Types::NULL);
    for branch in &union.branches {
        if Shape::of(source, std::slice::from_ref(branch))?
            .types
            .has(types)
        {
            return Ok(Some(branch.clone()));
        }
    }
    Ok(None)
}

/// Whether both are the same schema, by name or as they are written.
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
    for likeness in [by_name, by_content, by_tags, by_types] {
        let mut rest = Vec::new();
        for old in left {
            let mut found = None;
            for (index, new) in right.iter().enumerate() {
                if likeness(schemas, old, new)? {
                    found = Some(index);
                    break;
                }
            }
            match found {
                Some(index) => {
                    let new = right.remove(index);
                    schemas.later(branch(pair, vec![old.clone()], vec![new.clone()]));
                }
                None => rest.push(old),
            }
        }
        left = rest;
        if left.is_empty() || right.is_empty() {
            break;
        }
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
    reason = "one of several likenesses, the others of which may fail"
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

/// Whether the same constants mark both.
fn by_tags<'d>(
    schemas: &Schemas<'_, 'd>,
    old: &Node<'d>,
    new: &Node<'d>,
) -> Result<bool, DocumentError> {
    let old = tags(schemas.old, old)?;
    Ok(!old.is_empty() && old == tags(schemas.new, new)?)
}

/// Whether both are written in place and have the same type.
fn by_types<'d>(
    schemas: &Schemas<'_, 'd>,
    old: &Node<'d>,
    new: &Node<'d>,
) -> Result<bool, DocumentError> {
    if old.reference_name().is_some() || new.reference_name().is_some() {
        return Ok(false);
    }
    let old = Shape::of(schemas.old, std::slice::from_ref(old))?.types;
    let new = Shape::of(schemas.new, std::slice::from_ref(new))?.types;
    Ok(old.without(Types::NULL) == new.without(Types::NULL))
}

/// The required members that have one value.
fn tags<'d>(source: &Source<'d>, node: &Node<'d>) -> Result<Vec<String>, DocumentError> {
    let shape = Shape::of(source, std::slice::from_ref(node))?;
    let mut tags = Vec::new();
    for name in &shape.required {
        let Some(property) = shape.properties.get(name) else {
            continue;
        };
        let values = Shape::of(source, property)?.values.unwrap_or_default();
        if let [value] = values.values().collect::<Vec<&&Value>>().as_slice() {
            tags.push(format!("{name}={}", text(value)));
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
        "oneOf" => Change::OneOfAdded,
        _ => Change::AnyOfAdded,
    };
    let words = format!("{} is another alternative", called(new));
    schemas.report(pair, change, (old.to_owned(), new.pointer.clone()), &words);
}

fn removed(
    schemas: &mut Schemas<'_, '_>,
    pair: &Pair<'_>,
    union: &Union<'_>,
    new: &str,
    old: &Node<'_>,
) {
    let change = match union.keyword {
        "oneOf" => Change::OneOfRemoved,
        _ => Change::AnyOfRemoved,
    };
    let words = format!("{} is no alternative any more", called(old));
    schemas.report(pair, change, (old.pointer.clone(), new.to_owned()), &words);
}

fn called(branch: &Node<'_>) -> String {
    match branch.reference_name() {
        Some(name) => format!("`{name}`"),
        None => short(branch.value),
    }
}

fn discriminators(
    schemas: &mut Schemas<'_, '_>,
    pair: &Pair<'_>,
    old: &Shape<'_>,
    new: &Shape<'_>,
) {
    let places = (old.place("discriminator"), new.place("discriminator"));
    let (before, after) = match (&old.discriminator, &new.discriminator) {
        (None, None) => return,
        (None, Some(it)) => {
            let words = format!("`{}` tells the alternatives apart", it.property);
            return schemas.report(pair, Change::DiscriminatorAdded, places, &words);
        }
        (Some(it), None) => {
            let words = format!("`{}` no longer tells the alternatives apart", it.property);
            return schemas.report(pair, Change::DiscriminatorRemoved, places, &words);
        }
        (Some(before), Some(after)) => (before, after),
    };
    if before.property != after.property {
        let words = format!(
            "`{}` tells the alternatives apart, `{}` no longer",
            after.property, before.property
        );
        schemas.report(pair, Change::DiscriminatorRenamed, places.clone(), &words);
    }
    for (value, name) in &before.mapping {
        match after.mapping.get(value) {
            None => {
                let words = format!("`{value}` is not mapped any more");
                schemas.report(pair, Change::MappingDeleted, places.clone(), &words);
            }
            Some(other) if other != name => {
                let words = format!("`{value}` stands for `{other}`, no longer for `{name}`");
                schemas.report(pair, Change::MappingChanged, places.clone(), &words);
            }
            Some(_) => {}
        }
    }
    for (value, name) in &after.mapping {
        if !before.mapping.contains_key(value) {
            let words = format!("`{value}` stands for `{name}`");
            schemas.report(pair, Change::MappingAdded, places.clone(), &words);
        }
    }
}
