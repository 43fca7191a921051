//! Paths that differ by a trailing slash.

use actix_web::http::Method;
use purlin_router::{
    Json, Operation, Registry, TrailingSlash, error::ErrorStyle, extract::Path, reply::NoContent,
    schemas::Message, testing::TestClient,
};
use serde_json::{Value, json};

use crate::support::client;

async fn done() -> NoContent {
    NoContent
}

async fn hello() -> Json<Message> {
    Json(Message::new("Hello"))
}

fn slashes(policy: TrailingSlash, style: ErrorStyle) -> TestClient {
    async fn by_id(id: Path<String>) -> Json<String> {
        Json(id.into_inner())
    }
    let registry = Registry::new("T", "1")
        .error_style(style)
        .trailing_slash(policy)
        .operation(Operation::get("/plain", hello))
        .operation(Operation::get("/slashed/", hello).operation_id("slashed"))
        .operation(Operation::get("/both", hello).operation_id("both"))
        .operation(Operation::get("/both/", done))
        .operation(Operation::get("/items/{id}", by_id));
    client(&registry)
}

#[test]
fn strict_policy_distinguishes_paths_by_their_trailing_slash() {
    let client = slashes(TrailingSlash::Strict, ErrorStyle::Problem);
    for (target, status) in [
        ("/plain", 200),
        ("/plain/", 404),
        ("/slashed/", 200),
        ("/slashed", 404),
    ] {
        assert_eq!(
            client.get(target).send().status().as_u16(),
            status,
            "{target}"
        );
    }
}

#[test]
fn redirect_policy_redirects_to_the_declared_path() {
    let client = slashes(TrailingSlash::Redirect, ErrorStyle::Problem);
    for (target, location) in [
        ("/plain/?a=1", "../plain?a=1"),
        ("/slashed", "./slashed/"),
        ("/items/a:b/", "../a:b"),
        ("/items/a%2Fb/", "../a%2Fb"),
    ] {
        let response = client.get(target).send();
        assert_eq!(response.status(), 308, "{target}");
        assert_eq!(response.header("location"), Some(location));
    }
    assert_eq!(
        client.get("/both/").send().status(),
        204,
        "the declared path takes precedence"
    );
    let head = client.request(Method::HEAD, "/plain/").send();
    assert_eq!(head.status(), 308);
    let post = client.post("/plain/").send();
    assert_eq!(
        (post.status().as_u16(), post.header("allow")),
        (405, Some("GET, HEAD, OPTIONS"))
    );
    assert_eq!(client.get("/nope/").send().status(), 404);
}

#[test]
fn redirect_missing_policy_adds_a_slash_with_a_json_body() {
    let client = slashes(TrailingSlash::RedirectMissing, ErrorStyle::Rebar);
    assert_eq!(client.get("/plain/").send().status(), 404);
    let response = client.get("/slashed").send();
    assert_eq!(response.status(), 308);
    assert_eq!(
        response.json::<Value>(),
        json!({"message": "Permanent Redirect", "new_url": "./slashed/"})
    );
}

#[test]
fn merge_policy_serves_both_paths() {
    let client = slashes(TrailingSlash::Merge, ErrorStyle::Problem);
    for target in ["/plain", "/plain/", "/slashed", "/slashed/"] {
        assert_eq!(client.get(target).send().status(), 200, "{target}");
    }
    assert_eq!(client.get("/items/7/").send().json::<String>(), "7");
}
