//! Comparison of the keywords that are not merged with others, and of those that
//! are not interpreted.

use std::collections::{BTreeMap, BTreeSet};

use purlin_openapi::Dialect;
use serde_json::Value;

use super::{Pair, Schemas};
use crate::{
    Severity,
    error::DocumentError,
    merged::MergedSchema,
    rule::{SchemaChange, SchemaLocation},
    same::same,
    source::{Node, Source},
};

/// The nodes of a keyword, without those that are equal in both documents.
type Different<'d> = (Vec<Node<'d>>, Vec<Node<'d>>);

impl<'d> Schemas<'_, 'd> {
    pub(crate) fn constraints(
        &mut self,
        pair: &Pair<'d>,
        old: &MergedSchema<'d>,
        new: &MergedSchema<'d>,
    ) -> Result<(), DocumentError> {
        let keywords = old.constraints.keys().chain(new.constraints.keys());
        let keywords: BTreeSet<&'static str> = keywords.copied().collect();
        for keyword in keywords {
            let (left, right) = self.different(&old.constraints, &new.constraints, keyword);
            match keyword {
                "patternProperties" | "dependentSchemas" | "dependentRequired" => {
                    self.by_name(pair, (old, new), keyword, (left, right));
                }
                "minContains" | "maxContains" => self.counts(pair, old, new, keyword),
                _ => self.by_schema(pair, (old, new), keyword, (left, right))?,
            }
        }
        self.uninterpreted(pair, old, new);
        self.unmerged(pair, old, new);
        Ok(())
    }

    fn different<K: Ord>(
        &mut self,
        old: &BTreeMap<K, Vec<Node<'d>>>,
        new: &BTreeMap<K, Vec<Node<'d>>>,
        keyword: K,
    ) -> Different<'d> {
        let nodes = |all: &BTreeMap<K, Vec<Node<'d>>>| all.get(&keyword).cloned();
        let (left, mut right) = (
            nodes(old).unwrap_or_default(),
            nodes(new).unwrap_or_default(),
        );
        let mut rest = Vec::new();
        for node in left {
            let known = &mut self.findings.known;
            let equal = right
                .iter()
                .position(|it| same((self.old, self.new), &node, it, known));
            match equal {
                Some(index) => drop(right.remove(index)),
                None => rest.push(node),
            }
        }
        (rest, right)
    }

    /// Compares keywords whose value is one schema.
    fn by_schema(
        &mut self,
        pair: &Pair<'d>,
        (old, new): (&MergedSchema<'d>, &MergedSchema<'d>),
        keyword: &'static str,
        (left, right): Different<'d>,
    ) -> Result<(), DocumentError> {
        let has_most = [old, new]
            .iter()
            .any(|it| it.constraints.contains_key("maxContains"));
        for (before, after) in left.iter().zip(&right) {
            let location = match keyword {
                // What applies to the value itself.
                "then" | "else" => pair.location,
                "contains" | "unevaluatedItems" => pair.location.item(),
                _ => pair.location.property(),
            };
            let severity = match keyword {
                "if" => Some(Severity::Risky),
                // More matching items may be too many.
                "contains" if has_most => Some(Severity::Risky),
                "not" => Some(self.negated(pair.location, before, after)?),
                _ => None,
            };
            if let Some(severity) = severity {
                let message = format!("`{keyword}` changed");
                let pointers = (before.pointer.clone(), after.pointer.clone());
                let change = SchemaChange::ConstraintChanged;
                self.report_as(severity, pair, change, pointers, &message);
            } else {
                self.later(Pair {
                    old: vec![before.clone()],
                    new: vec![after.clone()],
                    location,
                    label: format!("{} ({keyword})", pair.label),
                    is_branch: false,
                });
            }
        }
        for before in left.iter().skip(right.len()) {
            let pointers = (before.pointer.clone(), new.pointer.clone());
            let message = format!("`{keyword}` was removed");
            self.report(pair, SchemaChange::ConstraintRemoved, pointers, &message);
        }
        for after in right.iter().skip(left.len()) {
            let pointers = (old.pointer.clone(), after.pointer.clone());
            let message = format!("`{keyword}` was added");
            self.report(pair, SchemaChange::ConstraintAdded, pointers, &message);
        }
        Ok(())
    }

    /// Returns the severity of a change of `not`: what it allows shrinks where its
    /// schema allows more.
    fn negated(
        &mut self,
        location: SchemaLocation,
        before: &Node<'d>,
        after: &Node<'d>,
    ) -> Result<Severity, DocumentError> {
        let before = (self.old, std::slice::from_ref(before));
        let after = (self.new, std::slice::from_ref(after));
        if location.is_request() {
            self.narrowing(after, before)
        } else {
            self.narrowing(before, after)
        }
    }

    /// Compares keywords whose members are schemas or lists by name.
    fn by_name(
        &mut self,
        pair: &Pair<'d>,
        (old, new): (&MergedSchema<'d>, &MergedSchema<'d>),
        keyword: &'static str,
        (left, right): Different<'d>,
    ) {
        let members = |source: &Source<'d>, nodes: &[Node<'d>]| {
            let mut all: BTreeMap<&'d str, Vec<Node<'d>>> = BTreeMap::new();
            for node in nodes {
                let names = node.value.as_object().into_iter().flatten();
                for (name, _) in names {
                    let known = all.entry(name).or_default();
                    known.extend(source.child(node, name));
                }
            }
            all
        };
        let (before, after) = (members(self.old, &left), members(self.new, &right));
        let names: BTreeSet<&'d str> = before.keys().chain(after.keys()).copied().collect();
        for name in names {
            let label = format!("`{keyword}` of `{name}`");
            let (left, right) = self.different(&before, &after, name);
            for (one, other) in left.iter().zip(&right) {
                let pointers = (one.pointer.clone(), other.pointer.clone());
                if keyword == "dependentRequired" {
                    self.dependencies(pair, &label, (one, other));
                    continue;
                }
                let location = match keyword {
                    "dependentSchemas" => pair.location,
                    _ => pair.location.property(),
                };
                if one.value.is_object() || one.value.is_boolean() {
                    self.later(Pair {
                        old: vec![one.clone()],
                        new: vec![other.clone()],
                        location,
                        label: format!("{} ({label})", pair.label),
                        is_branch: false,
                    });
                } else {
                    let change = SchemaChange::ConstraintChanged;
                    self.report(pair, change, pointers, &format!("{label} changed"));
                }
            }
            // What no pattern describes is described by `additionalProperties`.
            let is_pattern = keyword == "patternProperties";
            let is_open =
                |schema: &MergedSchema<'_>| schema.unlisted().is_some_and(<[Node<'_>]>::is_empty);
            for one in left.iter().skip(right.len()) {
                let pointers = (one.pointer.clone(), new.pointer.clone());
                let change = SchemaChange::ConstraintRemoved;
                let message = format!("{label} was removed");
                if is_pattern && !is_open(new) {
                    let is_rejected = pair.location.is_request() && new.unlisted().is_none();
                    let severity = if is_rejected {
                        Severity::Breaking
                    } else {
                        Severity::Risky
                    };
                    self.report_as(severity, pair, change, pointers, &message);
                } else {
                    self.report(pair, change, pointers, &message);
                }
            }
            for other in right.iter().skip(left.len()) {
                let pointers = (old.pointer.clone(), other.pointer.clone());
                let change = SchemaChange::ConstraintAdded;
                let message = format!("{label} was added");
                if is_pattern && !is_open(old) {
                    self.report_as(Severity::Risky, pair, change, pointers, &message);
                } else {
                    self.report(pair, change, pointers, &message);
                }
            }
        }
    }

    /// Compares the names that one property requires.
    fn dependencies(&mut self, pair: &Pair<'d>, label: &str, (old, new): (&Node<'d>, &Node<'d>)) {
        let names = |node: &Node<'d>| -> BTreeSet<&'d str> {
            let names = node.value.as_array().into_iter().flatten();
            names.filter_map(Value::as_str).collect()
        };
        let (before, after) = (names(old), names(new));
        let pointers = (old.pointer.clone(), new.pointer.clone());
        for name in before.difference(&after) {
            let message = format!("{label} no longer lists `{name}`");
            let change = SchemaChange::ConstraintRemoved;
            self.report(pair, change, pointers.clone(), &message);
        }
        for name in after.difference(&before) {
            let message = format!("{label} also lists `{name}`");
            let change = SchemaChange::ConstraintAdded;
            self.report(pair, change, pointers.clone(), &message);
        }
    }

    /// Compares how many items `contains` may or has to match.
    fn counts(
        &mut self,
        pair: &Pair<'d>,
        old: &MergedSchema<'d>,
        new: &MergedSchema<'d>,
        keyword: &'static str,
    ) {
        let is_least = keyword == "minContains";
        let of = |schema: &MergedSchema<'d>| {
            let nodes = schema.constraints.get(keyword).into_iter().flatten();
            let counts = nodes.filter_map(|it| it.value.as_u64());
            if is_least {
                counts.max().unwrap_or(1)
            } else {
                counts.min().unwrap_or(u64::MAX)
            }
        };
        let (before, after) = (of(old), of(new));
        if before == after {
            return;
        }
        let is_narrower = (after > before) == is_least;
        let severity = if is_narrower == pair.location.is_request() {
            Severity::Breaking
        } else {
            Severity::Safe
        };
        let pointers = (old.pointer_of(keyword), new.pointer_of(keyword));
        let message = format!("`{keyword}` changed");
        let change = SchemaChange::ConstraintChanged;
        self.report_as(severity, pair, change, pointers, &message);
    }

    /// Compares what is not interpreted: any change may matter.
    fn uninterpreted(&mut self, pair: &Pair<'d>, old: &MergedSchema<'d>, new: &MergedSchema<'d>) {
        let both_2_0 = self.old.dialect == Dialect::V2_0 && self.new.dialect == Dialect::V2_0;
        let keywords = old.uninterpreted.keys().chain(new.uninterpreted.keys());
        let keywords: BTreeSet<&'d str> = keywords.copied().collect();
        for keyword in keywords {
            // Parameters of Swagger 2.0 have keywords of their own, which OpenAPI 3 writes beside the schema.
            let is_of_2_0 = matches!(keyword, "collectionFormat" | "allowEmptyValue");
            if keyword == "type" || (is_of_2_0 && !both_2_0) {
                continue;
            }
            let (left, right) = self.different(&old.uninterpreted, &new.uninterpreted, keyword);
            if left.is_empty() && right.is_empty() {
                continue;
            }
            let pointer = |nodes: &[Node<'d>], schema: &MergedSchema<'d>| {
                nodes
                    .first()
                    .map_or(&schema.pointer, |it| &it.pointer)
                    .clone()
            };
            let pointers = (pointer(&left, old), pointer(&right, new));
            let message = format!("`{keyword}` changed, which is not interpreted");
            self.report(pair, SchemaChange::KeywordChanged, pointers, &message);
        }
        let both_3_1 = self.old.dialect == Dialect::V3_1 && self.new.dialect == Dialect::V3_1;
        let names = ["contentEncoding", "contentMediaType"];
        for (keyword, (before, after)) in names.iter().zip(old.content.iter().zip(&new.content)) {
            // The older dialects have a format instead.
            let is_comparable = both_3_1 || (before.is_some() && after.is_some());
            if before != after && is_comparable {
                let pointers = (old.pointer.clone(), new.pointer.clone());
                let message = format!("`{keyword}` changed");
                self.report(pair, SchemaChange::KeywordChanged, pointers, &message);
            }
        }
        let has_more = old.has_more_properties() || new.has_more_properties();
        let is_closed = |schema: &MergedSchema<'_>| schema.unlisted().is_none();
        if has_more
            && is_closed(old)
            && is_closed(new)
            && old.is_closed_by_unevaluated != new.is_closed_by_unevaluated
        {
            let pointers = (old.pointer.clone(), new.pointer.clone());
            let message =
                "`additionalProperties` and `unevaluatedProperties` reject different properties";
            self.report(pair, SchemaChange::ConstraintChanged, pointers, message);
        }
    }

    fn unmerged(&mut self, pair: &Pair<'d>, old: &MergedSchema<'d>, new: &MergedSchema<'d>) {
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
