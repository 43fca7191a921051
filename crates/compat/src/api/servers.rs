//! The addresses of servers.

use serde_json::Value;

use crate::source::{Node, Source};

/// Returns the URLs in `servers` of a document, a path item or an operation, with the
/// defaults of their variables filled in; none if it has no servers. In Swagger 2.0
/// they are the schemes and the host.
pub(super) fn of(source: &Source<'_>, node: &Node<'_>) -> Option<Vec<String>> {
    if let Some(host) = node.text("host") {
        let schemes = node.value.get("schemes").and_then(Value::as_array);
        let schemes: Vec<&str> = match schemes {
            Some(schemes) => schemes.iter().filter_map(Value::as_str).collect(),
            None => vec!["http"],
        };
        let base = source.root().text("basePath").unwrap_or_default();
        let urls = schemes
            .iter()
            .map(|scheme| trimmed(&format!("{scheme}://{host}{base}")));
        return Some(urls.collect());
    }
    let servers = node.value.get("servers")?.as_array()?;
    Some(servers.iter().map(url).collect())
}

fn url(server: &Value) -> String {
    let url = server.get("url").and_then(Value::as_str);
    let mut url = url.unwrap_or_default().to_owned();
    let variables = server.get("variables").and_then(Value::as_object);
    for (name, variable) in variables.into_iter().flatten() {
        let text = match (variable.get("default"), variable.get("enum")) {
            (Some(Value::String(default)), None) => default.clone(),
            (Some(Value::String(default)), Some(values)) => format!("{default} of {values}"),
            _ => continue,
        };
        url = url.replace(&format!("{{{name}}}"), &text);
    }
    trimmed(&url)
}

fn trimmed(url: &str) -> String {
    url.trim_end_matches('/').to_owned()
}
