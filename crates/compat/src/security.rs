//! Who may call: whether callers who were let in still are. Any alternative is
//! enough, all schemes of an alternative are needed. Schemes are the same when
//! they ask for the same thing, whatever they are called.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{
    rule::Around,
    source::{DocumentError, Node, Source},
};
use purlin_openapi::Dialect;

/// Scopes by scheme.
pub(super) type Alternative = BTreeMap<String, BTreeSet<String>>;

/// The `security` of an operation or a document; none where it says nothing.
pub(super) fn alternatives<'d>(
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
            let is_key = scheme == AUTHORIZATION;
            let known = alternative.entry(scheme).or_default();
            // A key has no scopes, so on the other side they cannot be told.
            known.extend(scopes.filter(|_| !is_key));
        }
        all.push(alternative);
    }
    Ok(Some(all))
}

/// A credential of any kind in this header.
const AUTHORIZATION: &str = "a credential in the header `authorization`";

/// What a scheme asks for.
fn scheme(source: &Source<'_>, name: &str) -> String {
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
            let (place, key) = (text("in"), text("name"));
            if source.is_for_2_0 && place == "header" && key == "authorization" {
                return AUTHORIZATION.to_owned();
            }
            let key = declared
                .get("name")
                .and_then(Value::as_str)
                .unwrap_or_default();
            let key = if place == "header" {
                key.to_ascii_lowercase()
            } else {
                key.to_owned()
            };
            format!("a key in the {place} `{key}`")
        }
        "oauth2" => "OAuth 2".to_owned(),
        "openidconnect" => "OpenID Connect".to_owned(),
        "mutualtls" => "a client certificate".to_owned(),
        _ => format!("`{name}`"),
    }
}

/// What a change of requirements is called, for one operation or everywhere.
pub(super) struct Names {
    pub(super) added: Around,
    pub(super) removed: Around,
    pub(super) scope_added: Around,
    pub(super) scope_removed: Around,
}

/// The changes of an operation's own requirements.
pub(super) const OF_OPERATION: Names = Names {
    added: Around::SecurityAdded,
    removed: Around::SecurityRemoved,
    scope_added: Around::ScopeAdded,
    scope_removed: Around::ScopeRemoved,
};

/// The changes of the document's requirements.
pub(super) const OF_DOCUMENT: Names = Names {
    added: Around::GlobalSecurityAdded,
    removed: Around::GlobalSecurityRemoved,
    scope_added: Around::GlobalScopeAdded,
    scope_removed: Around::GlobalScopeRemoved,
};

/// What changed for callers, in words.
pub(super) fn changes(
    old: &[Alternative],
    new: &[Alternative],
    names: &Names,
) -> Vec<(Around, String)> {
    let everybody = [Alternative::new()];
    let (old, new) = (or(old, &everybody), or(new, &everybody));
    let mut changes = Vec::new();
    for caller in old.iter().filter(|it| !is_let_in(it, new)) {
        if let Some(missing) = missing_scopes(caller, new) {
            let words = format!(
                "callers with {} need the scopes {missing} too",
                words(caller)
            );
            changes.push((names.scope_added, words));
        } else {
            let needed: Vec<_> = new.iter().map(words).collect();
            let words = format!(
                "callers with {} need {}",
                words(caller),
                needed.join(", or ")
            );
            changes.push((names.added, words));
        }
    }
    for caller in new.iter().filter(|it| !is_let_in(it, old)) {
        if let Some(missing) = missing_scopes(caller, old) {
            let words = format!(
                "callers with {} no longer need the scopes {missing}",
                words(caller)
            );
            changes.push((names.scope_removed, words));
        } else {
            changes.push((
                names.removed,
                format!("callers with {} are let in", words(caller)),
            ));
        }
    }
    changes
}

fn or<'a>(all: &'a [Alternative], none: &'a [Alternative]) -> &'a [Alternative] {
    if all.is_empty() { none } else { all }
}

/// Whether somebody who has just this is let in.
fn is_let_in(caller: &Alternative, required: &[Alternative]) -> bool {
    required.iter().any(|alternative| {
        alternative.iter().all(|(scheme, scopes)| {
            let has = caller.get(scheme);
            has.is_some_and(|has| scopes.is_subset(has))
        })
    })
}

/// The scopes that alone keep somebody out.
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

fn words(alternative: &Alternative) -> String {
    if alternative.is_empty() {
        return "nothing".to_owned();
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
