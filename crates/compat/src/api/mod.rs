//! The API that a document of any dialect describes, in the terms of OpenAPI 3.1:
//! operations with their parameters, bodies and responses, each with the node it
//! was read from. Schemas are not read here but by `merged`.

mod content;
mod path;

use std::collections::BTreeMap;

use purlin_openapi::{Dialect, Method};
use serde_json::Value;

pub(crate) use content::{Body, Content, Header, Response};

use crate::{
    error::DocumentError,
    security::{self, Alternative},
    source::{Node, Source},
};

/// The identity of an operation: its path without the names of the parameters and
/// its method.
pub(crate) type Key = (String, Method);

/// An API.
#[derive(Debug)]
pub(crate) struct Api<'d> {
    pub(crate) source: Source<'d>,
    pub(crate) operations: BTreeMap<Key, Operation<'d>>,
    pub(crate) webhooks: BTreeMap<&'d str, Node<'d>>,
    pub(crate) security: Vec<Alternative>,
}

/// An operation.
#[derive(Debug)]
pub(crate) struct Operation<'d> {
    /// `POST /todos`.
    pub(crate) name: String,
    pub(crate) node: Node<'d>,
    pub(crate) parameters: Vec<Parameter<'d>>,
    pub(crate) body: Option<Body<'d>>,
    pub(crate) responses: BTreeMap<&'d str, Response<'d>>,
    /// None to inherit the document's.
    pub(crate) security: Option<Vec<Alternative>>,
}

/// A path, query, header or cookie parameter.
#[derive(Debug)]
pub(crate) struct Parameter<'d> {
    pub(crate) node: Node<'d>,
    pub(crate) location: &'d str,
    pub(crate) name: &'d str,
    /// Its identity: the position in the path, otherwise the name.
    pub(crate) identity: String,
    pub(crate) required: bool,
    pub(crate) schema: Node<'d>,
    /// The style in which arrays and objects are serialized.
    pub(crate) style: String,
}

impl<'d> Api<'d> {
    pub(crate) fn read(source: Source<'d>) -> Result<Self, DocumentError> {
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
                let base = path::base_path(&source, &[&node, &item, &root]);
                let template = format!("{base}{template}");
                let operation = Operation::read(&source, &template, method, &item, node)?;
                let (identity, _) = path::identity(&template);
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
                // A parameter without location or name is skipped; those of an operation replace
                // those of its path.
                if let (Some(location), Some(name)) = (parameter.text("in"), parameter.text("name"))
                {
                    declared.insert((location, name), parameter);
                }
            }
        }
        let (_, names) = path::identity(template);
        let mut parameters = Vec::new();
        for ((location, name), parameter) in &declared {
            let is_body = matches!(*location, "body" | "formData");
            if !is_body && !is_ignored(source.dialect, location, name) {
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

    pub(crate) fn is_deprecated(&self) -> bool {
        self.node.is_true("deprecated") || self.node.is_true("x-deprecated")
    }

    pub(crate) fn tags(&self) -> impl Iterator<Item = &'d str> {
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
            // A Swagger 2.0 parameter is its own schema.
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

/// Returns the schema of a parameter that has `content` instead of `schema`.
fn first_schema<'d>(source: &Source<'d>, node: &Node<'d>) -> Result<Node<'d>, DocumentError> {
    let content = Content::of_3(source, node)?;
    let first = content.media.into_values().next();
    Ok(first.unwrap_or_else(|| Node::anything(&node.pointer)))
}

/// Returns whether OpenAPI 3 ignores a parameter (3.1.1 section 4.8.12.2.1).
fn is_ignored(dialect: Dialect, location: &str, name: &str) -> bool {
    let ignored = ["accept", "content-type", "authorization"];
    let is_header = location == "header" && dialect != Dialect::V2_0;
    is_header && ignored.iter().any(|it| name.eq_ignore_ascii_case(it))
}

/// Returns style and explode as text, with defaults filled in.
fn style(dialect: Dialect, node: &Node<'_>, location: &str) -> String {
    let is_form = matches!(location, "query" | "cookie");
    let default = if is_form { "form" } else { "simple" };
    if dialect == Dialect::V2_0 {
        let style = match node.text("collectionFormat").unwrap_or("csv") {
            "multi" => "form exploded",
            "ssv" => "spaceDelimited",
            "tsv" => "tabDelimited",
            "pipes" => "pipeDelimited",
            _ => default,
        };
        return style.to_owned();
    }
    let style = node.text("style").unwrap_or(default);
    let explode = node.value.get("explode").and_then(Value::as_bool);
    // Other styles do not depend on `explode`.
    let has_explode = style == "form" || style == "simple" || style == "label" || style == "matrix";
    if has_explode && explode.unwrap_or(style == "form") {
        format!("{style} exploded")
    } else {
        style.to_owned()
    }
}
