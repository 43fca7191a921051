//! The GET operations of a document that can be requested: their paths with values, and what the others need.

use serde_json::Value;

use super::credentials::{self, has_header};
use crate::{Error, Result, service::closest};

/// What users give for requests.
pub(super) struct Inputs<'i> {
    pub(super) parameters: &'i [(String, String)],
    pub(super) headers: &'i [String],
}

/// An operation that can be requested.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) id: String,
    /// Path and query.
    pub(super) path: String,
}

impl Target {
    /// Describes why a target that does not return a success is not measured.
    pub(super) fn rejected(self, status: u16) -> Skipped {
        let remedy = match status {
            401 | 403 => "give other credentials with --header",
            429 => "raise `rate_limit` in its settings",
            _ => "give values that exist with --parameter NAME=VALUE",
        };
        Skipped {
            reason: format!("GET {} returns {status}: {remedy}", self.path),
            operation: self.id,
        }
    }
}

/// An operation that was not measured.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Skipped {
    /// The operation id.
    pub operation: String,
    /// Why, with the remedy.
    pub reason: String,
}

/// The operations of a document.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) targets: Vec<Target>,
    pub(super) skipped: Vec<Skipped>,
}

/// Fails if no GET operation has the wanted id, or none of those that are measured has a parameter that is given.
pub(super) fn check(document: &Value, wanted: Option<&str>, given: &[(String, String)]) -> Result {
    let unknown = |what: &str, name: &str, known: &[&str]| {
        let hint = closest(name, known.iter().copied());
        let hint = hint.map_or(".".to_owned(), |it| format!("; did you mean `{it}`?"));
        let known = match known {
            [] => "none".to_owned(),
            known => known.join(", "),
        };
        Error::unsupported(format!("{what} {name}{hint} There are: {known}"))
    };
    let ids: Vec<_> = operations(document).map(|(id, ..)| id).collect();
    if let Some(wanted) = wanted
        && !ids.contains(&wanted)
    {
        return Err(unknown("no GET operation is called", wanted, &ids));
    }
    let measured = operations(document).filter(|(id, ..)| wanted.is_none_or(|it| it == *id));
    let parameters = measured.flat_map(|(_, _, item)| parameters(document, item));
    let mut names: Vec<_> = parameters.filter_map(|it| it["name"].as_str()).collect();
    names.sort_unstable();
    names.dedup();
    match given.iter().find(|(name, _)| !names.contains(&&**name)) {
        Some((name, _)) => Err(unknown("no GET operation has the parameter", name, &names)),
        None => Ok(()),
    }
}

/// Returns the id, the path template and the path item of each GET operation.
fn operations(document: &Value) -> impl Iterator<Item = (&str, &String, &Value)> {
    let items = document["paths"].as_object().into_iter().flatten();
    let items = items.filter(|(_, item)| item["get"].is_object());
    items.map(|(template, item)| {
        let id = item["get"]["operationId"].as_str();
        (id.unwrap_or(template), template, item)
    })
}

/// Returns the parameters of a GET operation.
fn parameters<'d>(document: &'d Value, item: &'d Value) -> impl Iterator<Item = &'d Value> {
    let lists = [&item["parameters"], &item["get"]["parameters"]];
    let all = lists.into_iter().filter_map(Value::as_array).flatten();
    all.map(|parameter| resolve(document, parameter))
}

/// Finds all GET operations, or the one that is wanted.
pub(super) fn find(document: &Value, wanted: Option<&str>, inputs: &Inputs<'_>) -> Found {
    let mut found = Found::default();
    for (id, template, item) in operations(document) {
        if wanted.is_some_and(|wanted| wanted != id) {
            continue;
        }
        let id = id.to_owned();
        match path(document, template, item, inputs) {
            Ok(path) => found.targets.push(Target { id, path }),
            Err(reason) => found.skipped.push(Skipped {
                operation: id,
                reason,
            }),
        }
    }
    found
}

/// Returns path and query of an operation, or what it needs.
fn path(
    document: &Value,
    template: &str,
    item: &Value,
    inputs: &Inputs<'_>,
) -> Result<String, String> {
    let operation = &item["get"];
    if let Some(reason) = credentials::missing(document, operation, inputs.headers) {
        return Err(reason);
    }
    if is_stream(operation) {
        return Err("is a stream, which does not end".to_owned());
    }
    let mut path = format!("{}{template}", base(document));
    let mut query = Vec::new();
    let mut missing = Vec::new();
    for parameter in parameters(document, item) {
        let name = parameter["name"].as_str().unwrap_or_default();
        let given = inputs.parameters.iter().rfind(|(given, _)| given == name);
        let given = given.map(|(_, value)| value.clone());
        let is_required = parameter["required"] == true;
        let value = given.or_else(|| is_required.then(|| example(document, parameter)).flatten());
        match (parameter["in"].as_str().unwrap_or_default(), value) {
            ("path", Some(value)) => {
                path = path.replace(&format!("{{{name}}}"), &encoded(&value));
            }
            ("query", Some(value)) => query.push(format!("{}={}", encoded(name), encoded(&value))),
            ("header", _) if is_required && !has_header(inputs.headers, name) => {
                missing.push(format!("--header '{name}: …'"));
            }
            ("cookie", _) if is_required && !has_header(inputs.headers, "cookie") => {
                missing.push(format!("--header 'Cookie: {name}=…'"));
            }
            ("path" | "query", None) if is_required => {
                missing.push(format!("--parameter {name}=…"))
            }
            _ => {}
        }
    }
    if !missing.is_empty() {
        return Err(format!("needs {}", missing.join(" and ")));
    }
    if !query.is_empty() {
        path = format!("{path}?{}", query.join("&"));
    }
    Ok(path)
}

