//! A document of any dialect as one picture in OpenAPI 3.1's terms: operations
//! with their parameters, bodies and answers, each with the node it was read
//! from. Schemas are left where they are; `shape` reads them.

mod content;

use std::collections::BTreeMap;

use serde_json::Value;

pub(super) use content::{Body, Content, Header, Response, forms};

use super::{
    security::{self, Alternative},
    source::{DocumentError, Node, Source},
};
use purlin_openapi::{Dialect, Method};

/// What identifies an operation: its method and its path without the names of
/// its parameters.
pub(super) type Key = (String, Method);

/// A whole document.
#[derive(Debug)]
pub(super) struct Api<'d> {
    pub(super) source: Source<'d>,
    pub(super) operations: BTreeMap<Key, Operation<'d>>,
    pub(super) webhooks: BTreeMap<&'d str, Node<'d>>,
    pub(super) security: Vec<Alternative>,
}

/// An operation.
#[derive(Debug)]
pub(super) struct Operation<'d> {
    /// `POST /todos`.
    pub(super) name: String,
    pub(super) node: Node<'d>,
    pub(super) parameters: Vec<Parameter<'d>>,
    pub(super) body: Option<Body<'d>>,
    pub(super) responses: BTreeMap<&'d str, Response<'d>>,
    /// None: the document's.
    pub(super) security: Option<Vec<Alternative>>,
}

/// A parameter in a path, a query, a header or a cookie.
#[derive(Debug)]
pub(super) struct Parameter<'d> {
    pub(super) node: Node<'d>,
    pub(super) location: &'d str,
    pub(super) name: &'d str,
    /// What identifies it: in a path its position, else its name.
    pub(super) identity: String,
    pub(super) required: bool,
    pub(super) schema: Node<'d>,
    /// How lists and objects are written.
    pub(super) style: String,
}

impl<'d> Api<'d> {
    pub(super) fn read(source: Source<'d>) -> Result<Self, DocumentError> {
        let root = source.root();
        let mut operations = BTreeMap::new();
        for (template, item) in source.members(&root, "paths")? {
            if template.starts_with("x-") {
                continue;
            }
            let item = source.resolve(&item)?;
            for (name, node) in source.all(&item)? {
                let Ok(method) = name.to_ascii_uppercase().parse::<Method>() else {
                    continue;
                };
                let base = base_path(&source, &[&node, &item, &root]);
                let template = format!("{base}{template}");
                let operation = Operation::read(&source, &template, method, &item, node)?;
                let (identity, _) = identity(&template);
                operations.entry((identity, method)).or_insert(operation);
            }
        }
        let webhooks = source.members(&root, "webhooks")?.into_iter().collect();
        let security = security::alternatives(&source, &root)?.unwrap_or_default();
        Ok(Self {
            source,
            operations,
            webhooks,
            security,
        })
    }
}

impl<'d> Operation<'d> {
    fn read(
        source: &Source<'d>,
        template: &str,
        method: Method,
        item: &Node<'d>,
        node: Node<'d>,
    ) -> Result<Self, DocumentError> {
        let mut declared: BTreeMap<(&str, &str), Node<'d>> = BTreeMap::new();
        for parent in [item, &node] {
            for parameter in source.items(parent, "parameters")? {
                let parameter = source.resolve(&parameter)?;
                // Without a place and a name it is none; what an operation says outweighs its path.
                if let (Some(location), Some(name)) = (parameter.text("in"), parameter.text("name"))
                {
                    declared.insert((location, name), parameter);
                }
            }
        }
        let (_, names) = identity(template);
        let mut parameters = Vec::new();
        for ((location, name), parameter) in &declared {
            let elsewhere = matches!(*location, "body" | "formData");
            if !elsewhere && !is_ignored(source.dialect, location, name) {
                parameters.push(Parameter::read(source, parameter, location, name, &names)?);
            }
        }
        let body = match source.dialect {
            Dialect::V2_0 => Body::of_parameters(source, &node, declared.values())?,
            _ => Body::read(source, &node)?,
        };
        let mut responses = BTreeMap::new();
        for (status, response) in source.members(&node, "responses")? {
            if !status.starts_with("x-") {
                responses.insert(status, Response::read(source, &node, &response)?);
            }
        }
        Ok(Self {
            name: format!("{} {template}", method.to_string().to_ascii_uppercase()),
            parameters,
            body,
            responses,
            security: security::alternatives(source, &node)?,
            node,
        })
    }

