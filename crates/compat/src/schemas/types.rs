//! Comparison of types and formats.

use purlin_openapi::Dialect;
use serde_json::Value;

use super::{Pair, Schemas};
use crate::{
    Severity,
    merged::{MergedSchema, NUMBER_FORMATS, is_integer_format, is_number_format},
    rule::{SchemaChange, SchemaLocation},
    type_set::TypeSet,
};

/// The types to which formats apply separately.
const CLASSES: [TypeSet; 3] = [
    TypeSet::NUMBER,
    TypeSet::STRING,
    TypeSet::ANY
        .difference(TypeSet::NUMBER)
        .difference(TypeSet::STRING),
];

impl<'d> Schemas<'_, 'd> {
    pub(crate) fn types(
        &mut self,
        pair: &Pair<'d>,
        old: &MergedSchema<'d>,
        new: &MergedSchema<'d>,
    ) {
        let pointers = (old.pointer_of("type"), new.pointer_of("type"));
        let unknown = |schema: &MergedSchema<'d>| -> Vec<&'d Value> {
            let nodes = schema.uninterpreted.get("type").into_iter().flatten();
            nodes.map(|it| it.value).collect()
        };
        let (one, other) = (unknown(old), unknown(new));
        if one != other {
            let named = |values: &[&Value], types: TypeSet| match values.first() {
                Some(value) => format!("the unknown type {value}"),
                None => types.to_string(),
            };
            let (before, after) = (named(&one, old.types), named(&other, new.types));
            let message = format!("the type changed from {before} to {after}");
            return self.report(pair, SchemaChange::TypeChanged, pointers, &message);
        }
        let without_null = |types: TypeSet| types.difference(TypeSet::NULL);
        let own = (without_null(old.own_types), without_null(new.own_types));
        let all = (without_null(old.types), without_null(new.types));
        let ((before, after), is_explained) = match (old.unions.is_empty(), new.unions.is_empty()) {
            // The types of alternatives are compared with the alternatives.
            (false, false) if all.0 != all.1 => (own, false),
            // Alternatives that were added or removed have their own finding.
            (true, false) => (all, all.0.contains(all.1)),
            (false, true) => (all, all.1.contains(all.0)),
            _ => (all, false),
        };
        if before != after && !is_explained {
            let message = format!("the type changed from {before} to {after}");
            let is_list = |types: TypeSet| types.count() > 1 && types != without_null(TypeSet::ANY);
            let change = match (before.contains(after), after.contains(before)) {
                (true, _) if is_list(before) => SchemaChange::TypesNarrowed,
                (_, true) if is_list(after) => SchemaChange::TypesWidened,
                (true, _) => SchemaChange::TypeSpecialized,
                (_, true) => SchemaChange::TypeGeneralized,
                _ => SchemaChange::TypeChanged,
            };
            self.report(pair, change, pointers, &message);
        }
        if all.0 != TypeSet::NONE && all.1 != TypeSet::NONE {
            self.nullable(pair, old, new);
        }
    }

    /// Compares the formats, each for the types that both schemas allow.
    pub(crate) fn formats(
        &mut self,
        pair: &Pair<'d>,
        old: &MergedSchema<'d>,
        new: &MergedSchema<'d>,
    ) {
        let pointers = (old.pointer_of("format"), new.pointer_of("format"));
        for class in CLASSES {
            let of = |schema: &MergedSchema<'d>| {
                let format = schema.format?;
                (class_of(format, schema.types) == class).then_some(format)
            };
            let (before, after) = (of(old), of(new));
            if before == after || !old.types.intersects(class) || !new.types.intersects(class) {
                continue;
            }
            let name =
                |format: Option<&str>| format.map_or("none".to_owned(), |it| format!("`{it}`"));
            let message = format!(
                "the format changed from {} to {}",
                name(before),
                name(after)
            );
            let change = match (before, after) {
                (None, _) => SchemaChange::TypeSpecialized,
                (_, None) => SchemaChange::TypeGeneralized,
                (Some(one), Some(other)) if is_wider(other, one) => SchemaChange::TypeGeneralized,
                (Some(one), Some(other)) if is_wider(one, other) => SchemaChange::TypeSpecialized,
                // Large integers lose precision and are not rejected.
                (Some(one), Some("float" | "double"))
                    if is_integer_format(one) && pair.location.is_request() =>
                {
                    let change = SchemaChange::TypeChanged;
                    let pointers = pointers.clone();
                    self.report_as(Severity::Risky, pair, change, pointers, &message);
                    continue;
                }
                _ => SchemaChange::TypeChanged,
            };
            self.report(pair, change, pointers.clone(), &message);
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
}

/// Returns the types to which a format applies.
fn class_of(format: &str, types: TypeSet) -> TypeSet {
    let [numbers, strings, others] = CLASSES;
    let order = if is_number_format(format) {
        [numbers, strings]
    } else {
        [strings, numbers]
    };
    let found = order.into_iter().find(|it| types.intersects(*it));
    found.unwrap_or(others)
}

/// Returns whether a format allows every value of another.
fn is_wider(one: &str, other: &str) -> bool {
    let mut widths = NUMBER_FORMATS.iter();
    widths.any(|(name, fewer)| *name == one && fewer.contains(&other))
}
