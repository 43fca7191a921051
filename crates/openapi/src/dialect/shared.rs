//! Responses and headers that several operations have, written once as components and referred to.
//!
//! The model has every response in place. A component is made of error responses, redirects and 304 alone: what an
//! operation returns where it succeeds is its own, even if another operation returns the same.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::{Map, Value, json};

/// The least number of operations that a component is made for.
const MIN_USES: usize = 3;

/// The names of shared responses, by status (RFC 9110 section 15, RFC 6585, RFC 4918, RFC 8470).
const NAMES: [(u16, &str); 45] = [
    (300, "MultipleChoices"),
    (301, "MovedPermanently"),
    (302, "Found"),
    (303, "SeeOther"),
    (304, "NotModified"),
    (307, "TemporaryRedirect"),
    (308, "PermanentRedirect"),
    (400, "BadRequest"),
    (401, "Unauthorized"),
    (402, "PaymentRequired"),
    (403, "Forbidden"),
    (404, "NotFound"),
    (405, "MethodNotAllowed"),
    (406, "NotAcceptable"),
    (407, "ProxyAuthenticationRequired"),
    (408, "RequestTimeout"),
    (409, "Conflict"),
    (410, "Gone"),
    (411, "LengthRequired"),
    (412, "PreconditionFailed"),
    (413, "ContentTooLarge"),
    (414, "UriTooLong"),
    (415, "UnsupportedMediaType"),
    (416, "RangeNotSatisfiable"),
    (417, "ExpectationFailed"),
    (418, "ImATeapot"),
    (421, "MisdirectedRequest"),
    (422, "UnprocessableContent"),
    (423, "Locked"),
    (424, "FailedDependency"),
    (425, "TooEarly"),
    (426, "UpgradeRequired"),
    (428, "PreconditionRequired"),
    (429, "TooManyRequests"),
    (431, "RequestHeaderFieldsTooLarge"),
    (451, "UnavailableForLegalReasons"),
    (500, "InternalServerError"),
    (501, "NotImplemented"),
    (502, "BadGateway"),
    (503, "ServiceUnavailable"),
    (504, "GatewayTimeout"),
    (505, "HttpVersionNotSupported"),
    (506, "VariantAlsoNegotiates"),
    (507, "InsufficientStorage"),
    (511, "NetworkAuthenticationRequired"),
];

/// Shares headers and responses of a written OpenAPI 3 document.
pub(super) fn share(document: &mut Value) {
    let headers = share_headers(document, "#/components/headers/");
    let responses = share_responses(document, "#/components/responses/");
    for (key, shared) in [("headers", headers), ("responses", responses)] {
        if !shared.is_empty() {
            document["components"][key] = Value::Object(shared);
        }
    }
}

/// Shares responses of a written Swagger 2.0 document, which cannot share headers.
pub(super) fn share_v2_0(document: &mut Value) {
    let responses = share_responses(document, "#/responses/");
    if !responses.is_empty() {
        document["responses"] = Value::Object(responses);
    }
}

fn share_headers(document: &mut Value, prefix: &str) -> Map<String, Value> {
    let mut uses = Uses::default();
    for_each_response(document, &mut |_, response| {
        for (name, header) in members(response, "headers") {
            if is_component_name(name) {
                uses.count(name, header);
            }
        }
    });
    let shared = uses.into_shared();
    for_each_response(document, &mut |_, response| {
        for (name, header) in members(response, "headers") {
            shared.refer(name, header, prefix);
        }
    });
    shared.components
}

fn share_responses(document: &mut Value, prefix: &str) -> Map<String, Value> {
    let mut uses = Uses::default();
    for_each_response(document, &mut |status, response| {
        if let Some(name) = name(status) {
            uses.count(name, response);
        }
    });
    let shared = uses.into_shared();
    for_each_response(document, &mut |status, response| {
        if let Some(name) = name(status) {
            shared.refer(name, response, prefix);
        }
    });
    shared.components
}

/// Returns the name of a shared response of a status; `None` for those that are not shared.
fn name(status: &str) -> Option<&'static str> {
    let status: u16 = status.parse().ok()?;
    let known = NAMES.iter().find(|(known, _)| *known == status);
    known.map(|(_, name)| *name)
}

/// Returns whether a component may have this name (OpenAPI 3.1.1 section 4.8.7).
fn is_component_name(name: &str) -> bool {
    name.bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'))
}

/// Calls `visit` with each response of each operation and its status, in the order of the document.
fn for_each_response(document: &mut Value, visit: &mut impl FnMut(&str, &mut Value)) {
    for (_, item) in members(document, "paths") {
        let operations = item.as_object_mut().into_iter().flatten();
        for (_, operation) in operations {
            for (status, response) in members(operation, "responses") {
                visit(status, response);
            }
        }
    }
}

fn members<'v>(
    parent: &'v mut Value,
    key: &str,
) -> impl Iterator<Item = (&'v String, &'v mut Value)> {
    let members = parent.get_mut(key).and_then(Value::as_object_mut);
    members.into_iter().flatten()
}

/// How often each value occurs under each name, values in the order of their first occurrence.
#[derive(Default)]
struct Uses(BTreeMap<String, Vec<(Value, usize)>>);

impl Uses {
    fn count(&mut self, name: &str, value: &Value) {
        let values = self.0.entry(name.to_owned()).or_default();
        match values.iter_mut().find(|(known, _)| known == value) {
            Some((_, count)) => *count += 1,
            None => values.push((value.clone(), 1)),
        }
    }

    /// Makes a component of each value that occurs often enough: the first one of a name has that name, others have a
    /// number behind it.
    fn into_shared(self) -> Shared {
        let mut shared = Shared::default();
        let taken: BTreeSet<String> = self.0.keys().cloned().collect();
        for (name, values) in self.0 {
            let mut own = name.clone();
            let mut number = 1_u32;
            for (value, count) in values {
                if count < MIN_USES {
                    continue;
                }
                while shared.components.contains_key(&own) || (number > 1 && taken.contains(&own)) {
                    number += 1;
                    own = format!("{name}{number}");
                }
                shared.names.insert(key(&name, &value), own.clone());
                shared.components.insert(own.clone(), value);
            }
        }
        shared
    }
}

/// The components, and what each is called, by the name and the text of its value.
#[derive(Default)]
struct Shared {
    components: Map<String, Value>,
    names: HashMap<String, String>,
}

impl Shared {
    /// Replaces a value by a reference, if it is a component.
    fn refer(&self, name: &str, value: &mut Value, prefix: &str) {
        if self.names.is_empty() {
            return;
        }
        if let Some(name) = self.names.get(&key(name, value)) {
            *value = json!({"$ref": format!("{prefix}{name}")});
        }
    }
}

fn key(name: &str, value: &Value) -> String {
    format!("{name} {value}")
}
