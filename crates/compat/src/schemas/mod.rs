//! Comparison of schemas. Pairs of schemas are kept in a work list and each pair
//! is compared once, so cycles terminate and depth does not use the call stack.

mod alternatives;
mod members;
mod values;

use std::collections::{BTreeSet, HashSet};

use purlin_openapi::Dialect;

use crate::{
    Rule,
    error::{DocumentError, DocumentErrorKind},
    findings::{Findings, Subject},
    merged::{MergedSchema, NUMBER_FORMATS},
    rule::{SchemaChange, SchemaLocation},
    source::{Node, Source},
    type_set::TypeSet,
};

/// The maximum number of pairs that are compared for one operation.
const MAX_PAIRS: usize = 200_000;

/// Two schemas with the same role, each given by parts that all have to match.
#[derive(Clone)]
pub(crate) struct Pair<'d> {
    pub(crate) old: Vec<Node<'d>>,
    pub(crate) new: Vec<Node<'d>>,
    pub(crate) location: SchemaLocation,
    /// The name of the schemas in messages.
    pub(crate) label: String,
    /// Whether it is one of several alternatives, which allow `null` together.
    pub(crate) is_branch: bool,
}

/// The comparison of the schemas of one operation.
pub(crate) struct Schemas<'a, 'd> {
    pub(crate) old: &'a Source<'d>,
    pub(crate) new: &'a Source<'d>,
    pub(crate) findings: &'a mut Findings<'d>,
    pub(crate) subject: &'a Subject,
    /// The pairs that were compared, by the addresses of their schemas.
    seen: HashSet<(Vec<usize>, Vec<usize>, SchemaLocation, bool)>,
    open: Vec<Pair<'d>>,
}

impl<'a, 'd> Schemas<'a, 'd> {
    pub(crate) fn new(
        old: &'a Source<'d>,
        new: &'a Source<'d>,
        findings: &'a mut Findings<'d>,
        subject: &'a Subject,
    ) -> Self {
        Self {
            old,
            new,
            findings,
            subject,
            seen: HashSet::new(),
            open: Vec::new(),
        }
    }

    /// Compares two schemas and their subschemas.
    pub(crate) fn compare(
        &mut self,
        old: &Node<'d>,
        new: &Node<'d>,
        location: SchemaLocation,
        label: String,
    ) -> Result<(), DocumentError> {
        self.later(Pair {
            old: vec![old.clone()],
            new: vec![new.clone()],
            location,
            label,
            is_branch: false,
        });
        while let Some(pair) = self.open.pop() {
            let key = (
                addresses(self.old, &pair.old)?,
                addresses(self.new, &pair.new)?,
                pair.location,
                pair.is_branch,
            );
            if !self.seen.insert(key) {
                continue;
            }
            if self.seen.len() > MAX_PAIRS {
                return Err(self.new.error(&new.pointer, DocumentErrorKind::Entangled));
            }
            self.pair(&pair)?;
        }
        Ok(())
    }

    /// Adds a pair to the work list.
    pub(crate) fn later(&mut self, pair: Pair<'d>) {
        self.open.push(pair);
    }

