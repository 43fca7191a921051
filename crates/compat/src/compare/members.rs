//! Comparison of the members of an object that have no comparison of their own.

use crate::{
    annotations::is_annotation,
    findings::{Findings, Subject},
    rule::GeneralRule,
    same::same,
    source::{Node, Source},
};

/// Reports each member that is not equal in both objects, except `known` ones and
/// annotations.
pub(super) fn compare<'d>(
    sources: (&Source<'d>, &Source<'d>),
    (before, after): (&Node<'d>, &Node<'d>),
    known: &[&str],
    subject: &Subject,
    findings: &mut Findings<'d>,
) {
    let members = |node: &Node<'d>| node.value.as_object().into_iter().flatten();
    let mut names: Vec<&str> = members(before)
        .chain(members(after))
        .map(|(name, _)| name.as_str())
        .filter(|name| !known.contains(name) && !is_annotation(name))
        .collect();
    names.sort_unstable();
    names.dedup();
    for name in names {
        let (old, new) = (sources.0.child(before, name), sources.1.child(after, name));
        let is_same = match (&old, &new) {
            (Some(old), Some(new)) => same(sources, old, new, &mut findings.known),
            _ => false,
        };
        if !is_same {
            let pointer = |node: Option<Node<'_>>, parent: &Node<'_>| {
                node.map_or_else(|| parent.pointer.clone(), |it| it.pointer)
            };
            let message = format!("`{name}` changed, which is not interpreted");
            findings.add(
                subject,
                GeneralRule::MemberChanged,
                pointer(old, before),
                pointer(new, after),
                message,
            );
        }
    }
}
