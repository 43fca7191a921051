//! The document for generators of clients: what one of them cannot take, in
//! words it can. It says less than the document, and nothing that does not
//! hold; each rule names the generator that needs it.

use std::collections::BTreeMap;

use crate::{Document, MediaType, Response, Schema};

const JSON: &str = "application/json";

impl Document {
    /// The document for generators of clients.
    ///
    /// - A response of one media type that is JSON under a name of its own,
    ///   such as `application/problem+json`, is said to be that or
    ///   `application/json`. progenitor (Rust) reads no other name: without it,
    ///   errors are bytes.
    /// - Where the successes of an operation have different bodies, those of
    ///   the first body stay and the others are not told of, and so with its
    ///   failures. progenitor stops at the second body.
    #[must_use]
    pub fn for_clients(&self) -> Self {
        let mut document = self.clone();
        let paths = document.paths.values_mut();
        for operation in paths.flat_map(|item| item.operations.values_mut()) {
            for response in operation.responses.values_mut() {
                json_by_its_name(&mut response.content);
            }
            for class in [&["2"][..], &["4", "5"]] {
                one_body(&mut operation.responses, class);
            }
        }
        document
    }
}

/// Two names for one body: whoever knows either can read it. With several
/// bodies there, the name could be taken for another one's.
fn json_by_its_name(content: &mut BTreeMap<String, MediaType>) {
    let mut bodies = content.iter();
    let (Some((name, body)), None) = (bodies.next(), bodies.next()) else {
        return;
    };
    if name.ends_with("+json") {
        content.insert(JSON.to_owned(), body.clone());
    }
}

/// What a body is read as.
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

/// Leaves the responses of a class that have one body. A range, or `default`,
/// would speak for the statuses that go, so it goes as well.
fn one_body(responses: &mut BTreeMap<String, Response>, class: &[&str]) {
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

/// Whether it is one status, and neither a range nor `default`.
fn is_exact(status: &str) -> bool {
    status.bytes().all(|byte| byte.is_ascii_digit())
}