    fn pair(&mut self, pair: &Pair<'d>) -> Result<(), DocumentError> {
        let mut old = MergedSchema::of(self.old, &pair.old)?;
        let mut new = MergedSchema::of(self.new, &pair.new)?;
        // Alternatives of one type each are equivalent to a list of types.
        let is_list = |schema: &MergedSchema<'_>| {
            schema.union.is_none() && schema.types != TypeSet::ANY && schema.types.count() > 1
        };
        if old.union.is_some() && is_list(&new) {
            old = MergedSchema::with_merged_branches(self.old, &pair.old)?;
        } else if new.union.is_some() && is_list(&old) {
            new = MergedSchema::with_merged_branches(self.new, &pair.new)?;
        }
        if alternatives::compare(self, pair, &old, &new)? {
            self.types(pair, &old, &new);
            self.values(pair, &old, &new);
            self.texts(pair, &old, &new);
            self.bounds(pair, &old, &new);
            self.members(pair, &old, &new)?;
            self.items(pair, &old, &new);
            self.constraints(pair, &old, &new);
        }
        Ok(())
    }

    /// Adds a finding about a change of a keyword.
    pub(crate) fn report(
        &mut self,
        pair: &Pair<'_>,
        change: SchemaChange,
        pointers: (String, String),
        message: &str,
    ) {
        let rule = Rule::schema(pair.location, change);
        let message = format!("{}: {message}", pair.label);
        self.findings
            .add(self.subject, rule, pointers.0, pointers.1, message);
    }

    fn types(&mut self, pair: &Pair<'d>, old: &MergedSchema<'d>, new: &MergedSchema<'d>) {
        let pointers = (old.pointer_of("type"), new.pointer_of("type"));
        let (before, after) = (
            old.types.difference(TypeSet::NULL),
            new.types.difference(TypeSet::NULL),
        );
        let is_union = old.union.is_some() || new.union.is_some();
        if before != after && !is_union {
            let message = format!("the type changed from {before} to {after}");
            let is_list = |types: TypeSet| {
                types.count() > 1 && types != TypeSet::ANY.difference(TypeSet::NULL)
            };
            let change = match (before.contains(after), after.contains(before)) {
                (true, _) if is_list(before) => SchemaChange::TypesNarrowed,
                (_, true) if is_list(after) => SchemaChange::TypesWidened,
                (true, _) => SchemaChange::TypeSpecialized,
                (_, true) => SchemaChange::TypeGeneralized,
                _ => SchemaChange::TypeChanged,
            };
            self.report(pair, change, pointers.clone(), &message);
        } else if old.format != new.format && before.intersects(after) && !is_union {
            let pointers = (old.pointer_of("format"), new.pointer_of("format"));
            let name =
                |format: Option<&str>| format.map_or("none".to_owned(), |it| format!("`{it}`"));
            let message = format!(
                "the format changed from {} to {}",
                name(old.format),
                name(new.format)
            );
            let change = match (old.format, new.format) {
                (None, _) => SchemaChange::TypeSpecialized,
                (_, None) => SchemaChange::TypeGeneralized,
                (Some(one), Some(other)) if is_wider(other, one) => SchemaChange::TypeGeneralized,
                (Some(one), Some(other)) if is_wider(one, other) => SchemaChange::TypeSpecialized,
                _ => SchemaChange::TypeChanged,
            };
            self.report(pair, change, pointers, &message);
        }
        if before != TypeSet::NONE && after != TypeSet::NONE {
            self.nullable(pair, old, new);
        }
    }

    /// Compares whether `null` is allowed. Alternatives are compared together.
    pub(crate) fn nullable(
        &mut self,
        pair: &Pair<'d>,
        old: &MergedSchema<'d>,
        new: &MergedSchema<'d>,
    ) {
        // Swagger 2.0 has no `null` outside of bodies.
        let is_2_0 = [self.old.dialect, self.new.dialect].contains(&Dialect::V2_0);
        let is_text = matches!(
            pair.location,
            SchemaLocation::RequestParameter | SchemaLocation::ResponseHeader
        );
        if pair.is_branch || (is_2_0 && is_text) {
            return;
        }
        let pointers = (old.pointer_of("type"), new.pointer_of("type"));
        match (
            old.types.contains(TypeSet::NULL),
            new.types.contains(TypeSet::NULL),
        ) {
            // A change from or to any type is reported as a change of the type.
            (false, true) if new.types != TypeSet::ANY => {
                self.report(
                    pair,
                    SchemaChange::BecameNullable,
                    pointers,
                    "`null` is now allowed",
                );
            }
            (true, false) if old.types != TypeSet::ANY => {
                self.report(
                    pair,
                    SchemaChange::BecameNotNullable,
                    pointers,
                    "`null` is no longer allowed",
                );
            }
            _ => {}
        }
    }

    fn items(&mut self, pair: &Pair<'d>, old: &MergedSchema<'d>, new: &MergedSchema<'d>) {
        if !old.types.intersects(TypeSet::ARRAY) || !new.types.intersects(TypeSet::ARRAY) {
            return;
        }
        let location = pair.location.item();
        let of = |nodes: &[Node<'d>], schema: &MergedSchema<'d>| {
            if nodes.is_empty() {
                vec![Node::anything(&schema.pointer)]
            } else {
                nodes.to_vec()
            }
        };
        for index in 0..old.prefix.len().max(new.prefix.len()) {
            let before = old.prefix.get(index).unwrap_or(&old.items);
            let after = new.prefix.get(index).unwrap_or(&new.items);
            self.later(Pair {
                old: of(before, old),
                new: of(after, new),
                location,
                label: format!("{} [{index}]", pair.label),
                is_branch: false,
            });
        }
        let is_full = |schema: &MergedSchema<'_>| {
            schema
                .max_items()
                .is_some_and(|most| most <= schema.prefix.len())
        };
        let is_rest = !is_full(old) && !is_full(new);
        if is_rest && (!old.items.is_empty() || !new.items.is_empty()) {
            self.later(Pair {
                old: of(&old.items, old),
                new: of(&new.items, new),
                location,
                label: format!("{} [each item]", pair.label),
                is_branch: false,
            });
        }
    }

    fn constraints(&mut self, pair: &Pair<'d>, old: &MergedSchema<'d>, new: &MergedSchema<'d>) {
        let keywords: BTreeSet<_> = old
            .constraints
            .keys()
            .chain(new.constraints.keys())
            .collect();
        for keyword in keywords {
            let pointers = (old.pointer_of(keyword), new.pointer_of(keyword));
            let (change, message) =
                match (old.constraints.get(keyword), new.constraints.get(keyword)) {
                    (None, Some(_)) => (
                        SchemaChange::ConstraintAdded,
                        format!("`{keyword}` was added"),
                    ),
                    (Some(_), None) => (
                        SchemaChange::ConstraintRemoved,
                        format!("`{keyword}` was removed"),
                    ),
                    (before, after) if before != after => (
                        SchemaChange::ConstraintChanged,
                        format!("`{keyword}` changed"),
                    ),
                    _ => continue,
                };
            self.report(pair, change, pointers, &message);
        }
        for (constraint, pointer) in &old.unmerged {
            if !new.unmerged.contains_key(constraint) {
                let message = format!("constraint removed: {constraint}");
                self.report(
                    pair,
                    SchemaChange::AllOfRemoved,
                    (pointer.clone(), new.pointer.clone()),
                    &message,
                );
            }
        }
        for (constraint, pointer) in &new.unmerged {
            if !old.unmerged.contains_key(constraint) {
                let message = format!("constraint added: {constraint}");
                self.report(
                    pair,
                    SchemaChange::AllOfAdded,
                    (old.pointer.clone(), pointer.clone()),
                    &message,
                );
            }
        }
    }
}

/// Returns the addresses of schemas, or of their targets if they are only references.
fn addresses<'d>(source: &Source<'d>, nodes: &[Node<'d>]) -> Result<Vec<usize>, DocumentError> {
    let addresses = nodes.iter().map(|node| {
        let is_plain = node.value.as_object().is_some_and(|it| it.len() == 1);
        let target = if is_plain { source.step(node)? } else { None };
        Ok(target.as_ref().unwrap_or(node).address())
    });
    addresses.collect()
}

/// Returns whether a format allows every value of another.
fn is_wider(one: &str, other: &str) -> bool {
    let mut widths = NUMBER_FORMATS.iter();
    widths.any(|(name, fewer)| *name == one && fewer.contains(&other))
}
