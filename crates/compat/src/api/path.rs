//! Path templates and the base paths in front of them.

use purlin_openapi::Dialect;
use serde_json::Value;

use crate::source::{Node, Source};

/// Returns a path template without the names of its parameters, and those names.
pub(super) fn identity(template: &str) -> (String, Vec<&str>) {
    let mut names = Vec::new();
    let mut parts = template.split('{');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match part.split_once('}') {
            Some((name, rest)) => {
                names.push(name);
                text.push_str("{}");
                text.push_str(rest);
            }
            None => {
                text.push('{');
                text.push_str(part);
            }
        }
    }
    (text, names)
}

/// Returns the path in front of every path template: `basePath` of Swagger 2.0, or
/// the path of the first server of the first of these nodes that has servers.
pub(super) fn base_path(source: &Source<'_>, nodes: &[&Node<'_>]) -> String {
    let base = if source.dialect == Dialect::V2_0 {
        source.root().text("basePath").map(ToOwned::to_owned)
    } else {
        let servers = nodes.iter().find_map(|node| node.value.get("servers"));
        servers.and_then(|servers| servers.get(0)).map(server_path)
    };
    let base = base.unwrap_or_default();
    let segments = base.split('/').filter(|it| !matches!(*it, "" | "." | ".."));
    segments.fold(String::new(), |path, segment| path + "/" + segment)
}

fn server_path(server: &Value) -> String {
    let url = server
        .get("url")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let mut url = url.to_owned();
    let variables = server.get("variables").and_then(Value::as_object);
    for (name, variable) in variables.into_iter().flatten() {
        if let Some(default) = variable.get("default").and_then(Value::as_str) {
            url = url.replace(&format!("{{{name}}}"), default);
        }
    }
    let after_host = match url.split_once("://") {
        Some((_, rest)) => rest.split_once('/').map_or("", |(_, path)| path),
        None => url.as_str(),
    };
    let end = after_host.find(['?', '#']).unwrap_or(after_host.len());
    after_host.get(..end).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_of_parameters_do_not_identify_a_path() {
        assert_eq!(
            identity("/a/{b}/c.{d}"),
            ("/a/{}/c.{}".to_owned(), vec!["b", "d"])
        );
        assert_eq!(identity("/a/{b"), ("/a/{b".to_owned(), vec![]));
    }

    #[test]
    fn only_the_path_of_a_server_is_part_of_the_base_path() {
        let path =
            |url: &str| server_path(&json!({"url": url, "variables": {"v": {"default": "v1"}}}));
        assert_eq!(path("https://a.test/{v}/x?y"), "v1/x");
        assert_eq!(path("https://a.test"), "");
        assert_eq!(path("/v2"), "/v2");
    }
}
