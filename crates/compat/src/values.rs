//! Two schemas, by the values they let in: lists, constants, defaults,
//! patterns and bounds.

use super::{
    Rule, Severity,
    limits::{Bound, LIMITS},
    rule::Change,
    schemas::{Pair, Schemas},
    shape::{Shape, short, text},
};

impl<'d> Schemas<'_, 'd> {
    pub(super) fn values(&mut self, pair: &Pair<'d>, old: &Shape<'d>, new: &Shape<'d>) {
        let keyword = |shape: &Shape<'_>| if shape.is_const { "const" } else { "enum" };
        let places = (old.place(keyword(old)), new.place(keyword(new)));
        match (&old.values, &new.values) {
            (None, None) => {}
            (None, Some(values)) => {
                let change = if new.is_const {
                    Change::ConstAdded
                } else {
                    Change::BecameEnum
                };
                self.report(
                    pair,
                    change,
                    places,
                    &format!("only {} now", listed(values.values())),
                );
            }
            (Some(values), None) => {
                let change = if old.is_const {
                    Change::ConstRemoved
                } else {
                    Change::EnumRemoved
                };
                let words = format!("no longer only {}", listed(values.values()));
                self.report(pair, change, places, &words);
            }
            (Some(before), Some(after)) => {
                let is_constant =
                    (old.is_const || new.is_const) && before.len() == 1 && after.len() == 1;
                if is_constant && before.keys().ne(after.keys()) {
                    let words = format!(
                        "{} became {}",
                        listed(before.values()),
                        listed(after.values())
                    );
                    self.report(pair, Change::ConstChanged, places, &words);
                } else {
                    for (_, value) in before.iter().filter(|(text, _)| !after.contains_key(*text)) {
                        let words = format!("the value {} is gone", short(value));
                        self.report(pair, Change::EnumValueRemoved, places.clone(), &words);
                    }
                    let is_tolerated = !pair.place.is_request() && old.extensible.is_some();
                    for (_, value) in after.iter().filter(|(text, _)| !before.contains_key(*text)) {
                        let rule = Rule::schema(pair.place, Change::EnumValueAdded);
                        let severity = if is_tolerated {
                            Severity::Safe
                        } else {
                            rule.severity()
                        };
                        let message = format!("{}: the value {} is new", pair.label, short(value));
                        self.findings.add_as(
                            severity,
                            self.subject,
                            rule,
                            places.0.clone(),
                            places.1.clone(),
                            message,
                        );
                    }
                }
            }
        }
        if let (Some(before), Some(after)) = (&old.extensible, &new.extensible) {
            let places = (old.pointer.clone(), new.pointer.clone());
            for (_, value) in before.iter().filter(|(text, _)| !after.contains_key(*text)) {
                let words = format!(
                    "the value {} is gone from `x-extensible-enum`",
                    short(value)
                );
                self.report(pair, Change::ExtensibleValueRemoved, places.clone(), &words);
            }
            for (_, value) in after.iter().filter(|(text, _)| !before.contains_key(*text)) {
                let words = format!("the value {} is new in `x-extensible-enum`", short(value));
                self.report(pair, Change::ExtensibleValueAdded, places.clone(), &words);
            }
        }
    }

    pub(super) fn texts(&mut self, pair: &Pair<'d>, old: &Shape<'d>, new: &Shape<'d>) {
        self.patterns(pair, old, new);
        let places = (old.place("default"), new.place("default"));
        match (old.default, new.default) {
            (None, Some(value)) => {
                self.report(
                    pair,
                    Change::DefaultAdded,
                    places,
                    &format!("the default is {} now", short(value)),
                );
            }
            (Some(value), None) => {
                self.report(
                    pair,
                    Change::DefaultRemoved,
                    places,
                    &format!("the default was {}", short(value)),
                );
            }
            (Some(before), Some(after)) if text(before) != text(after) => {
                let words = format!(
                    "the default went from {} to {}",
                    short(before),
                    short(after)
                );
                self.report(pair, Change::DefaultChanged, places, &words);
            }
            _ => {}
        }
        let places = (old.pointer.clone(), new.pointer.clone());
        match (old.deprecated, new.deprecated) {
            (false, true) => self.report(pair, Change::BecameDeprecated, places, "deprecated now"),
            (true, false) => {
                self.report(pair, Change::BecameActive, places, "no longer deprecated")
            }
            _ => {}
        }
    }

    fn patterns(&mut self, pair: &Pair<'d>, old: &Shape<'d>, new: &Shape<'d>) {
        let places = (old.place("pattern"), new.place("pattern"));
        let gone: Vec<_> = old.patterns.difference(&new.patterns).collect();
        let added: Vec<_> = new.patterns.difference(&old.patterns).collect();
        if let ([before], [after]) = (gone.as_slice(), added.as_slice()) {
            let words = format!("the pattern went from `{before}` to `{after}`");
            return self.report(pair, Change::PatternChanged, places, &words);
        }
        for pattern in gone {
            let change = if new.patterns.is_empty() {
                Change::PatternRemoved
            } else {
                Change::AllOfRemoved
            };
            let words = format!("need not match `{pattern}` any more");
            self.report(pair, change, places.clone(), &words);
        }
        for pattern in added {
            let change = if old.patterns.is_empty() {
                Change::PatternAdded
            } else {
                Change::AllOfAdded
            };
            let words = format!("only what matches `{pattern}` now");
            self.report(pair, change, places.clone(), &words);
        }
    }

    pub(super) fn bounds(&mut self, pair: &Pair<'d>, old: &Shape<'d>, new: &Shape<'d>) {
        let both = LIMITS.iter().zip(old.bounds.iter().zip(&new.bounds));
        for (limit, (before, after)) in both {
            // Of values of another type nothing is known on the other side.
            let is_both = old.types.meets(limit.types) && new.types.meets(limit.types);
            let Some(change) = limit
                .change(before.as_ref(), after.as_ref())
                .filter(|_| is_both)
            else {
                continue;
            };
            if old.values.is_some() || new.values.is_some() {
                continue;
            }
            let words =
                |bound: &Option<Bound>| bound.as_ref().map_or("none".to_owned(), Bound::words);
            let keyword = limit.keyword;
            let words = format!("{keyword} went from {} to {}", words(before), words(after));
            self.report(
                pair,
                change,
                (old.place(keyword), new.place(keyword)),
                &words,
            );
        }
        let places = (old.place("multipleOf"), new.place("multipleOf"));
        match (old.multiple_of, new.multiple_of) {
            (None, Some(it)) => self.report(
                pair,
                Change::MultipleOfSet,
                places,
                &format!("only multiples of {it} now"),
            ),
            (Some(it), None) => self.report(
                pair,
                Change::MultipleOfUnset,
                places,
                &format!("no longer only multiples of {it}"),
            ),
            (Some(before), Some(after)) if text(before) != text(after) => {
                self.report(
                    pair,
                    Change::MultipleOfChanged,
                    places,
                    &format!("multiples of {after} instead of {before}"),
                );
            }
            _ => {}
        }
        let places = (old.pointer.clone(), new.pointer.clone());
        match (old.unique_items, new.unique_items) {
            (false, true) => self.report(
                pair,
                Change::UniqueItemsAdded,
                places,
                "no item may repeat now",
            ),
            (true, false) => self.report(
                pair,
                Change::UniqueItemsRemoved,
                places,
                "items may repeat now",
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
