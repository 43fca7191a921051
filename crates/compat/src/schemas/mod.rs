//! Comparison of schemas. Pairs of schemas are kept in a work list and each pair
//! is compared once, so cycles terminate and depth does not use the call stack.

mod alternatives;
mod constraints;
mod discriminators;
mod members;
mod narrowing;
mod overlap;
mod types;
mod values;

use std::collections::HashSet;

use crate::{
    Rule, Severity,
    error::{DocumentError, DocumentErrorKind},
    findings::{Findings, Subject},
    merged::MergedSchema,
    rule::{SchemaChange, SchemaLocation},
    source::{Node, Source},
    type_set::TypeSet,
};

/// The maximum number of pairs that are compared for one operation.
const MAX_PAIRS: usize = 200_000;

/// The maximum number of comparisons within the comparison of one operation that
/// only determine whether one schema includes another.
const MAX_NARROWINGS: usize = 500;

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

impl<'d> Pair<'d> {
    /// Creates the pair of two alternatives that match each other.
    pub(crate) fn branch(&self, old: Vec<Node<'d>>, new: Vec<Node<'d>>) -> Self {
        Self {
            old,
            new,
            is_branch: true,
            ..self.clone()
        }
    }
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
    max_pairs: usize,
    /// How many comparisons of parts are left.
    budget: usize,
    /// How many comparisons of parts this one is within.
    depth: usize,
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
            max_pairs: MAX_PAIRS,
            budget: MAX_NARROWINGS,
            depth: 0,
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
        self.run()
    }

    /// Compares schemas that are given by parts, without a name in messages.
    fn compare_all(
        &mut self,
        old: &[Node<'d>],
        new: &[Node<'d>],
        location: SchemaLocation,
    ) -> Result<(), DocumentError> {
        self.later(Pair {
            old: old.to_vec(),
            new: new.to_vec(),
            location,
            label: String::new(),
            is_branch: false,
        });
        self.run()
    }

    fn run(&mut self) -> Result<(), DocumentError> {
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
            if self.seen.len() > self.max_pairs {
                let pointer = pair.new.first().map_or("", |it| &it.pointer);
                return Err(self.new.error(pointer, DocumentErrorKind::Entangled));
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
            schema.unions.is_empty() && schema.types != TypeSet::ANY && schema.types.count() > 1
        };
        if !old.unions.is_empty() && is_list(&new) {
            old = MergedSchema::with_merged_branches(self.old, &pair.old)?;
        } else if !new.unions.is_empty() && is_list(&old) {
            new = MergedSchema::with_merged_branches(self.new, &pair.new)?;
        }
        MergedSchema::align_formats(&mut old, &mut new);
        if alternatives::compare(self, pair, &old, &new)? {
            self.types(pair, &old, &new);
            self.formats(pair, &old, &new);
            self.values(pair, &old, &new);
            self.texts(pair, &old, &new);
            self.bounds(pair, &old, &new);
            self.members(pair, &old, &new)?;
            self.items(pair, &old, &new);
            self.constraints(pair, &old, &new)?;
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

    /// Adds a finding whose severity differs from that of its rule.
    pub(crate) fn report_as(
        &mut self,
        severity: Severity,
        pair: &Pair<'_>,
        change: SchemaChange,
        pointers: (String, String),
        message: &str,
    ) {
        let rule = Rule::schema(pair.location, change);
        let message = format!("{}: {message}", pair.label);
        let subject = self.subject;
        self.findings
            .add_as(severity, subject, rule, pointers.0, pointers.1, message);
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
