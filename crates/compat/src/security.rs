//! Security requirements: whether callers that were accepted still are. One
//! alternative suffices, and all schemes of an alternative are needed. Schemes
//! are equal if they require the same credential, whatever their names.

use std::collections::{BTreeMap, BTreeSet};

use purlin_openapi::Dialect;
use serde_json::Value;

use crate::{
    error::DocumentError,
    rule::GeneralRule,
    source::{Node, Source},
};

/// The scopes of each scheme of a security requirement.
pub(crate) type Alternative = BTreeMap<String, BTreeSet<String>>;

/// Reads `security` of an operation or a document; none if it is absent.
pub(crate) fn alternatives<'d>(
    source: &Source<'d>,
    node: &Node<'d>,
) -> Result<Option<Vec<Alternative>>, DocumentError> {
    if node.value.get("security").is_none() {
        return Ok(None);
    }
    let mut all = Vec::new();
    for requirement in source.items(node, "security")? {
        let mut alternative = Alternative::new();
        for (name, scopes) in source.all(&requirement)? {
            let scheme = scheme(source, name);
            let scopes = scopes.value.as_array().into_iter().flatten();
            let scopes = scopes.filter_map(Value::as_str).map(ToOwned::to_owned);
            let is_key = source.is_converted && scheme == AUTHORIZATION;
            let known = alternative.entry(scheme).or_default();
            // An API key has no scopes to compare those of the other side with.
            known.extend(scopes.filter(|_| !is_key));
        }
        all.push(alternative);
    }
    Ok(Some(all))
}

/// The description of any credential in the `Authorization` header.
const AUTHORIZATION: &str = "a credential in the header `authorization`";

/// Returns the credential that a scheme requires.
pub(crate) fn scheme(source: &Source<'_>, name: &str) -> String {
    let root = source.root;
    let declared = match source.dialect {
        Dialect::V2_0 => root.get("securityDefinitions"),
        _ => root
            .get("components")
            .and_then(|it| it.get("securitySchemes")),
    };
    let Some(declared) = declared.and_then(|it| it.get(name)) else {
        return format!("`{name}`");
    };
    let text = |key: &str| {
        let text = declared.get(key).and_then(Value::as_str);
        text.unwrap_or_default().to_ascii_lowercase()
    };
    match text("type").as_str() {
        "basic" => "HTTP basic".to_owned(),
        "http" if source.is_for_2_0 && text("scheme") != "basic" => AUTHORIZATION.to_owned(),
        "openidconnect" if source.is_for_2_0 => AUTHORIZATION.to_owned(),
        "http" => format!("HTTP {}", text("scheme")),
        "apikey" => {
            let (location, key) = (text("in"), text("name"));
            if source.is_for_2_0 && location == "header" && key == "authorization" {
                return AUTHORIZATION.to_owned();
            }
            let key = declared
                .get("name")
                .and_then(Value::as_str)
                .unwrap_or_default();
            let key = if location == "header" {
                key.to_ascii_lowercase()
            } else {
                key.to_owned()
            };
            format!("a key in the {location} `{key}`")
        }
        "oauth2" => "OAuth 2".to_owned(),
        "openidconnect" => "OpenID Connect".to_owned(),
        "mutualtls" => "a client certificate".to_owned(),
        other => format!("`{name}` of the type `{other}`"),
    }
}

/// The rules for changed requirements, of one operation or of the document.
pub(crate) struct Rules {
    pub(crate) added: GeneralRule,
    pub(crate) removed: GeneralRule,
    pub(crate) scope_added: GeneralRule,
    pub(crate) scope_removed: GeneralRule,
}

/// The rules for the requirements of an operation.
pub(crate) const OF_OPERATION: Rules = Rules {
    added: GeneralRule::SecurityAdded,
    removed: GeneralRule::SecurityRemoved,
    scope_added: GeneralRule::ScopeAdded,
    scope_removed: GeneralRule::ScopeRemoved,
};

/// The rules for the requirements of the document.
pub(crate) const OF_DOCUMENT: Rules = Rules {
    added: GeneralRule::GlobalSecurityAdded,
    removed: GeneralRule::GlobalSecurityRemoved,
    scope_added: GeneralRule::GlobalScopeAdded,
    scope_removed: GeneralRule::GlobalScopeRemoved,
};

/// Returns what changed for callers.
pub(crate) fn changes(
    old: &[Alternative],
    new: &[Alternative],
    rules: &Rules,
) -> Vec<(GeneralRule, String)> {
    let anonymous = [Alternative::new()];
    let (old, new) = (or(old, &anonymous), or(new, &anonymous));
    let mut changes = Vec::new();
    for caller in old.iter().filter(|it| !is_accepted(it, new)) {
        if let Some(missing) = missing_scopes(caller, new) {
            let message = format!(
                "callers with {} also need the scopes {missing}",
                described(caller)
            );
            changes.push((rules.scope_added, message));
        } else {
            let needed: Vec<_> = new.iter().map(described).collect();
            let message = format!(
                "callers with {} need {}",
                described(caller),
                needed.join(", or ")
            );
            changes.push((rules.added, message));
        }
    }
    for caller in new.iter().filter(|it| !is_accepted(it, old)) {
        if let Some(missing) = missing_scopes(caller, old) {
            let message = format!(
                "callers with {} no longer need the scopes {missing}",
                described(caller)
            );
            changes.push((rules.scope_removed, message));
        } else {
            changes.push((
                rules.removed,
                format!("callers with {} are accepted", described(caller)),
            ));
        }
    }
    changes
}

fn or<'a>(all: &'a [Alternative], none: &'a [Alternative]) -> &'a [Alternative] {
    if all.is_empty() { none } else { all }
}

/// Returns whether a caller with exactly these credentials is accepted.
fn is_accepted(caller: &Alternative, required: &[Alternative]) -> bool {
    required.iter().any(|alternative| {
        alternative.iter().all(|(scheme, scopes)| {
            let has = caller.get(scheme);
            has.is_some_and(|has| scopes.is_subset(has))
        })
    })
}

/// Returns the scopes whose absence is the only reason for rejecting the caller.
fn missing_scopes(caller: &Alternative, required: &[Alternative]) -> Option<String> {
    let of_same = required.iter().find(|alternative| {
        let mut schemes = alternative.keys();
        schemes.all(|scheme| caller.contains_key(scheme))
    })?;
    let mut missing = Vec::new();
    for (scheme, scopes) in of_same {
        let has = caller.get(scheme)?;
        missing.extend(scopes.difference(has).map(|scope| format!("`{scope}`")));
    }
    Some(missing.join(", "))
}

fn described(alternative: &Alternative) -> String {
    if alternative.is_empty() {
        return "no credentials".to_owned();
    }
    let schemes = alternative.iter().map(|(scheme, scopes)| {
        if scopes.is_empty() {
            return scheme.clone();
        }
        let scopes: Vec<_> = scopes.iter().map(|it| format!("`{it}`")).collect();
        format!("{scheme} ({})", scopes.join(", "))
    });
    schemes.collect::<Vec<_>>().join(" and ")
}
