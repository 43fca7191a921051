//! The API that a document of any dialect describes, in the terms of OpenAPI 3.1:
//! operations with their parameters, bodies and responses, each with the node it
//! was read from. Schemas are not read here but by `merged`.

mod content;
mod path;
mod servers;

use std::collections::BTreeMap;

use purlin_openapi::Dialect;
use serde_json::Value;

pub(crate) use content::{Body, Content, Header, Media, Response};

use crate::{
    error::{DocumentError, DocumentErrorKind},
    security::{self, Alternative},
    source::{Node, Source},
};

/// The identity of an operation: its path without the names of the parameters and
/// its method.
pub(crate) type Key = (String, String);

/// The methods with a member of their own in a path item.
pub(crate) const METHODS: [&str; 9] = [
    "delete", "get", "head", "options", "patch", "post", "put", "query", "trace",
];

/// An API.
#[derive(Debug)]
pub(crate) struct Api<'d> {
    pub(crate) source: Source<'d>,
    /// The operations; several if templates differ in the names of parameters only.
    pub(crate) operations: BTreeMap<Key, Vec<Operation<'d>>>,
    pub(crate) webhooks: BTreeMap<String, Callback<'d>>,
    pub(crate) security: Vec<Alternative>,
    pub(crate) servers: Vec<String>,
}

/// Requests that the server sends: a webhook or a callback.
#[derive(Debug)]
pub(crate) struct Callback<'d> {
    pub(crate) node: Node<'d>,
    /// The operations by method.
    pub(crate) operations: BTreeMap<String, Operation<'d>>,
}

/// An operation.
#[derive(Debug)]
pub(crate) struct Operation<'d> {
    /// `POST /todos`.
    pub(crate) name: String,
    /// The path with the names of its parameters.
    pub(crate) template: String,
    pub(crate) node: Node<'d>,
    /// The path item, before its reference is followed.
    pub(crate) item: Node<'d>,
    /// The servers of the operation or its path; none to inherit the document's.
    pub(crate) servers: Option<Vec<String>>,
    /// The callbacks by name and expression.
    pub(crate) callbacks: BTreeMap<String, Callback<'d>>,
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
        let mut operations: BTreeMap<Key, Vec<Operation<'d>>> = BTreeMap::new();
        for (template, item) in source.members(&root, "paths")? {
            if template.starts_with("x-") {
                continue;
            }
            for (method, operation) in Operation::all(&source, template, &item, true)? {
                let (identity, _) = path::identity(&operation.template);
                let same_path = operations.entry((identity, method)).or_default();
                same_path.push(operation);
            }
        }
        let mut webhooks = BTreeMap::new();
        for (name, node) in source.members(&root, "webhooks")? {
            webhooks.insert(name.to_owned(), Callback::read(&source, node)?);
        }
        let security = security::alternatives(&source, &root)?.unwrap_or_default();
        Ok(Self {
            servers: servers::of(&source, &root).unwrap_or_default(),
            source,
            operations,
            webhooks,
            security,
        })
    }
}

impl<'d> Callback<'d> {
    fn read(source: &Source<'d>, node: Node<'d>) -> Result<Self, DocumentError> {
        // The callbacks of a callback might be its own.
        let operations = Operation::all(source, "", &node, false)?;
        Ok(Self {
            node,
            operations: operations.into_iter().collect(),
        })
    }

    /// Reads the callbacks of an operation by name and expression.
    fn all(
        source: &Source<'d>,
        operation: &Node<'d>,
    ) -> Result<BTreeMap<String, Self>, DocumentError> {
        let mut all = BTreeMap::new();
        for (name, callback) in source.members(operation, "callbacks")? {
            let callback = source.resolve(&callback)?;
            for (expression, item) in source.all(&callback)? {
                if !expression.starts_with("x-") {
                    let key = format!("{name} {expression}");
                    all.insert(key, Self::read(source, item)?);
                }
            }
        }
        Ok(all)
    }
}

impl<'d> Operation<'d> {
    /// Reads the operations of a path item, each with its method.
    fn all(
        source: &Source<'d>,
        template: &str,
        item: &Node<'d>,
        has_callbacks: bool,
    ) -> Result<Vec<(String, Self)>, DocumentError> {
        let root = source.root();
        let resolved = source.resolve(item)?;
        let mut nodes = Vec::new();
        for (name, node) in source.all(&resolved)? {
            if METHODS.contains(&name) {
                nodes.push((name.to_ascii_uppercase(), node));
            }
        }
        for (name, node) in source.members(&resolved, "additionalOperations")? {
            nodes.push((name.to_owned(), node));
        }
        let mut all = Vec::new();
        for (method, node) in nodes {
            let base = path::base_path(source, &[&node, &resolved, &root]);
            let template = format!("{base}{template}");
            let mut operation = Self::read(source, &template, &method, &resolved, node)?;
            operation.item = item.clone();
            if has_callbacks {
                operation.callbacks = Callback::all(source, &operation.node)?;
            }
            all.push((method, operation));
        }
        Ok(all)
    }

    fn read(
        source: &Source<'d>,
        template: &str,
        method: &str,
        item: &Node<'d>,
        node: Node<'d>,
    ) -> Result<Self, DocumentError> {
        let mut declared: BTreeMap<(&str, &str), Node<'d>> = BTreeMap::new();
        for parent in [item, &node] {
            for parameter in source.items(parent, "parameters")? {
                let parameter = source.resolve(&parameter)?;
                if !parameter.value.is_object() {
                    let expected = DocumentErrorKind::Expected("an object");
                    return Err(source.error(&parameter.pointer, expected));
                }
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
            name: format!("{method} {template}"),
            template: template.to_owned(),
            item: item.clone(),
            servers: servers::of(source, &node).or_else(|| servers::of(source, item)),
            callbacks: BTreeMap::new(),
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
        let (schema, style) = serialized(source, node, location)?;
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
            style,
            node: node.clone(),
        })
    }
}

/// Returns the schema of a parameter or header, and how it is serialized: its style
/// or the media type of its `content`.
fn serialized<'d>(
    source: &Source<'d>,
    node: &Node<'d>,
    location: &str,
) -> Result<(Node<'d>, String), DocumentError> {
    let style = style(source.dialect, node, location);
    // In Swagger 2.0 it is its own schema.
    if source.dialect == Dialect::V2_0 {
        return Ok((node.clone(), style));
    }
    if let Some(schema) = source.child(node, "schema") {
        return Ok((schema, style));
    }
    let content = Content::of_3(source, node)?;
    match content.media.into_iter().next() {
        Some((name, media)) => Ok((media.schema, name)),
        None => Ok((Node::anything(&node.pointer), style)),
    }
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
    let style = match node.value.get("style") {
        None => default,
        Some(Value::String(style)) => style,
        Some(_) => "unknown",
    };
    let explode = node.value.get("explode").and_then(Value::as_bool);
    // Other styles do not depend on `explode`.
    let has_explode = matches!(style, "cookie" | "form" | "label" | "matrix" | "simple");
    if has_explode && explode.unwrap_or(matches!(style, "cookie" | "form")) {
        format!("{style} exploded")
    } else {
        style.to_owned()
    }
}
