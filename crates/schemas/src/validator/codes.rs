//! The violations that values of a schema can have.

use std::collections::BTreeSet;

use super::{
    Validator,
    node::{Node, NumberRules},
};
use crate::{JsonType, Location};

impl Validator {
    /// Returns the codes of the violations a value can have, as far as the schema states them: one invalid value for each
    /// would violate every kind of rule. Codes that no schema states (`malformed_json`, `duplicate_parameter`, custom rules)
    /// are not included, nor those that follow from the width of a type alone.
    ///
    /// ```
    /// use purlin_schemas::{Validator, Location, schema};
    ///
    /// #[schema(request)]
    /// struct Page {
    ///     #[garde(range(max = 9))]
    ///     number: u32,
    /// }
    ///
    /// let validator = Validator::of::<Page>()?;
    /// let codes: Vec<_> = validator.codes(Location::Query).into_iter().collect();
    /// assert_eq!(codes, ["maximum", "required", "type", "unknown_field"]);
    /// # Ok::<(), purlin_schemas::ValidatorErrors>(())
    /// ```
    #[must_use]
    pub fn codes(&self, location: Location) -> BTreeSet<&'static str> {
        let mut codes = BTreeSet::new();
        for node in &self.nodes {
            let said = match location {
                Location::Body => self.of_json(node),
                _ => self.of_text(node, location),
            };
            codes.extend(
                said.into_iter()
                    .filter_map(|(code, can)| can.then_some(code)),
            );
            codes.extend(of_values(node, location));
        }
        codes
    }

    /// Returns whether undeclared members are rejected.
    fn is_closed(&self, node: &Node) -> bool {
        let others = [node.object.additional, node.object.unevaluated];
        others
            .into_iter()
            .flatten()
            .any(|others| self.node(others).never)
    }

    fn of_json(&self, node: &Node) -> Vec<(&'static str, bool)> {
        let has_kinds = !node.kinds.is_empty();
        vec![
            ("type", has_kinds),
            ("null", has_kinds && !node.kinds.contains(&JsonType::Null)),
            ("required", requires(node)),
            ("unknown_field", self.is_closed(node)),
        ]
    }

    /// In text everything is a string first, and nothing is null.
    fn of_text(&self, node: &Node, location: Location) -> Vec<(&'static str, bool)> {
        let is_text =
            |kind: &JsonType| matches!(kind, JsonType::String | JsonType::Array | JsonType::Object);
        let reads = |kind: &JsonType| {
            matches!(
                kind,
                JsonType::Boolean | JsonType::Integer | JsonType::Number
            )
        };
        vec![
            (
                "type",
                node.kinds.iter().any(reads) && !node.kinds.iter().any(is_text),
            ),
            // A path that matches its template has all of its parameters and no others.
            ("required", location != Location::Path && requires(node)),
            // Undeclared headers are ignored.
            (
                "unknown_field",
                location == Location::Query && self.is_closed(node),
            ),
        ]
    }
}

fn requires(node: &Node) -> bool {
    !node.object.required.is_empty() || !node.object.dependent.is_empty()
}

/// Returns the codes of rules that apply in all sections.
fn of_values(node: &Node, location: Location) -> impl Iterator<Item = &'static str> {
    // A parameter of a path is not empty, and a path that matches its template has all items of a tuple.
    let is_path = location == Location::Path;
    let (number, string) = (&node.number, &node.string);
    let (array, object) = (&node.array, &node.object);
    let said = [
        ("enum", node.allowed.is_some()),
        ("minimum", is_chosen(number, false)),
        ("maximum", is_chosen(number, true)),
        ("exclusive_minimum", number.exclusive_minimum.is_some()),
        ("exclusive_maximum", number.exclusive_maximum.is_some()),
        ("multiple_of", number.multiple_of.is_some()),
        (
            "min_length",
            string
                .min_length
                .is_some_and(|least| least > u64::from(is_path)),
        ),
        ("max_length", string.max_length.is_some()),
        ("pattern", string.pattern.is_some()),
        ("format", string.format.is_some()),
        (
            "min_items",
            array.min_items.is_some_and(|least| least > 0) && (!is_path || array.prefix.is_empty()),
        ),
        (
            "max_items",
            array.max_items.is_some() && array.prefix.is_empty(),
        ),
        ("unique_items", array.unique),
        (
            "min_properties",
            object.min_properties.is_some_and(|least| least > 0),
        ),
        ("max_properties", object.max_properties.is_some()),
    ];
    said.into_iter()
        .filter_map(|(code, is_said)| is_said.then_some(code))
}

/// Returns whether a bound is narrower than that of the type.
fn is_chosen(rules: &NumberRules, upper: bool) -> bool {
    let width = rules.width.as_ref();
    let (bound, of_type) = match upper {
        true => (&rules.maximum, width.map(|(_, most)| most)),
        false => (&rules.minimum, width.map(|(least, _)| least)),
    };
    bound
        .as_ref()
        .is_some_and(|bound| of_type.and_then(|value| value.as_number()) != Some(bound))
}
