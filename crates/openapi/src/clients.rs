//! The document for client generators: what a generator does not support is
//! replaced by what it supports. The result contains less information than the
//! document, and nothing that is not true; each rule names the generator that
//! needs it.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    Document, MediaType, Operation, Parameter, ParameterLocation, ParameterStyle, Response, Schema,
};

const JSON: &str = "application/json";

impl Document {
    /// Returns the document for client generators.
    ///
    /// - A response with one media type based on JSON, such as
    ///   `application/problem+json`, also gets `application/json`. progenitor
    ///   (Rust) supports no other name: without it, errors are bytes.
    /// - If the successful responses of an operation have different bodies,
    ///   only those with the first body are kept; the same applies to error
    ///   responses. progenitor rejects a second body.
    /// - Parameters that progenitor cannot write are omitted: cookies, which the
    ///   HTTP client of the program sends, and parameters of the query in
    ///   another style than `form`, or with `explode: false`. An operation that
    ///   requires one of the latter is omitted.
    #[must_use]
    pub fn for_clients(&self) -> Self {
        let mut document = self.clone();
        remove_unsupported_parameters(&mut document);
        let paths = document.paths.values_mut();
        for operation in paths.flat_map(|item| item.operations.values_mut()) {
            for response in operation.responses.values_mut() {
                add_json_alias(&mut response.content);
            }
            for class in [&["2"][..], &["4", "5"]] {
                keep_one_body(&mut operation.responses, class);
            }
        }
        document
    }
}

/// Returns whether a generator can write a parameter.
fn is_supported(parameter: &Parameter) -> bool {
    match parameter.location {
        ParameterLocation::Cookie => false,
        ParameterLocation::Query => {
            let is_form = matches!(parameter.style, None | Some(ParameterStyle::Form));
            is_form && parameter.explode != Some(false)
        }
        _ => true,
    }
}

/// Removes parameters that are not supported, and the operations that cannot be
/// called without them, with the links to these.
fn remove_unsupported_parameters(document: &mut Document) {
    let is_callable = |operation: &Operation| {
        let mut parameters = operation.parameters.iter();
        parameters.all(|parameter| {
            let is_cookie = parameter.location == ParameterLocation::Cookie;
            !parameter.required || is_cookie || is_supported(parameter)
        })
    };
    let mut removed = BTreeSet::new();
    for item in document.paths.values_mut() {
        item.operations.retain(|_, operation| {
            let is_kept = is_callable(operation);
            if !is_kept {
                removed.insert(operation.operation_id.clone());
            }
            is_kept
        });
    }
    document.paths.retain(|_, item| !item.operations.is_empty());
    let items = document.paths.values_mut();
    for operation in items.flat_map(|item| item.operations.values_mut()) {
        operation.parameters.retain(is_supported);
        for response in operation.responses.values_mut() {
            let links = &mut response.links;
            links.retain(|_, link| !removed.contains(&link.operation_id));
        }
    }
}

/// Adds the name `application/json` for a single body based on JSON. With
/// several bodies, the name could be ambiguous.
fn add_json_alias(content: &mut BTreeMap<String, MediaType>) {
    let mut bodies = content.iter();
    let (Some((name, body)), None) = (bodies.next(), bodies.next()) else {
        return;
    };
    if name.ends_with("+json") {
        content.insert(JSON.to_owned(), body.clone());
    }
}

/// How a generator reads a body.
#[derive(PartialEq)]
enum Body<'r> {
    None,
    Json(&'r Schema),
    Bytes,
}

impl<'r> Body<'r> {
    fn of(response: &'r Response) -> Self {
        match response.content.get(JSON) {
            Some(json) => Self::Json(&json.schema),
            None if response.content.is_empty() => Self::None,
            None => Self::Bytes,
        }
    }
}

/// Keeps the responses of a status class that have the same body. A range or
/// `default` is removed as well, because it would describe the removed
/// statuses.
fn keep_one_body(responses: &mut BTreeMap<String, Response>, class: &[&str]) {
    let is_of_class = |status: &str| class.iter().any(|it| status.starts_with(it));
    let alike = |of: &[(&String, &Response)]| {
        let mut bodies = of.iter().map(|(_, response)| Body::of(response));
        let first = bodies.next();
        bodies.all(|body| Some(body) == first)
    };
    let of_class = responses
        .iter()
        .filter(|(status, _)| is_of_class(status) || *status == "default");
    let of_class: Vec<_> = of_class.collect();
    if alike(&of_class) {
        return;
    }
    let exact = of_class.iter().filter(|(status, _)| is_exact(status));
    let exact: Vec<_> = exact.collect();
    let with_body = exact
        .iter()
        .find(|(_, response)| Body::of(response) != Body::None);
    let kept: Vec<String> = match with_body.or(exact.first()) {
        Some((_, first)) => exact
            .iter()
            .filter(|(_, response)| Body::of(response) == Body::of(first))
            .map(|(status, _)| (*status).clone())
            .collect(),
        None => of_class
            .first()
            .map(|(status, _)| (*status).clone())
            .into_iter()
            .collect(),
    };
    responses
        .retain(|status, _| kept.contains(status) || !(is_of_class(status) || status == "default"));
}

/// Returns whether it is a single status, not a range or `default`.
fn is_exact(status: &str) -> bool {
    status.bytes().all(|byte| byte.is_ascii_digit())
}
