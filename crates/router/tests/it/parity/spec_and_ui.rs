//! The path of the document, and the docs page.
//!
//! Absent on purpose: fonts from the network, and the server that each request
//! for the document adds to it.

use purlin_router::{Operation, auth::HeaderApiKey};
use serde_json::Value;

use super::{client, done, errors, hello, rebar, swagger};

/// kept: `GET /swagger` is the document, in JSON, without authentication.
#[test]
fn document_is_public() {
    let registry = rebar()
        .authenticator("key", HeaderApiKey::new("X-Key").key("a", "a"))
        .default_authenticators(["key"])
        .operation(Operation::get("/", done));
    let response = client(&registry).get("/swagger").send();
    assert_eq!(response.header("content-type"), Some("application/json"));
    assert_eq!(response.json::<Value>()["swagger"], "2.0");
}

/// corrected: it is serialized once, and may be cached by the client.
#[test]
fn document_is_serialized_once() {
    let client = client(&rebar().operation(Operation::get("/", hello)));
    let (first, second) = (client.get("/swagger").send(), client.get("/swagger").send());
    assert_eq!(first.bytes(), second.bytes());
    let etag = first.header("etag").unwrap().to_owned();
    let again = client.get("/swagger").header("if-none-match", etag).send();
    assert_eq!(again.status(), 304);
}

/// kept: neither document nor page is in the document.
#[test]
fn document_does_not_contain_its_own_paths() {
    let document = swagger(&rebar().operation(Operation::get("/", hello)));
    let paths: Vec<_> = document["paths"].as_object().unwrap().keys().collect();
    assert_eq!(paths, ["/"]);
}

/// kept: the page is at `/swagger/ui` and `/swagger/ui/`, without a redirect,
/// with its files beside it.
/// corrected: nothing is loaded from other hosts, and URLs are relative, so that
/// it works behind a proxy that strips a path prefix.
#[test]
fn page_is_served_with_and_without_a_slash() {
    let registry = rebar().prefix("/v1").operation(Operation::get("/", hello));
    let client = client(&registry);
    for target in ["/v1/swagger/ui", "/v1/swagger/ui/"] {
        let page = client.get(target).send();
        assert_eq!(page.status(), 200, "{target}");
        let text = page.text();
        assert!(text.contains("swagger-ui"), "{text}");
        assert!(!text.contains("=\"/") && !text.contains("//"), "{text}");
    }
    assert_eq!(
        client.get("/v1/swagger/ui/swagger-ui.css").send().status(),
        200
    );
}

/// corrected: there is no page without a document; the original fails.
#[test]
fn no_page_is_served_without_a_document() {
    let registry = rebar().prefix("/v1").operation(Operation::get("/", hello));
    let client = client(&registry.without_openapi());
    assert_eq!(client.get("/v1/swagger/ui").send().status(), 404);
}

/// corrected: an operation at the path of the document is rejected.
#[test]
fn operation_at_the_path_of_the_document_is_rejected() {
    let registry = rebar().operation(Operation::get("/swagger", hello));
    assert!(errors(&registry).join("\n").contains("/swagger"));
}
