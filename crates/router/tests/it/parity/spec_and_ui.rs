//! The document's address and the page.
//!
//! Not there, on purpose: fonts from the network, and the server that is added
//! to the document by each request for it.

use purlin_router::{Operation, auth::HeaderApiKey};
use serde_json::Value;

use super::{client, done, errors, hello, rebar, swagger};

/// kept: `GET /swagger` is the document, in JSON, for everybody.
#[test]
fn the_document_is_for_everybody() {
    let registry = rebar()
        .authenticator("key", HeaderApiKey::new("X-Key").key("a", "a"))
        .default_authenticators(["key"])
        .operation(Operation::get("/", done));
    let answer = client(&registry).get("/swagger").send();
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(answer.json::<Value>()["swagger"], "2.0");
}

/// corrected: it is written once, and may be kept by the client.
#[test]
fn the_document_is_written_once() {
    let client = client(&rebar().operation(Operation::get("/", hello)));
    let (first, second) = (client.get("/swagger").send(), client.get("/swagger").send());
    assert_eq!(first.bytes(), second.bytes());
    let etag = first.header("etag").unwrap().to_owned();
    let again = client.get("/swagger").header("if-none-match", etag).send();
    assert_eq!(again.status(), 304);
}

/// kept: neither document nor page is in the document.
#[test]
fn the_document_does_not_tell_of_itself() {
    let document = swagger(&rebar().operation(Operation::get("/", hello)));
    let paths: Vec<_> = document["paths"].as_object().unwrap().keys().collect();
    assert_eq!(paths, ["/"]);
}

/// kept: the page is at `/swagger/ui` and `/swagger/ui/`, without a redirect,
/// with its files beside it.
/// corrected: nothing is loaded from elsewhere, and addresses are relative, so
/// it works behind a proxy that strips a path.
#[test]
fn the_page_is_there_with_and_without_a_slash() {
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

/// corrected: a page without a document is not there; the original fails.
#[test]
fn there_is_no_page_without_a_document() {
    let registry = rebar().prefix("/v1").operation(Operation::get("/", hello));
    let client = client(&registry.without_openapi());
    assert_eq!(client.get("/v1/swagger/ui").send().status(), 404);
}

/// corrected: an operation that stands where the document does is refused.
#[test]
fn the_documents_place_is_taken() {
    let registry = rebar().operation(Operation::get("/swagger", hello));
    assert!(errors(&registry).join("\n").contains("/swagger"));
}
