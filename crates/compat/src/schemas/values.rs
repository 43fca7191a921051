//! Comparison of the values that schemas allow: enums, constants, defaults,
//! patterns and bounds.

use super::{Pair, Schemas};
use crate::{
    Rule, Severity,
    bounds::{BOUNDS, Bound},
    merged::{MergedSchema, canonical, short},
    rule::SchemaChange,
};

impl<'d> Schemas<'_, 'd> {
    pub(crate) fn values(
        &mut self,
        pair: &Pair<'d>,
        old: &MergedSchema<'d>,
        new: &MergedSchema<'d>,
    ) {
        let keyword = |schema: &MergedSchema<'_>| if schema.is_const { "const" } else { "enum" };
        let pointers = (old.pointer_of(keyword(old)), new.pointer_of(keyword(new)));
        match (&old.values, &new.values) {
            (None, None) => {}
            (None, Some(values)) => {
                let change = if new.is_const {
                    SchemaChange::ConstAdded
                } else {
                    SchemaChange::BecameEnum
                };
                self.report(
                    pair,
                    change,
                    pointers,
                    &format!("the value is now limited to {}", listed(values.values())),
                );
            }
            (Some(values), None) => {
                let change = if old.is_const {
                    SchemaChange::ConstRemoved
                } else {
                    SchemaChange::EnumRemoved
                };
                let message = format!(
                    "the value is no longer limited to {}",
                    listed(values.values())
                );
                self.report(pair, change, pointers, &message);
            }
            (Some(before), Some(after)) => {
                let is_constant =
                    (old.is_const || new.is_const) && before.len() == 1 && after.len() == 1;
                if is_constant && before.keys().ne(after.keys()) {
                    let message = format!(
                        "the constant changed from {} to {}",
                        listed(before.values()),
                        listed(after.values())
                    );
                    self.report(pair, SchemaChange::ConstChanged, pointers, &message);
                } else {
                    for (_, value) in before.iter().filter(|(text, _)| !after.contains_key(*text)) {
                        let message = format!("the value {} was removed", short(value));
                        self.report(
                            pair,
                            SchemaChange::EnumValueRemoved,
                            pointers.clone(),
                            &message,
                        );
                    }
                    let is_tolerated = !pair.location.is_request() && old.extensible.is_some();
                    for (_, value) in after.iter().filter(|(text, _)| !before.contains_key(*text)) {
                        let rule = Rule::schema(pair.location, SchemaChange::EnumValueAdded);
                        let severity = if is_tolerated {
                            Severity::Safe
                        } else {
                            rule.severity()
                        };
                        let message =
                            format!("{}: the value {} was added", pair.label, short(value));
                        self.findings.add_as(
                            severity,
                            self.subject,
                            rule,
                            pointers.0.clone(),
                            pointers.1.clone(),
                            message,
                        );
                    }
                }
            }
        }
        if let (Some(before), Some(after)) = (&old.extensible, &new.extensible) {
            let pointers = (old.pointer.clone(), new.pointer.clone());
            for (_, value) in before.iter().filter(|(text, _)| !after.contains_key(*text)) {
                let message = format!(
                    "the value {} was removed from `x-extensible-enum`",
                    short(value)
                );
                self.report(
                    pair,
                    SchemaChange::ExtensibleValueRemoved,
                    pointers.clone(),
                    &message,
                );
            }
            for (_, value) in after.iter().filter(|(text, _)| !before.contains_key(*text)) {
                let message = format!(
                    "the value {} was added to `x-extensible-enum`",
                    short(value)
                );
                self.report(
                    pair,
                    SchemaChange::ExtensibleValueAdded,
                    pointers.clone(),
                    &message,
                );
            }
        }
    }

    pub(crate) fn texts(
        &mut self,
        pair: &Pair<'d>,
        old: &MergedSchema<'d>,
        new: &MergedSchema<'d>,
    ) {
        self.patterns(pair, old, new);
        let pointers = (old.pointer_of("default"), new.pointer_of("default"));
        match (old.default, new.default) {
            (None, Some(value)) => {
                self.report(
                    pair,
                    SchemaChange::DefaultAdded,
                    pointers,
                    &format!("the default {} was added", short(value)),
                );
            }
            (Some(value), None) => {
                self.report(
                    pair,
                    SchemaChange::DefaultRemoved,
                    pointers,
                    &format!("the default {} was removed", short(value)),
                );
            }
            (Some(before), Some(after)) if canonical(before) != canonical(after) => {
                let message = format!(
                    "the default changed from {} to {}",
                    short(before),
                    short(after)
                );
                self.report(pair, SchemaChange::DefaultChanged, pointers, &message);
            }
            _ => {}
        }
        let pointers = (old.pointer.clone(), new.pointer.clone());
        match (old.deprecated, new.deprecated) {
            (false, true) => self.report(
                pair,
                SchemaChange::BecameDeprecated,
                pointers,
                "the schema is now deprecated",
            ),
            (true, false) => self.report(
                pair,
                SchemaChange::BecameActive,
                pointers,
                "the schema is no longer deprecated",
            ),
            _ => {}
        }
    }

    fn patterns(&mut self, pair: &Pair<'d>, old: &MergedSchema<'d>, new: &MergedSchema<'d>) {
        let pointers = (old.pointer_of("pattern"), new.pointer_of("pattern"));
        let removed: Vec<_> = old.patterns.difference(&new.patterns).collect();
        let added: Vec<_> = new.patterns.difference(&old.patterns).collect();
        if let ([before], [after]) = (removed.as_slice(), added.as_slice()) {
            let message = format!("the pattern changed from `{before}` to `{after}`");
            return self.report(pair, SchemaChange::PatternChanged, pointers, &message);
        }
        for pattern in removed {
            let change = if new.patterns.is_empty() {
                SchemaChange::PatternRemoved
            } else {
                SchemaChange::AllOfRemoved
            };
            let message = format!("the pattern `{pattern}` was removed");
            self.report(pair, change, pointers.clone(), &message);
        }
        for pattern in added {
            let change = if old.patterns.is_empty() {
                SchemaChange::PatternAdded
            } else {
                SchemaChange::AllOfAdded
            };
            let message = format!("the pattern `{pattern}` was added");
            self.report(pair, change, pointers.clone(), &message);
        }
    }

    pub(crate) fn bounds(
        &mut self,
        pair: &Pair<'d>,
        old: &MergedSchema<'d>,
        new: &MergedSchema<'d>,
    ) {
        let both = BOUNDS.iter().zip(old.bounds.iter().zip(&new.bounds));
        for (limit, (before, after)) in both {
            // A bound of a type that the other side does not have cannot be compared.
            let is_both = old.types.intersects(limit.types) && new.types.intersects(limit.types);
            let Some(change) = limit
                .change(before.as_ref(), after.as_ref())
                .filter(|_| is_both)
            else {
                continue;
            };
            if old.values.is_some() || new.values.is_some() {
                continue;
            }
            let keyword = limit.keyword;
            let shown = |bound: &Option<Bound>| {
                bound
                    .as_ref()
                    .map_or("none".to_owned(), ToString::to_string)
            };
            let message = format!(
                "{keyword} changed from {} to {}",
                shown(before),
                shown(after)
            );
            self.report(
                pair,
                change,
                (old.pointer_of(keyword), new.pointer_of(keyword)),
                &message,
            );
        }
        let pointers = (old.pointer_of("multipleOf"), new.pointer_of("multipleOf"));
        match (old.multiple_of, new.multiple_of) {
            (None, Some(it)) => self.report(
                pair,
                SchemaChange::MultipleOfSet,
                pointers,
                &format!("`multipleOf` {it} was added"),
            ),
            (Some(it), None) => self.report(
                pair,
                SchemaChange::MultipleOfUnset,
                pointers,
                &format!("`multipleOf` {it} was removed"),
            ),
            (Some(before), Some(after)) if canonical(before) != canonical(after) => {
                self.report(
                    pair,
                    SchemaChange::MultipleOfChanged,
                    pointers,
                    &format!("`multipleOf` changed from {before} to {after}"),
                );
            }
            _ => {}
        }
        let pointers = (old.pointer.clone(), new.pointer.clone());
        match (old.unique_items, new.unique_items) {
            (false, true) => self.report(
                pair,
                SchemaChange::UniqueItemsAdded,
                pointers,
                "items must now be unique",
            ),
            (true, false) => self.report(
                pair,
                SchemaChange::UniqueItemsRemoved,
                pointers,
                "items no longer need to be unique",
            ),
            _ => {}
        }
    }
}

fn listed<'v>(values: impl ExactSizeIterator<Item = &'v &'v serde_json::Value>) -> String {
    let more = values.len().saturating_sub(5);
    let first: Vec<_> = values.take(5).map(|value| short(value)).collect();
    let first = first.join(", ");
    if more == 0 {
        first
    } else {
        format!("{first} and {more} more")
    }
}
