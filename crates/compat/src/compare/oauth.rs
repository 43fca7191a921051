//! Comparison of how clients obtain credentials: the flows, scopes and URLs of OAuth 2
//! and of OpenID Connect.

use std::collections::{BTreeMap, BTreeSet};

use purlin_openapi::Dialect;
use serde_json::Value;

use crate::{
    api::Api,
    findings::{Findings, Subject},
    pairing::paired,
    pointer::escaped,
    rule::GeneralRule,
    security::scheme,
    source::{Node, Source},
};

/// The URLs of a flow, and of OpenID Connect.
const URLS: [&str; 6] = [
    "authorizationUrl",
    "deviceAuthorizationUrl",
    "oauth2MetadataUrl",
    "openIdConnectUrl",
    "refreshUrl",
    "tokenUrl",
];

/// Compares how clients obtain the credentials of the schemes that both documents
/// require.
pub(super) fn compare<'d>(old: &Api<'d>, new: &Api<'d>, findings: &mut Findings<'d>) {
    let (before, after) = (declared(old), declared(new));
    // Schemes of other names are paired by their credentials, if there is one of each.
    let only = |api: &Api<'d>, all: &BTreeMap<&'d str, Node<'d>>, name: &str| {
        let credential = scheme(&api.source, name);
        let mut same = all
            .keys()
            .filter(|it| scheme(&api.source, it) == credential);
        let first = same.next().copied();
        first.filter(|_| same.next().is_none())
    };
    for (name, one) in &before {
        let counterpart = after.get(name).or_else(|| {
            only(old, &before, name)?;
            let credential = scheme(&old.source, name);
            let mut same = after
                .iter()
                .filter(|(other, _)| scheme(&new.source, other) == credential);
            let (other, node) = same.next()?;
            only(new, &after, other)?;
            Some(node)
        });
        if let Some(other) = counterpart {
            let label = format!("the security scheme `{name}`");
            urls(&label, one, other, findings);
            flows(&label, (&old.source, one), (&new.source, other), findings);
        }
    }
}

/// Returns the declared schemes that an operation or the document requires.
fn declared<'d>(api: &Api<'d>) -> BTreeMap<&'d str, Node<'d>> {
    let mut used: BTreeSet<&'d str> = BTreeSet::new();
    let operations = api.operations.values().flatten().map(|it| it.node.value);
    for value in operations.chain([api.source.root]) {
        let requirements = value.get("security").and_then(Value::as_array);
        let requirements = requirements
            .into_iter()
            .flatten()
            .filter_map(Value::as_object);
        used.extend(requirements.flatten().map(|(name, _)| name.as_str()));
    }
    let parent = match api.source.dialect {
        Dialect::V2_0 => "/securityDefinitions",
        _ => "/components/securitySchemes",
    };
    let declared = api.source.root.pointer(parent).and_then(Value::as_object);
    let mut schemes = BTreeMap::new();
    for (name, value) in declared.into_iter().flatten() {
        let pointer = format!("{parent}/{}", escaped(name));
        let node = Node { value, pointer };
        // A reference without a target is compared by name.
        if let Some(node) = api
            .source
            .resolve(&node)
            .ok()
            .filter(|_| used.contains(name.as_str()))
        {
            schemes.insert(name.as_str(), node);
        }
    }
    schemes
}

fn urls(label: &str, old: &Node<'_>, new: &Node<'_>, findings: &mut Findings<'_>) {
    for key in URLS {
        let (before, after) = (old.value.get(key), new.value.get(key));
        // Swagger 2.0 has no OpenID Connect.
        let is_moved = old.text("type") != new.text("type") || old.text("flow") != new.text("flow");
        if before != after && !is_moved {
            let message = format!("{label}: `{key}` changed");
            let pointers = (old.pointer.clone(), new.pointer.clone());
            let rule = GeneralRule::OauthUrlChanged;
            findings.add(&Subject::default(), rule, pointers.0, pointers.1, message);
        }
    }
}

fn flows<'d>(
    label: &str,
    (old, before): (&Source<'d>, &Node<'d>),
    (new, after): (&Source<'d>, &Node<'d>),
    findings: &mut Findings<'d>,
) {
    let (left, right) = (flows_of(old, before), flows_of(new, after));
    for (name, pair) in paired(&left, &right) {
        let label = format!("{label}, the flow `{name}`");
        let subject = Subject::default();
        let pointers = |one: Option<&Node<'d>>, other: Option<&Node<'d>>| {
            let or = |node: Option<&Node<'d>>, parent: &Node<'d>| {
                node.map_or_else(|| parent.pointer.clone(), |it| it.pointer.clone())
            };
            (or(one, before), or(other, after))
        };
        let pointers = pointers(pair.0, pair.1);
        match pair {
            (Some(one), Some(other)) => {
                urls(&label, one, other, findings);
                scopes(&label, one, other, findings);
            }
            (Some(_), None) => {
                let message = format!("{label} was removed");
                let rule = GeneralRule::OauthFlowRemoved;
                findings.add(&subject, rule, pointers.0, pointers.1, message);
            }
            (None, _) => {
                let message = format!("{label} was added");
                let rule = GeneralRule::OauthFlowAdded;
                findings.add(&subject, rule, pointers.0, pointers.1, message);
            }
        }
    }
}

/// Returns the flows of a scheme by their names in OpenAPI 3.
fn flows_of<'d>(source: &Source<'d>, scheme: &Node<'d>) -> BTreeMap<&'d str, Node<'d>> {
    if source.dialect == Dialect::V2_0 {
        let name = match scheme.text("flow") {
            Some("application") => "clientCredentials",
            Some("accessCode") => "authorizationCode",
            Some(other) => other,
            None => return BTreeMap::new(),
        };
        return BTreeMap::from([(name, scheme.clone())]);
    }
    let flows = source.members(scheme, "flows").unwrap_or_default();
    let is_flow = |name: &str| !name.starts_with("x-");
    flows
        .into_iter()
        .filter(|(name, _)| is_flow(name))
        .collect()
}

fn scopes(label: &str, old: &Node<'_>, new: &Node<'_>, findings: &mut Findings<'_>) {
    let names = |node: &Node<'_>| -> BTreeSet<String> {
        let scopes = node.value.get("scopes").and_then(Value::as_object);
        let names = scopes.into_iter().flatten().map(|(name, _)| name.clone());
        names.filter(|it| !it.starts_with("x-")).collect()
    };
    let (before, after) = (names(old), names(new));
    let (gone, come) = (before.difference(&after), after.difference(&before));
    let gone = gone.map(|scope| (scope, GeneralRule::OauthScopeRemoved, "removed"));
    let come = come.map(|scope| (scope, GeneralRule::OauthScopeAdded, "added"));
    for (scope, rule, verb) in gone.chain(come) {
        let message = format!("{label}: the scope `{scope}` was {verb}");
        let pointers = (old.pointer.clone(), new.pointer.clone());
        findings.add(&Subject::default(), rule, pointers.0, pointers.1, message);
    }
}
