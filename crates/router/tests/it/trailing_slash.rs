//! Whether a path and the same with a slash at its end are one.

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
fn paths_are_told_apart_by_their_last_slash() {
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
fn or_lead_to_the_one_that_is_declared() {
    let client = slashes(TrailingSlash::Redirect, ErrorStyle::Problem);
    for (target, location) in [
        ("/plain/?a=1", "../plain?a=1"),
        ("/slashed", "./slashed/"),
        ("/items/a:b/", "../a:b"),
        ("/items/a%2Fb/", "../a%2Fb"),
    ] {
        let answer = client.get(target).send();
        assert_eq!(answer.status(), 308, "{target}");
        assert_eq!(answer.header("location"), Some(location));
    }
    assert_eq!(
        client.get("/both/").send().status(),
        204,
        "what is declared comes first"
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
fn flask_leads_to_a_missing_slash_alone_and_says_so_in_json() {
    let client = slashes(TrailingSlash::RedirectMissing, ErrorStyle::Rebar);
    assert_eq!(client.get("/plain/").send().status(), 404);
    let answer = client.get("/slashed").send();
    assert_eq!(answer.status(), 308);
    assert_eq!(
        answer.json::<Value>(),
        json!({"message": "Permanent Redirect", "new_url": "./slashed/"})
    );
}

#[test]
fn or_are_one() {
    let client = slashes(TrailingSlash::Merge, ErrorStyle::Problem);
    for target in ["/plain", "/plain/", "/slashed", "/slashed/"] {
        assert_eq!(client.get(target).send().status(), 200, "{target}");
    }
    assert_eq!(client.get("/items/7/").send().json::<String>(), "7");
}
