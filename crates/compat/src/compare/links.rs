//! Comparison of the links of a response.

use std::collections::BTreeMap;

use purlin_openapi::Dialect;

use crate::{
    api::Response, error::DocumentError, pairing::paired, rule::GeneralRule, same::same,
    schemas::Schemas, source::Node,
};

/// Compares the links to other operations, which Swagger 2.0 does not have.
pub(super) fn compare<'d>(
    schemas: &mut Schemas<'_, 'd>,
    label: &str,
    old: &Response<'d>,
    new: &Response<'d>,
) -> Result<(), DocumentError> {
    if [schemas.old.dialect, schemas.new.dialect].contains(&Dialect::V2_0) {
        return Ok(());
    }
    let before: BTreeMap<_, _> = schemas
        .old
        .members(&old.node, "links")?
        .into_iter()
        .collect();
    let after: BTreeMap<_, _> = schemas
        .new
        .members(&new.node, "links")?
        .into_iter()
        .collect();
    for (name, pair) in paired(&before, &after) {
        let (rule, verb) = match pair {
            (Some(one), Some(other)) => {
                let known = &mut schemas.findings.known;
                if same((schemas.old, schemas.new), one, other, known) {
                    continue;
                }
                (GeneralRule::LinkChanged, "changed")
            }
            (Some(_), None) => (GeneralRule::LinkRemoved, "was removed"),
            (None, _) => (GeneralRule::LinkAdded, "was added"),
        };
        let pointer = |node: Option<&Node<'d>>, parent: &Node<'d>| {
            node.map_or_else(|| parent.pointer.clone(), |it| it.pointer.clone())
        };
        let message = format!("{label}: the link `{name}` {verb}");
        let pointers = (pointer(pair.0, &old.node), pointer(pair.1, &new.node));
        let subject = schemas.subject;
        schemas
            .findings
            .add(subject, rule, pointers.0, pointers.1, message);
    }
    Ok(())
}
