//! Two schemas and what became of the one in the other. Pairs wait in a list
//! and each is looked at once, so circles end and depth costs no stack.

use std::collections::{BTreeSet, HashSet};

use super::{
    Rule, alternatives,
    findings::{Findings, Subject},
    rule::{Change, Place},
    shape::{Shape, WIDTHS},
    source::{DocumentError, Node, Problem, Source},
    types::Types,
};
use purlin_openapi::Dialect;

/// More pairs than this are no document anybody wrote.
const MOST_PAIRS: usize = 200_000;

/// Two schemas that stand in the same place.
#[derive(Clone)]
pub(super) struct Pair<'d> {
    pub(super) old: Vec<Node<'d>>,
    pub(super) new: Vec<Node<'d>>,
    pub(super) place: Place,
    /// What a message calls it.
    pub(super) label: String,
    /// One of several alternatives: whether null is let in is their matter.
    pub(super) is_branch: bool,
}

/// The schemas of one operation.
pub(super) struct Schemas<'a, 'd> {
    pub(super) old: &'a Source<'d>,
    pub(super) new: &'a Source<'d>,
    pub(super) findings: &'a mut Findings<'d>,
    pub(super) subject: &'a Subject,
    /// Pairs that were looked at, by their places in memory.
    seen: HashSet<(Vec<usize>, Vec<usize>, Place, bool)>,
    open: Vec<Pair<'d>>,
}

