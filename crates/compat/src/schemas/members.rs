//! Comparison of the properties of objects.

use std::collections::BTreeSet;

use super::{Pair, Schemas};
use crate::{
    Rule, Severity,
    error::DocumentError,
    merged::MergedSchema,
    rule::{GeneralRule, SchemaChange},
    source::{Node, Source},
    type_set::TypeSet,
};

/// A property of an object.
struct Member<'d> {
    nodes: Vec<Node<'d>>,
    is_required: bool,
    pointer: String,
}

impl<'d> Schemas<'_, 'd> {
    pub(crate) fn members(
        &mut self,
        pair: &Pair<'d>,
        old: &MergedSchema<'d>,
        new: &MergedSchema<'d>,
    ) -> Result<(), DocumentError> {
        if !old.types.intersects(TypeSet::OBJECT) || !new.types.intersects(TypeSet::OBJECT) {
            return Ok(());
        }
        let names: BTreeSet<&'d str> = [old, new]
            .into_iter()
            .flat_map(|schema| schema.properties.keys().chain(&schema.required))
            .copied()
            .collect();
        let is_request = pair.location.is_request();
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
                        location: pair.location.property(),
                        label,
                        is_branch: false,
                    });
                }
                (Some(before), None) => {
                    let rule = match (is_request, before.is_required) {
                        (true, _) => GeneralRule::PropertyRemoved,
                        (false, true) => GeneralRule::RequiredResponsePropertyRemoved,
                        (false, false) => GeneralRule::OptionalResponsePropertyRemoved,
                    };
                    let is_rejected =
                        is_request && new.unlisted().is_none() && !new.has_more_properties();
                    let severity = match (is_rejected, Rule::from(rule).severity()) {
                        (true, _) => Severity::Breaking,
                        (false, severity) => severity,
                    };
                    let pointer = new.pointer.clone();
                    self.findings.add_as(
                        severity,
                        self.subject,
                        rule.into(),
                        before.pointer,
                        pointer,
                        format!("{label}: the property was removed"),
                    );
                    self.unlisted(pair, label, (before.nodes, false), (old, new));
                }
                (None, Some(after)) => {
                    let rule = match (is_request, after.is_required) {
                        (true, true) if self.has_default(&after)? => {
                            GeneralRule::PropertyAddedRequiredWithDefault
                        }
                        (true, true) => GeneralRule::PropertyAddedRequired,
                        (true, false) => GeneralRule::PropertyAddedOptional,
                        (false, true) => GeneralRule::RequiredResponsePropertyAdded,
                        (false, false) => GeneralRule::OptionalResponsePropertyAdded,
                    };
                    let pointer = old.pointer.clone();
                    let kind = if after.is_required {
                        "required"
                    } else {
                        "optional"
                    };
                    // A pattern may have described the property in another way.
                    let has_pattern = old.constraints.contains_key("patternProperties");
                    let severity = match Rule::from(rule).severity() {
                        Severity::Safe if has_pattern => Severity::Risky,
                        severity => severity,
                    };
                    self.findings.add_as(
                        severity,
                        self.subject,
                        rule.into(),
                        pointer,
                        after.pointer,
                        format!("{label}: the {kind} property was added"),
                    );
                    self.unlisted(pair, label, (after.nodes, true), (old, new));
                }
                (None, None) => {}
            }
        }
        self.additional(pair, old, new);
        Ok(())
    }

    /// Compares the schema of a property that only one of the schemas lists with what
    /// the other one demands of properties that it does not list.
    fn unlisted(
        &mut self,
        pair: &Pair<'d>,
        label: String,
        (nodes, is_new): (Vec<Node<'d>>, bool),
        (old, new): (&MergedSchema<'d>, &MergedSchema<'d>),
    ) {
        let other = if is_new { old } else { new };
        let Some(unlisted) = other.unlisted().filter(|it| !it.is_empty()) else {
            return;
        };
        let (old, new) = if is_new {
            (unlisted.to_vec(), nodes)
        } else {
            (nodes, unlisted.to_vec())
        };
        self.later(Pair {
            old,
            new,
            location: pair.location.property(),
            label,
            is_branch: false,
        });
    }

    fn has_default(&self, member: &Member<'d>) -> Result<bool, DocumentError> {
        Ok(MergedSchema::of(self.new, &member.nodes)?.default.is_some())
    }

    fn required(
        &mut self,
        pair: &Pair<'d>,
        label: &str,
        before: &Member<'d>,
        after: &Member<'d>,
    ) -> Result<(), DocumentError> {
        let is_request = pair.location.is_request();
        let rule = match (before.is_required, after.is_required) {
            (false, true) if !is_request => GeneralRule::ResponsePropertyBecameRequired,
            (false, true) if self.has_default(after)? => {
                GeneralRule::PropertyBecameRequiredWithDefault
            }
            (false, true) => GeneralRule::PropertyBecameRequired,
            (true, false) if is_request => GeneralRule::PropertyBecameOptional,
            (true, false) => GeneralRule::ResponsePropertyBecameOptional,
            _ => return Ok(()),
        };
        let kind = if after.is_required {
            "required"
        } else {
            "optional"
        };
        let message = format!("{label}: the property became {kind}");
        self.findings.add(
            self.subject,
            rule,
            before.pointer.clone(),
            after.pointer.clone(),
            message,
        );
        Ok(())
    }

    fn additional(&mut self, pair: &Pair<'d>, old: &MergedSchema<'d>, new: &MergedSchema<'d>) {
        let pointers = (old.pointer.clone(), new.pointer.clone());
        match (&old.additional, &new.additional) {
            (Some(_), None) => {
                self.report(
                    pair,
                    SchemaChange::AdditionalForbidden,
                    pointers,
                    "unknown properties are now rejected",
                );
            }
            (None, Some(_)) => {
                self.report(
                    pair,
                    SchemaChange::AdditionalAllowed,
                    pointers,
                    "unknown properties are now accepted",
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
                    location: pair.location.property(),
                    label: format!("{} /*", pair.label),
                    is_branch: false,
                });
            }
            _ => {}
        }
    }
}

/// Returns a property, unless it is read-only in a request or write-only in a response.
fn member<'d>(
    source: &Source<'d>,
    schema: &MergedSchema<'d>,
    name: &str,
    is_request: bool,
) -> Result<Option<Member<'d>>, DocumentError> {
    let is_required = schema.required.contains(name);
    let Some(nodes) = schema.properties.get(name) else {
        // Required, but not described.
        let unlisted = schema.unlisted().filter(|it| !it.is_empty());
        return Ok(is_required.then(|| Member {
            nodes: match unlisted {
                Some(nodes) => nodes.to_vec(),
                None => vec![Node::anything(&schema.pointer)],
            },
            is_required,
            pointer: schema.pointer.clone(),
        }));
    };
    let own = MergedSchema::of(source, nodes)?;
    let is_excluded = if is_request {
        own.read_only
    } else {
        own.write_only
    };
    Ok((!is_excluded).then(|| Member {
        nodes: nodes.clone(),
        is_required,
        pointer: nodes.first().map_or(String::new(), |it| it.pointer.clone()),
    }))
}
