//! Whether a value can match two alternatives. `oneOf` rejects such a value.

use super::{Pair, Schemas};
use crate::{
    Severity,
    bounds::{BOUNDS, Bound},
    error::DocumentError,
    merged::{MergedSchema, Union, short},
    rule::SchemaChange,
    same::same,
    source::{Node, Source},
    type_set::TypeSet,
};

/// The depth of properties and alternatives down to which two schemas are searched
/// for a difference.
const MAX_DEPTH: usize = 4;

/// The maximum number of alternatives of which every two are compared.
const MAX_BRANCHES: usize = 400;

/// Returns whether no value matches both schemas: they have no type in common, or
/// a property that one requires and whose values differ. False if that is unknown.
fn exclude<'d>(
    source: &Source<'d>,
    one: &[Node<'d>],
    other: &[Node<'d>],
    depth: usize,
) -> Result<bool, DocumentError> {
    let one = MergedSchema::of(source, one)?;
    let other = MergedSchema::of(source, other)?;
    merged_exclude(source, &one, &other, depth)
}

fn merged_exclude<'d>(
    source: &Source<'d>,
    one: &MergedSchema<'d>,
    other: &MergedSchema<'d>,
    depth: usize,
) -> Result<bool, DocumentError> {
    let common = one.types.and(other.types);
    if common == TypeSet::NONE {
        return Ok(true);
    }
    if common.contains(TypeSet::NULL) || depth == 0 {
        return Ok(false);
    }
    if let (Some(one), Some(other)) = (&one.values, &other.values)
        && !one.keys().any(|value| other.contains_key(value))
    {
        return Ok(true);
    }
    if are_apart(one, other, common) {
        return Ok(true);
    }
    for (union, single) in [(one, other), (other, one)] {
        for union in &union.unions {
            let mut is_apart = true;
            for branch in &union.branches {
                let branch = MergedSchema::of(source, std::slice::from_ref(branch))?;
                is_apart = is_apart && merged_exclude(source, &branch, single, depth - 1)?;
            }
            if is_apart {
                return Ok(true);
            }
        }
    }
    if TypeSet::OBJECT.contains(common) {
        for name in one.required.union(&other.required) {
            let (left, right) = (of(one, name), of(other, name));
            let is_apart = match (&left, &right) {
                (Of::Rejected, _) | (_, Of::Rejected) => true,
                (Of::Schemas(left), Of::Schemas(right)) => exclude(source, left, right, depth - 1)?,
                _ => false,
            };
            if is_apart {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

/// What a schema says of a property.
enum Of<'s, 'd> {
    Schemas(&'s [Node<'d>]),
    Rejected,
    Unknown,
}

fn of<'s, 'd>(schema: &'s MergedSchema<'d>, name: &str) -> Of<'s, 'd> {
    match (schema.properties.get(name), schema.unlisted()) {
        (Some(nodes), _) => Of::Schemas(nodes),
        _ if schema.has_more_properties() => Of::Unknown,
        (None, None) => Of::Rejected,
        (None, Some(nodes)) if !nodes.is_empty() => Of::Schemas(nodes),
        _ => Of::Unknown,
    }
}

/// Returns whether the bounds of one are beyond those of the other.
fn are_apart(one: &MergedSchema<'_>, other: &MergedSchema<'_>, common: TypeSet) -> bool {
    BOUNDS.iter().enumerate().any(|(at, limit)| {
        // Every upper bound is followed by the lower one.
        let is_pair = at % 2 == 0 && limit.types.contains(common);
        let apart = |upper: &MergedSchema<'_>, lower: &MergedSchema<'_>| {
            let bounds = (upper.bounds.get(at), lower.bounds.get(at + 1));
            matches!(bounds, (Some(Some(upper)), Some(Some(lower))) if Bound::are_apart(upper, lower))
        };
        is_pair && (apart(one, other) || apart(other, one))
    })
}

/// Returns whether every two of these alternatives exclude each other.
pub(super) fn are_exclusive<'d>(
    source: &Source<'d>,
    union: &Union<'d>,
) -> Result<bool, DocumentError> {
    if union.branches.len() > MAX_BRANCHES {
        return Ok(false);
    }
    let merged = merged(source, &union.branches)?;
    for (index, one) in merged.iter().enumerate() {
        for other in merged.iter().skip(index + 1) {
            if !merged_exclude(source, one, other, MAX_DEPTH)? {
                return Ok(false);
            }
        }
    }
    Ok(true)
}

fn merged<'d>(
    source: &Source<'d>,
    branches: &[Node<'d>],
) -> Result<Vec<MergedSchema<'d>>, DocumentError> {
    let all = branches.iter();
    all.map(|branch| MergedSchema::of(source, std::slice::from_ref(branch)))
        .collect()
}

/// Returns the name of an alternative, or its text.
pub(super) fn named(branch: &Node<'_>) -> String {
    match branch.reference_name() {
        Some(name) => format!("`{name}`"),
        None => short(branch.value),
    }
}

impl<'d> Schemas<'_, 'd> {
    /// Reports alternatives of `oneOf` that may have values in common with others:
    /// in requests those of the new document that are not equal to an old one,
    /// whose common values are rejected; in responses those of the old document
    /// that are not equal to a new one, whose common values were not sent.
    pub(super) fn overlaps(
        &mut self,
        pair: &Pair<'d>,
        old: &[Node<'d>],
        new: &[Node<'d>],
        unions: (Option<&Union<'d>>, Option<&Union<'d>>),
    ) -> Result<(), DocumentError> {
        let is_request = pair.location.is_request();
        let (source, union) = if is_request {
            (self.new, unions.1)
        } else {
            (self.old, unions.0)
        };
        let Some(union) = union.filter(|it| it.keyword == "oneOf") else {
            return Ok(());
        };
        let (mine, others) = if is_request { (new, old) } else { (old, new) };
        let sources = if is_request {
            (self.new, self.old)
        } else {
            (self.old, self.new)
        };
        let mut changed = vec![true; mine.len()];
        for (changed, branch) in changed.iter_mut().zip(mine) {
            let known = &mut self.findings.known;
            *changed = !others.iter().any(|it| same(sources, branch, it, known));
        }
        if !changed.contains(&true) {
            return Ok(());
        }
        let is_unknown = mine.len() > MAX_BRANCHES;
        let merged = if is_unknown {
            Vec::new()
        } else {
            merged(source, mine)?
        };
        for (index, branch) in mine.iter().enumerate() {
            if changed.get(index) != Some(&true) {
                continue;
            }
            let mut with = None;
            for (at, other) in mine.iter().enumerate() {
                // A pair of changed alternatives is compared once.
                if at == index || (at < index && changed.get(at) == Some(&true)) {
                    continue;
                }
                let is_apart = match (merged.get(index), merged.get(at)) {
                    (Some(one), Some(other)) => merged_exclude(source, one, other, MAX_DEPTH)?,
                    _ => false,
                };
                if !is_apart {
                    with = Some(other);
                    break;
                }
            }
            let Some(other) = with else {
                continue;
            };
            let severity = if is_request && !is_unknown {
                self.certainty(pair, unions.0, mine.len() > others.len(), [branch, other])?
            } else {
                Severity::Risky
            };
            let names = [branch, other].map(named).join(" and ");
            let verb = if severity == Severity::Breaking {
                "have"
            } else {
                "may have"
            };
            let message =
                format!("the alternatives {names} {verb} values in common, which `oneOf` rejects");
            let pointers = if is_request {
                let old = unions.0.map_or_else(
                    || {
                        pair.old
                            .first()
                            .map_or_else(String::new, |it| it.pointer.clone())
                    },
                    |it| it.pointer.clone(),
                );
                (old, branch.pointer.clone())
            } else {
                let new = unions.1.map_or_else(
                    || {
                        pair.new
                            .first()
                            .map_or_else(String::new, |it| it.pointer.clone())
                    },
                    |it| it.pointer.clone(),
                );
                (branch.pointer.clone(), new)
            };
            let change = SchemaChange::AlternativesOverlap;
            self.report_as(severity, pair, change, pointers, &message);
            if union.branches.len() > MAX_BRANCHES {
                break;
            }
        }
        Ok(())
    }

    /// Returns the severity of two alternatives of the new document that may have
    /// values in common: breaking if they certainly have some, which the old
    /// document allowed.
    fn certainty(
        &mut self,
        pair: &Pair<'d>,
        before: Option<&Union<'d>>,
        has_more: bool,
        branches: [&Node<'d>; 2],
    ) -> Result<Severity, DocumentError> {
        let [one, other] = branches.map(std::slice::from_ref);
        let source = self.new;
        if before.is_none() {
            // One schema became several: what it allowed may match more than one.
            let mut is_within = true;
            for branch in [one, other] {
                let severity = self.narrowing((self.old, &pair.old), (source, branch))?;
                is_within = is_within && severity == Severity::Safe;
            }
            if is_within {
                return Ok(Severity::Breaking);
            }
        }
        if let Some(before) = before
            && !has_more
            && before.keyword == "oneOf"
            && !are_exclusive(self.old, before)?
        {
            return Ok(Severity::Risky);
        }
        if self.have_common(one, other)? {
            return Ok(Severity::Breaking);
        }
        Ok(Severity::Risky)
    }

    /// Returns whether one of two schemas of the new document allows everything that
    /// the other allows. False if that is unknown.
    fn have_common(&mut self, one: &[Node<'d>], other: &[Node<'d>]) -> Result<bool, DocumentError> {
        let source = self.new;
        for (part, whole) in [(one, other), (other, one)] {
            if self.narrowing((source, part), (source, whole))? == Severity::Safe {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Reports that `anyOf` became `oneOf` or the other way round, unless the
    /// alternatives exclude each other.
    pub(super) fn exclusivity(
        &mut self,
        pair: &Pair<'d>,
        before: &Union<'d>,
        after: &Union<'d>,
    ) -> Result<(), DocumentError> {
        let pointers = (before.pointer.clone(), after.pointer.clone());
        match (before.keyword, after.keyword) {
            ("anyOf", "oneOf") if !are_exclusive(self.new, after)? => {
                let mut severity = if pair.location.is_request() {
                    Severity::Risky
                } else {
                    Severity::Safe
                };
                'search: for (index, one) in after.branches.iter().enumerate() {
                    for other in after.branches.iter().skip(index + 1) {
                        let (one, other) = (std::slice::from_ref(one), std::slice::from_ref(other));
                        if severity == Severity::Safe {
                            break 'search;
                        }
                        if self.have_common(one, other)? {
                            severity = Severity::Breaking;
                            break 'search;
                        }
                    }
                }
                let message = "a value of several alternatives is now rejected";
                let change = SchemaChange::AnyOfBecameOneOf;
                self.report_as(severity, pair, change, pointers, message);
            }
            ("oneOf", "anyOf") if !are_exclusive(self.old, before)? => {
                let message = "a value may now match several alternatives";
                self.report(pair, SchemaChange::OneOfBecameAnyOf, pointers, message);
            }
            _ => {}
        }
        Ok(())
    }
}