/// Returns what the paths of a document begin with. A relative URL such as `.` is that of the document, at the root.
fn base(document: &Value) -> &str {
    let url = document["servers"][0]["url"].as_str().unwrap_or_default();
    let path = match url.split_once("://") {
        Some((_, rest)) => rest
            .find('/')
            .and_then(|at| rest.get(at..))
            .unwrap_or_default(),
        None => url,
    };
    match path.starts_with('/') {
        true => path.trim_end_matches('/'),
        false => "",
    }
}

/// Whether the response is one of events or lines without an end.
fn is_stream(operation: &Value) -> bool {
    let content = operation["responses"]["200"]["content"].as_object();
    content.is_some_and(|content| content.contains_key("text/event-stream"))
}

/// Returns a value that the document gives for a parameter.
fn example(document: &Value, parameter: &Value) -> Option<String> {
    let schema = resolve(document, &parameter["schema"]);
    let named = parameter["examples"].as_object();
    let named = named
        .and_then(|all| all.values().next())
        .map(|it| &it["value"]);
    let values = [
        Some(&parameter["example"]),
        named,
        Some(&schema["example"]),
        Some(&schema["examples"][0]),
        Some(&schema["default"]),
        Some(&schema["const"]),
        Some(&schema["enum"][0]),
    ];
    values.into_iter().flatten().find_map(scalar)
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(value) => Some(value.to_string()),
        _ => None,
    }
}

fn resolve<'d>(document: &'d Value, value: &'d Value) -> &'d Value {
    let target = value["$ref"].as_str().and_then(|it| it.strip_prefix('#'));
    target.and_then(|it| document.pointer(it)).unwrap_or(value)
}

/// Encodes everything but unreserved characters (RFC 3986, section 2.3).
fn encoded(text: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let encode = |byte: u8| match is_plain(byte) {
        true => char::from(byte).to_string(),
        false => format!("%{byte:02X}"),
    };
    text.bytes().map(encode).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn document() -> Value {
        json!({
            "servers": [{"url": "https://api.example/v1/"}],
            "security": [{"key": []}],
            "paths": {
                "/open": {"get": {"operationId": "open", "security": []}},
                "/either": {"get": {"operationId": "either", "security": [{"key": []}, {}]}},
                "/closed": {"get": {"operationId": "closed"}},
                "/articles/{slug}": {"get": {
                    "operationId": "article", "security": [],
                    "parameters": [
                        {"name": "slug", "in": "path", "required": true, "schema": {"type": "string"}},
                        {"name": "limit", "in": "query", "required": true, "schema": {"$ref": "#/components/schemas/Limit"}},
                        {"name": "offset", "in": "query", "schema": {"default": 0}}
                    ]
                }},
                "/events": {"get": {
                    "operationId": "events", "security": [],
                    "responses": {"200": {"content": {"text/event-stream": {}}}}
                }},
                "/orders": {"post": {"operationId": "order"}}
            },
            "components": {
                "schemas": {"Limit": {"default": 20}},
                "securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-Key"}}
            }
        })
    }

    fn found(wanted: Option<&str>, parameters: &[(String, String)], headers: &[String]) -> Found {
        let inputs = Inputs {
            parameters,
            headers,
        };
        find(&document(), wanted, &inputs)
    }

    fn paths(found: &Found) -> Vec<&str> {
        found.targets.iter().map(|it| it.path.as_str()).collect()
    }

    #[test]
    fn operations_that_need_nothing_are_found_and_the_others_say_what_they_need() {
        let found = found(None, &[], &[]);
        assert_eq!(paths(&found), ["/v1/either", "/v1/open"]);
        let reasons: Vec<_> = found
            .skipped
            .iter()
            .map(|it| (it.operation.as_str(), it.reason.as_str()))
            .collect();
        let expected = [
            ("article", "needs --parameter slug=…"),
            (
                "closed",
                "needs credentials: give them with --header \"X-Key: KEY\"",
            ),
            ("events", "is a stream, which does not end"),
        ];
        assert_eq!(reasons, expected);
    }

    #[test]
    fn values_of_users_and_of_the_document_fill_paths_and_queries() {
        let slug = [("slug".to_owned(), "a b/c".to_owned())];
        let one = found(Some("article"), &slug, &[]);
        assert_eq!(paths(&one), ["/v1/articles/a%20b%2Fc?limit=20"]);
        let header = ["X-Key: k".to_owned()];
        assert_eq!(paths(&found(Some("closed"), &[], &header)), ["/v1/closed"]);
    }

    #[test]
    fn paths_begin_with_that_of_the_server() {
        for (url, expected) in [
            (".", ""),
            ("/", ""),
            ("/v2/", "/v2"),
            ("https://api.example", ""),
            ("https://api.example/v2", "/v2"),
        ] {
            assert_eq!(base(&json!({"servers": [{"url": url}]})), expected);
        }
        assert_eq!(base(&json!({})), "");
    }

    #[test]
    fn unknown_names_are_errors_that_list_the_known_ones() {
        let error = |wanted, name: &str| {
            let given = [(name.to_owned(), String::new())];
            check(&document(), wanted, &given).unwrap_err().to_string()
        };
        assert_eq!(
            error(Some("articles"), "slug"),
            "no GET operation is called articles; did you mean `article`? There are: article, closed, either, events, open"
        );
        assert_eq!(
            error(None, "slugs"),
            "no GET operation has the parameter slugs; did you mean `slug`? There are: limit, offset, slug"
        );
        assert_eq!(
            error(Some("open"), "x"),
            "no GET operation has the parameter x. There are: none"
        );
        let slug = [("slug".to_owned(), String::new())];
        assert!(check(&document(), Some("article"), &slug).is_ok());
        assert!(check(&document(), None, &[]).is_ok());
    }
}
