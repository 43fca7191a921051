//! Checks of an operation's extractors, of repeated tags and of the documents' paths: each of these errors would make a
//! document that is invalid, or one that no client can satisfy.

use actix_web::http::Method;
use purlin_openapi::{self as openapi, Tag};
use purlin_schemas::Location;

use super::templates::Template;
use crate::{
    describe::{Notes, Section},
    operation::info::OperationInfo,
};

/// Returns everything that is wrong with what an operation takes.
pub(super) fn arguments(info: &OperationInfo, notes: &Notes) -> Vec<String> {
    let mut reasons: Vec<String> = method(info, notes).into_iter().collect();
    if notes.bodies > 1 {
        reasons.push(
            "more than one argument reads the body, and it is there once; take one of `Json<T>`, `Form<T>`, `Multipart<T>`, `Bytes`, `String`, `Payload`, or `OneOf` the first three"
                .to_owned(),
        );
    }
    if notes.paths > 1 {
        reasons.push(
            "more than one argument reads the path; take one `Path<T>`, of a tuple or a struct"
                .to_owned(),
        );
    }
    reasons.extend(media_types(notes));
    reasons.extend(queries(&notes.sections));
    reasons.extend(headers(&notes.sections));
    reasons.extend(cookies(&notes.sections));
    reasons
}

/// A media type that two alternatives of a body read.
fn media_types(notes: &Notes) -> Option<String> {
    let mut types = notes.media_types.iter().enumerate();
    let is_known = |(at, (name, _)): &(usize, &(&str, _))| {
        notes
            .media_types
            .iter()
            .take(*at)
            .any(|(known, _)| known == name)
    };
    let (_, (name, _)) = types.find(is_known)?;
    (notes.bodies == 1).then(|| {
        format!("two alternatives of the body are `{name}`, and only the first would be read; take one extractor of it, of an enum for example")
    })
}

fn method(info: &OperationInfo, notes: &Notes) -> Option<String> {
    let method = &info.method;
    if matches!(*method, Method::HEAD | Method::OPTIONS) {
        return Some(format!(
            "{method} is served for every path already; leave it out"
        ));
    }
    if matches!(*method, Method::CONNECT | Method::TRACE) {
        return Some(format!(
            "{method} is for proxies and debugging, not for an API; use another method"
        ));
    }
    if notes.bodies > 0 && *method == Method::GET {
        return Some(
            "a GET has no body (RFC 9110 section 9.3.1); take a `Query<T>`, or declare a POST"
                .to_owned(),
        );
    }
    if !info.hidden && method.as_str().parse::<openapi::Method>().is_err() {
        return Some(format!(
            "OpenAPI 3.1 has no place for the method {method}, so the document cannot have it; use another method, or `.hidden()`"
        ));
    }
    None
}

/// Two types that read one query.
fn queries(sections: &[Section]) -> Option<String> {
    let queries: Vec<&Section> = of(sections, Location::Query).collect();
    if queries.len() < 2 {
        return None;
    }
    for (at, one) in queries.iter().enumerate() {
        for other in queries.iter().skip(at + 1) {
            if let Some(name) = one.names.iter().find(|name| other.names.contains(name)) {
                return Some(format!(
                    "two arguments read the parameter `{name}` of the query; take one `Query<T>`"
                ));
            }
        }
    }
    // Names are different in each by now.
    let reads = |section: &&Section| !section.names.is_empty();
    let is_rejected = queries.iter().enumerate().any(|(at, one)| {
        let mut rest = queries.iter().enumerate().filter(|(other, _)| *other != at);
        one.is_closed && rest.any(|(_, other)| reads(other))
    });
    is_rejected.then(|| {
        let names: Vec<_> = queries
            .iter()
            .filter_map(|section| section.names.first())
            .map(|name| format!("`{name}`"))
            .collect();
        format!(
            "several arguments read the query, and one rejects what only another knows ({}); take one `Query<T>` with the parameters of all",
            names.join(", ")
        )
    })
}

/// The header fields OpenAPI ignores as parameters (3.1.1 section 4.8.12.1), and what states them instead.
const STATED_ELSEWHERE: [(&str, &str); 3] = [
    (
        "accept",
        "the responses state the media types; leave it out, or read it from the `HttpRequest`",
    ),
    (
        "content-type",
        "the body's extractor states it; leave it out, or read it from the `HttpRequest`",
    ),
    (
        "authorization",
        "declare an authenticator, and name it with `authenticators`",
    ),
];

fn headers(sections: &[Section]) -> Vec<String> {
    let mut reasons = Vec::new();
    let mut seen: Vec<&str> = Vec::new();
    for name in of(sections, Location::Header).flat_map(|section| &section.names) {
        if !is_token(name) {
            reasons.push(format!(
                "no header can have the name `{}` (RFC 9110 section 5.6.2): a name is letters, digits and any of !#$%&'*+-.^_`|~; rename the field with `#[serde(rename = \"…\")]`",
                name.escape_debug()
            ));
        } else if let Some((_, instead)) = STATED_ELSEWHERE
            .iter()
            .find(|(known, _)| name.eq_ignore_ascii_case(known))
        {
            reasons.push(format!(
                "OpenAPI ignores a parameter for the header `{name}`: {instead}"
            ));
        }
        if seen.iter().any(|known| known.eq_ignore_ascii_case(name)) {
            reasons.push(format!(
                "the header `{name}` is read twice, and header names are case-insensitive; read it once"
            ));
        }
        seen.push(name);
    }
    reasons
}

fn cookies(sections: &[Section]) -> Vec<String> {
    let mut reasons = Vec::new();
    let mut seen: Vec<&str> = Vec::new();
    for name in of(sections, Location::Cookie).flat_map(|section| &section.names) {
        if !is_token(name) {
            reasons.push(format!(
                "no cookie can have the name `{}` (RFC 6265 section 4.1.1): a name is letters, digits and any of !#$%&'*+-.^_`|~; rename the field with `#[serde(rename = \"…\")]`",
                name.escape_debug()
            ));
        }
        if seen.contains(&name.as_str()) {
            reasons.push(format!(
                "two arguments read the cookie `{name}`; read it once"
            ));
        }
        seen.push(name);
    }
    reasons
}

fn of(sections: &[Section], location: Location) -> impl Iterator<Item = &Section> {
    sections
        .iter()
        .filter(move |section| section.location == location)
}

/// RFC 9110 section 5.6.2.
fn is_token(text: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !text.is_empty() && text.bytes().all(is_part)
}

/// Returns the tags that are declared more than once, each once.
pub(super) fn repeated_tags(tags: &[Tag]) -> Vec<&str> {
    let mut repeated: Vec<&str> = Vec::new();
    for (at, tag) in tags.iter().enumerate() {
        let before = tags.iter().take(at);
        if before.into_iter().any(|known| known.name == tag.name)
            && !repeated.contains(&tag.name.as_str())
        {
            repeated.push(&tag.name);
        }
    }
    repeated
}

/// Checks the path of the document or the docs page (without the prefix): it is literal, and its last segment is a
/// file name.
pub(super) fn page(path: &str) -> Result<(), String> {
    if !Template::parse(path)?.names.is_empty() {
        return Err(format!(
            "the path `{path}` has parameters; there is one document, so write a literal path"
        ));
    }
    if path == "/" {
        return Err(
            "it cannot be at `/`; give it a path of its own, such as `/openapi.json` or `/docs`"
                .to_owned(),
        );
    }
    if path.ends_with('/') {
        return Err(format!(
            "the path `{path}` ends with `/`; write `{}`",
            path.trim_end_matches('/')
        ));
    }
    Ok(())
}
