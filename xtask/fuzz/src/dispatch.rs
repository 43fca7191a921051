//! Requests: every response conforms to HTTP and to the document.
//!
//! The first byte selects an API (`G`reetings; the one of [`api`](crate::api) with problem details, `P`, with Rebar's
//! errors, `R`, or under a prefix, `V`), the rest is a request as text: method and target, headers, an empty line, the
//! body. [`TestClient`] checks every response against the document; the general rules are asserted here.

use std::{cell::OnceCell, collections::BTreeMap};

use actix_web::http::{
    Method, StatusCode, Uri,
    header::{HeaderName, HeaderValue},
};
use purlin_greetings::{ApiKeys, GreetingsSettings};
use purlin_router::{
    Registry, TrailingSlash,
    error::ErrorStyle,
    testing::{TestClient, TestResponse},
};
use serde_json::Value;

use crate::api;

/// The target.
pub fn dispatch(data: &[u8]) {
    let Some((first, rest)) = data.split_first() else {
        return;
    };
    let Some(request) = Request::read(rest) else {
        return;
    };
    thread_local! {
        static CLIENTS: [OnceCell<&'static TestClient>; 4] = const { [const { OnceCell::new() }; 4] };
    }
    let index = usize::from(*first) % 4;
    // Leaked: a client's runtime must not be dropped with its thread.
    let client = CLIENTS.with(|clients| *clients[index].get_or_init(|| client(index)));
    let response = request.send(client, request.method.clone());
    check(&response, &request.method);
    compare(client, &request, &response);
}

fn client(index: usize) -> &'static TestClient {
    let registry: Registry = match b"PRGV".iter().find(|name| usize::from(**name) % 4 == index) {
        Some(b'P') => api::registry(ErrorStyle::Problem, TrailingSlash::Redirect),
        Some(b'R') => api::registry(ErrorStyle::Rebar, TrailingSlash::Strict),
        Some(b'V') => api::prefixed(),
        _ => greetings(),
    };
    match registry.build() {
        Ok(router) => Box::leak(Box::new(TestClient::new(&router))),
        Err(errors) => panic!("{errors}"),
    }
}

fn greetings() -> Registry {
    let settings = serde_json::from_value(serde_json::json!({"api_keys": {"ada": "one"}}));
    purlin_greetings::registry(&ApiKeys::new(
        settings.unwrap_or_else(|_| GreetingsSettings::default()),
    ))
}

struct Request<'d> {
    method: Method,
    target: &'d str,
    headers: Vec<(HeaderName, HeaderValue)>,
    body: &'d [u8],
}

impl<'d> Request<'d> {
    /// Parses a request; none where the bytes are not HTTP.
    fn read(data: &'d [u8]) -> Option<Self> {
        let (first, mut rest) = line(data)?;
        let (method, target) = std::str::from_utf8(first).ok()?.split_once(' ')?;
        let method = Method::from_bytes(method.as_bytes()).ok()?;
        Uri::try_from(target).ok()?;
        let mut headers = Vec::new();
        while let Some((header, after)) = line(rest) {
            rest = after;
            if header.is_empty() {
                break;
            }
            let at = header.iter().position(|byte| *byte == b':')?;
            let value = header[at + 1..].trim_ascii();
            headers.push((
                HeaderName::from_bytes(&header[..at]).ok()?,
                HeaderValue::from_bytes(value).ok()?,
            ));
        }
        Some(Self {
            method,
            target,
            headers,
            body: rest,
        })
    }

    fn send(&self, client: &TestClient, method: Method) -> TestResponse {
        let call = client.request(method, self.target);
        let with_headers = self.headers.iter().fold(call, |call, (name, value)| {
            call.header(name.clone(), value.clone())
        });
        with_headers.body(self.body.to_vec()).send()
    }
}

fn line(data: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = data.iter().position(|byte| *byte == b'\n');
    match at {
        Some(at) => Some((&data[..at], &data[at + 1..])),
        None if data.is_empty() => None,
        None => Some((data, &[])),
    }
}

/// Checks the rules for every response.
fn check(response: &TestResponse, method: &Method) {
    let status = response.status();
    let has = |name| response.header(name).is_some_and(|value| !value.is_empty());
    assert!(!status.is_server_error(), "{status}: {}", response.text());
    let empty = response.bytes().is_empty();
    assert!(
        empty || has("content-type"),
        "{status} without a media type"
    );
    // actix omits the body of errors when it sends the response.
    if *method == Method::HEAD && !status.is_client_error() {
        assert!(empty, "HEAD with a body: {}", response.text());
    }
    match status {
        StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED => assert!(empty, "{status} with a body"),
        StatusCode::METHOD_NOT_ALLOWED => assert!(has("allow"), "405 without Allow"),
        StatusCode::UNAUTHORIZED => {
            assert!(has("www-authenticate"), "401 without WWW-Authenticate");
        }
        _ => {}
    }
    if status.is_client_error() && *method != Method::HEAD {
        let media_type = response.header("content-type").unwrap_or_default();
        let is_json = media_type.ends_with("json");
        let body = serde_json::from_slice::<BTreeMap<String, Value>>(response.bytes());
        assert!(
            is_json && body.is_ok(),
            "{status} {media_type}: {}",
            response.text()
        );
    }
}

/// Checks the rules for responses of one target: HEAD is GET without a body, and OPTIONS lists every supported method.
fn compare(client: &TestClient, request: &Request<'_>, response: &TestResponse) {
    if request.method == Method::GET {
        let head = request.send(client, Method::HEAD);
        check(&head, &Method::HEAD);
        assert_eq!(head.status(), response.status(), "HEAD and GET differ");
        for name in ["content-type", "www-authenticate", "location", "etag"] {
            assert_eq!(
                head.header(name),
                response.header(name),
                "{name} of HEAD and GET"
            );
        }
    }
    let options = request.send(client, Method::OPTIONS);
    check(&options, &Method::OPTIONS);
    let allowed = options.header("allow").unwrap_or_default();
    if options.status() == StatusCode::NO_CONTENT && request.method != Method::OPTIONS {
        let listed = allowed
            .split(", ")
            .any(|name| name == request.method.as_str());
        let disallowed = response.status() == StatusCode::METHOD_NOT_ALLOWED;
        assert!(
            listed != disallowed,
            "{} returned {}, Allow is {allowed}",
            request.method,
            response.status()
        );
    }
}