    pub(super) fn is_deprecated(&self) -> bool {
        self.node.is_true("deprecated") || self.node.is_true("x-deprecated")
    }

    pub(super) fn tags(&self) -> impl Iterator<Item = &'d str> {
        let tags = self.node.value.get("tags").and_then(Value::as_array);
        tags.into_iter().flatten().filter_map(Value::as_str)
    }
}

impl<'d> Parameter<'d> {
    fn read(
        source: &Source<'d>,
        node: &Node<'d>,
        location: &'d str,
        name: &'d str,
        of_path: &[&str],
    ) -> Result<Self, DocumentError> {
        let schema = match source.dialect {
            // The parameter is its own schema.
            Dialect::V2_0 => node.clone(),
            _ => match source.child(node, "schema") {
                Some(schema) => schema,
                None => first_schema(source, node)?,
            },
        };
        let position = (location == "path")
            .then(|| of_path.iter().position(|it| *it == name))
            .flatten();
        let identity = match (location, position) {
            (_, Some(position)) => format!("path {position}"),
            ("header", _) => format!("header {}", name.to_ascii_lowercase()),
            _ => format!("{location} {name}"),
        };
        Ok(Self {
            location,
            name,
            identity,
            required: node.is_true("required") || location == "path",
            schema,
            style: style(source.dialect, node, location),
            node: node.clone(),
        })
    }
}

/// The schema of a parameter that has a media type instead.
fn first_schema<'d>(source: &Source<'d>, node: &Node<'d>) -> Result<Node<'d>, DocumentError> {
    let content = Content::of_3(source, node)?;
    let first = content.media.into_values().next();
    Ok(first.unwrap_or_else(|| Node::anything(&node.pointer)))
}

/// Headers that OpenAPI 3 describes elsewhere (3.1.1 section 4.8.12.2.1).
fn is_ignored(dialect: Dialect, location: &str, name: &str) -> bool {
    let elsewhere = ["accept", "content-type", "authorization"];
    let is_header = location == "header" && dialect != Dialect::V2_0;
    is_header && elsewhere.iter().any(|it| name.eq_ignore_ascii_case(it))
}

/// Style and explode in one word; what a dialect leaves out is put in.
fn style(dialect: Dialect, node: &Node<'_>, location: &str) -> String {
    let is_form = matches!(location, "query" | "cookie");
    let usual = if is_form { "form" } else { "simple" };
    if dialect == Dialect::V2_0 {
        let said = match node.text("collectionFormat").unwrap_or("csv") {
            "multi" => "form exploded",
            "ssv" => "spaceDelimited",
            "tsv" => "tabDelimited",
            "pipes" => "pipeDelimited",
            _ => usual,
        };
        return said.to_owned();
    }
    let style = node.text("style").unwrap_or(usual);
    let explode = node.value.get("explode").and_then(Value::as_bool);
    // For these it is all one.
    let is_said = style == "form" || style == "simple" || style == "label" || style == "matrix";
    if is_said && explode.unwrap_or(style == "form") {
        format!("{style} exploded")
    } else {
        style.to_owned()
    }
}

/// A template without the names of its parameters, and those names.
fn identity(template: &str) -> (String, Vec<&str>) {
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

/// What stands before every path: Swagger's `basePath`, or the path of the
/// first server of the nearest of these nodes that names any.
fn base_path(source: &Source<'_>, nodes: &[&Node<'_>]) -> String {
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
    fn paths_are_the_same_whatever_their_parameters_are_called() {
        assert_eq!(
            identity("/a/{b}/c.{d}"),
            ("/a/{}/c.{}".to_owned(), vec!["b", "d"])
        );
        assert_eq!(identity("/a/{b"), ("/a/{b".to_owned(), vec![]));
    }

    #[test]
    fn a_server_stands_before_paths_with_its_path_alone() {
        let path =
            |url: &str| server_path(&json!({"url": url, "variables": {"v": {"default": "v1"}}}));
        assert_eq!(path("https://a.test/{v}/x?y"), "v1/x");
        assert_eq!(path("https://a.test"), "");
        assert_eq!(path("/v2"), "/v2");
    }
}
