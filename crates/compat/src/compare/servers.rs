//! Comparison of the URLs of servers.

use crate::{
    findings::{Findings, Subject},
    rule::GeneralRule,
    source::Node,
};

/// Compares the URLs of servers.
pub(super) fn compare(
    (old, new): (&[String], &[String]),
    (before, after): (&Node<'_>, &Node<'_>),
    subject: &Subject,
    findings: &mut Findings<'_>,
) {
    let pointer = |node: &Node<'_>| match node.value.get("servers") {
        Some(_) => format!("{}/servers", node.pointer),
        None => node.pointer.clone(),
    };
    let root = [String::new()];
    let or_root = |urls| {
        if <[String]>::is_empty(urls) {
            &root
        } else {
            urls
        }
    };
    let (old, new) = (or_root(old), or_root(new));
    for url in old.iter().filter(|it| !new.contains(it)) {
        let message = format!("the server `{url}` was removed");
        let rule = GeneralRule::ServerRemoved;
        findings.add(subject, rule, pointer(before), pointer(after), message);
    }
    for url in new.iter().filter(|it| !old.contains(it)) {
        let message = format!("the server `{url}` was added");
        let rule = GeneralRule::ServerAdded;
        findings.add(subject, rule, pointer(before), pointer(after), message);
    }
}
