//! The members of two objects: which came, which went, which are required now,
//! and what of members nobody named.

use std::collections::BTreeSet;

use super::{
    rule::{Around, Change},
    schemas::{Pair, Schemas},
    shape::Shape,
    source::{DocumentError, Node, Source},
    types::Types,
};

/// A member of an object.
struct Member<'d> {
    nodes: Vec<Node<'d>>,
    is_required: bool,
    pointer: String,
}

impl<'d> Schemas<'_, 'd> {
    pub(super) fn members(
        &mut self,
        pair: &Pair<'d>,
        old: &Shape<'d>,
        new: &Shape<'d>,
    ) -> Result<(), DocumentError> {
        if !old.types.meets(Types::OBJECT) || !new.types.meets(Types::OBJECT) {
            return Ok(());
        }
        let names: BTreeSet<&'d str> = [old, new]
            .into_iter()
            .flat_map(|shape| shape.properties.keys().chain(&shape.required))
            .copied()
            .collect();
        let is_request = pair.place.is_request();
        for name in names {
            let label = format!("{} /{name}", pair.label);
            let before = member(self.old, old, name, is_request)?;
            let after = member(self.new, new, name, is_request)?;
            match (before, after) {
                (Some(before), Some(after)) => {
                    self.required(pair, &label, &before, &after)?;
                    self.later(Pair {
                        old: before.nodes,
                        new: after.nodes,
                        place: pair.place.property(),
                        label,
                        is_branch: false,
                    });
                }
                (Some(before), None) => {
                    let rule = match (is_request, before.is_required) {
                        (true, _) => Around::PropertyRemoved,
                        (false, true) => Around::RequiredAnswerRemoved,
                        (false, false) => Around::OptionalAnswerRemoved,
                    };
                    let place = new.pointer.clone();
                    self.findings.add(
                        self.subject,
                        rule,
                        before.pointer,
                        place,
                        format!("{label}: it is gone"),
                    );
                }
                (None, Some(after)) => {
                    let rule = match (is_request, after.is_required) {
                        (true, true) if self.has_default(&after)? => Around::PropertyAddedDefault,
                        (true, true) => Around::PropertyAddedRequired,
                        (true, false) => Around::PropertyAddedOptional,
                        (false, true) => Around::RequiredAnswerAdded,
                        (false, false) => Around::OptionalAnswerAdded,
                    };
                    let place = old.pointer.clone();
                    let words = if after.is_required {
                        "new and required"
                    } else {
                        "new"
                    };
                    self.findings.add(
                        self.subject,
                        rule,
                        place,
                        after.pointer,
                        format!("{label}: it is {words}"),
                    );
                }
                (None, None) => {}
            }
        }
        self.additional(pair, old, new);
        Ok(())
    }

    fn has_default(&self, member: &Member<'d>) -> Result<bool, DocumentError> {
        Ok(Shape::of(self.new, &member.nodes)?.default.is_some())
    }

    fn required(
        &mut self,
        pair: &Pair<'d>,
        label: &str,
        before: &Member<'d>,
        after: &Member<'d>,
    ) -> Result<(), DocumentError> {
        let is_request = pair.place.is_request();
        let rule = match (before.is_required, after.is_required) {
            (false, true) if !is_request => Around::AnswerBecameRequired,
            (false, true) if self.has_default(after)? => Around::PropertyBecameRequiredDefault,
            (false, true) => Around::PropertyBecameRequired,
            (true, false) if is_request => Around::PropertyBecameOptional,
            (true, false) => Around::AnswerBecameOptional,
            _ => return Ok(()),
        };
        let words = if after.is_required {
            "required"
        } else {
            "optional"
        };
        let message = format!("{label}: it became {words}");
        self.findings.add(
            self.subject,
            rule,
            before.pointer.clone(),
            after.pointer.clone(),
            message,
        );
        Ok(())
    }

    fn additional(&mut self, pair: &Pair<'d>, old: &Shape<'d>, new: &Shape<'d>) {
        let places = (old.pointer.clone(), new.pointer.clone());
        match (&old.additional, &new.additional) {
            (Some(_), None) => {
                self.report(
                    pair,
                    Change::AdditionalForbidden,
                    places,
                    "members that are not named are refused now",
                );
            }
            (None, Some(_)) => {
                self.report(
                    pair,
                    Change::AdditionalAllowed,
                    places,
                    "members that are not named are let in now",
                );
            }
            (Some(before), Some(after)) if !before.is_empty() || !after.is_empty() => {
                let of = |nodes: &[Node<'d>], pointer: &str| {
                    if nodes.is_empty() {
                        vec![Node::anything(pointer)]
                    } else {
                        nodes.to_vec()
                    }
                };
                self.later(Pair {
                    old: of(before, &old.pointer),
                    new: of(after, &new.pointer),
                    place: pair.place.property(),
                    label: format!("{} /*", pair.label),
                    is_branch: false,
                });
            }
            _ => {}
        }
    }
}

/// A member, unless it does not go this way.
fn member<'d>(
    source: &Source<'d>,
    shape: &Shape<'d>,
    name: &str,
    is_request: bool,
) -> Result<Option<Member<'d>>, DocumentError> {
    let is_required = shape.required.contains(name);
    let Some(nodes) = shape.properties.get(name) else {
        // Required without a word on what it is.
        return Ok(is_required.then(|| Member {
            nodes: vec![Node::anything(&shape.pointer)],
            is_required,
            pointer: shape.pointer.clone(),
        }));
    };
    let own = Shape::of(source, nodes)?;
    let goes_otherwise = if is_request {
        own.read_only
    } else {
        own.write_only
    };
    Ok((!goes_otherwise).then(|| Member {
        nodes: nodes.clone(),
        is_required,
        pointer: nodes.first().map_or(String::new(), |it| it.pointer.clone()),
    }))
}