impl<'a, 'd> Schemas<'a, 'd> {
    pub(super) fn new(
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

    /// Compares two schemas and everything in them.
    pub(super) fn compare(
        &mut self,
        old: &Node<'d>,
        new: &Node<'d>,
        place: Place,
        label: String,
    ) -> Result<(), DocumentError> {
        self.later(Pair {
            old: vec![old.clone()],
            new: vec![new.clone()],
            place,
            label,
            is_branch: false,
        });
        while let Some(pair) = self.open.pop() {
            let key = (
                addresses(self.old, &pair.old)?,
                addresses(self.new, &pair.new)?,
                pair.place,
                pair.is_branch,
            );
            if !self.seen.insert(key) {
                continue;
            }
            if self.seen.len() > MOST_PAIRS {
                return Err(self.new.error(&new.pointer, Problem::Entangled));
            }
            self.pair(&pair)?;
        }
        Ok(())
    }

    /// Puts a pair on the list.
    pub(super) fn later(&mut self, pair: Pair<'d>) {
        self.open.push(pair);
    }

    fn pair(&mut self, pair: &Pair<'d>) -> Result<(), DocumentError> {
        let mut old = Shape::of(self.old, &pair.old)?;
        let mut new = Shape::of(self.new, &pair.new)?;
        // Alternatives of one type each are the same as a list of types.
        let is_list = |shape: &Shape<'_>| {
            shape.union.is_none() && shape.types != Types::ANY && shape.types.count() > 1
        };
        if old.union.is_some() && is_list(&new) {
            old = Shape::of_types(self.old, &pair.old)?;
        } else if new.union.is_some() && is_list(&old) {
            new = Shape::of_types(self.new, &pair.new)?;
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

    /// Reports a change of a keyword.
    pub(super) fn report(
        &mut self,
        pair: &Pair<'_>,
        change: Change,
        places: (String, String),
        words: &str,
    ) {
        let rule = Rule::schema(pair.place, change);
        let message = format!("{}: {words}", pair.label);
        self.findings
            .add(self.subject, rule, places.0, places.1, message);
    }

    fn types(&mut self, pair: &Pair<'d>, old: &Shape<'d>, new: &Shape<'d>) {
        let places = (old.place("type"), new.place("type"));
        let (before, after) = (
            old.types.without(Types::NULL),
            new.types.without(Types::NULL),
        );
        let is_union = old.union.is_some() || new.union.is_some();
        if before != after && !is_union {
            let words = format!("the type went from {} to {}", before.words(), after.words());
            let is_list =
                |types: Types| types.count() > 1 && types != Types::ANY.without(Types::NULL);
            let change = match (before.has(after), after.has(before)) {
                (true, _) if is_list(before) => Change::TypesNarrowed,
                (_, true) if is_list(after) => Change::TypesWidened,
                (true, _) => Change::TypeSpecialized,
                (_, true) => Change::TypeGeneralized,
                _ => Change::TypeChanged,
            };
            self.report(pair, change, places.clone(), &words);
        } else if old.format != new.format && before.meets(after) && !is_union {
            let places = (old.place("format"), new.place("format"));
            let name =
                |format: Option<&str>| format.map_or("none".to_owned(), |it| format!("`{it}`"));
            let words = format!(
                "the format went from {} to {}",
                name(old.format),
                name(new.format)
            );
            let change = match (old.format, new.format) {
                (None, _) => Change::TypeSpecialized,
                (_, None) => Change::TypeGeneralized,
                (Some(one), Some(other)) if is_wider(other, one) => Change::TypeGeneralized,
                (Some(one), Some(other)) if is_wider(one, other) => Change::TypeSpecialized,
                _ => Change::TypeChanged,
            };
            self.report(pair, change, places, &words);
        }
        if before != Types::NONE && after != Types::NONE {
            self.nullable(pair, old, new);
        }
    }

    /// Whether null is let in, which for one of several alternatives is the
    /// matter of all of them.
    pub(super) fn nullable(&mut self, pair: &Pair<'d>, old: &Shape<'d>, new: &Shape<'d>) {
        // Swagger 2.0 has no null outside of bodies.
        let is_2_0 = [self.old.dialect, self.new.dialect].contains(&Dialect::V2_0);
        let is_text = matches!(pair.place, Place::RequestParameter | Place::ResponseHeader);
        if pair.is_branch || (is_2_0 && is_text) {
            return;
        }
        let places = (old.place("type"), new.place("type"));
        match (old.types.has(Types::NULL), new.types.has(Types::NULL)) {
            // Anything at all has been told by its type.
            (false, true) if new.types != Types::ANY => {
                self.report(pair, Change::BecameNullable, places, "null is a value now");
            }
            (true, false) if old.types != Types::ANY => {
                self.report(
                    pair,
                    Change::BecameNotNullable,
                    places,
                    "null is no value any more",
                );
            }
            _ => {}
        }
    }

    fn items(&mut self, pair: &Pair<'d>, old: &Shape<'d>, new: &Shape<'d>) {
        if !old.types.meets(Types::ARRAY) || !new.types.meets(Types::ARRAY) {
            return;
        }
        let place = pair.place.item();
        let of = |nodes: &[Node<'d>], shape: &Shape<'d>| {
            if nodes.is_empty() {
                vec![Node::anything(&shape.pointer)]
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
                place,
                label: format!("{} [{index}]", pair.label),
                is_branch: false,
            });
        }
        let is_full = |shape: &Shape<'_>| {
            shape
                .most_items()
                .is_some_and(|most| most <= shape.prefix.len())
        };
        let is_rest = !is_full(old) && !is_full(new);
        if is_rest && (!old.items.is_empty() || !new.items.is_empty()) {
            self.later(Pair {
                old: of(&old.items, old),
                new: of(&new.items, new),
                place,
                label: format!("{} [each item]", pair.label),
                is_branch: false,
            });
        }
    }

    fn constraints(&mut self, pair: &Pair<'d>, old: &Shape<'d>, new: &Shape<'d>) {
        let keywords: BTreeSet<_> = old
            .constraints
            .keys()
            .chain(new.constraints.keys())
            .collect();
        for keyword in keywords {
            let places = (old.place(keyword), new.place(keyword));
            let (change, words) = match (old.constraints.get(keyword), new.constraints.get(keyword))
            {
                (None, Some(_)) => (Change::ConstraintAdded, format!("`{keyword}` is new")),
                (Some(_), None) => (Change::ConstraintRemoved, format!("`{keyword}` is gone")),
                (before, after) if before != after => {
                    (Change::ConstraintChanged, format!("`{keyword}` changed"))
                }
                _ => continue,
            };
            self.report(pair, change, places, &words);
        }
        for (demand, place) in &old.demands {
            if !new.demands.contains_key(demand) {
                let words = format!("no longer demanded: {demand}");
                self.report(
                    pair,
                    Change::AllOfRemoved,
                    (place.clone(), new.pointer.clone()),
                    &words,
                );
            }
        }
        for (demand, place) in &new.demands {
            if !old.demands.contains_key(demand) {
                let words = format!("demanded as well: {demand}");
                self.report(
                    pair,
                    Change::AllOfAdded,
                    (old.pointer.clone(), place.clone()),
                    &words,
                );
            }
        }
    }
}

/// Where schemas stand in memory, plain references followed.
fn addresses<'d>(source: &Source<'d>, nodes: &[Node<'d>]) -> Result<Vec<usize>, DocumentError> {
    let addresses = nodes.iter().map(|node| {
        let is_plain = node.value.as_object().is_some_and(|it| it.len() == 1);
        let target = if is_plain { source.step(node)? } else { None };
        Ok(target.as_ref().unwrap_or(node).address())
    });
    addresses.collect()
}

/// Whether one format lets in every value of another.
fn is_wider(one: &str, other: &str) -> bool {
    let mut widths = WIDTHS.iter();
    widths.any(|(name, fewer)| *name == one && fewer.contains(&other))
}
