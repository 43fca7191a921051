//! actix's own types as extractors: bodies as bytes, text and stream, and `web::Path`. The document describes what the
//! server does.

use actix_web::web::{self, Bytes};
use futures_util::StreamExt as _;
use purlin_router::{Json, Operation, Registry, error::ErrorStyle, testing::TestClient};
use serde_json::{Value, json};

use crate::support;

const LIMIT: usize = 300 * 1024;

async fn bytes(body: Bytes) -> Json<usize> {
    Json(body.len())
}

async fn text(body: String) -> Json<usize> {
    Json(body.chars().count())
}

async fn stream(mut body: web::Payload) -> Json<usize> {
    let mut seen = 0;
    while let Some(Ok(bytes)) = body.next().await {
        seen += bytes.len();
    }
    Json(seen)
}

async fn path(id: web::Path<u8>) -> Json<u8> {
    Json(id.into_inner())
}

async fn pair(pair: web::Path<(u8, String)>) -> Json<String> {
    Json(pair.into_inner().1)
}

fn registry() -> Registry {
    Registry::new("T", "1")
        .body_limit(LIMIT)
        .operation(Operation::post("/bytes", bytes))
        .operation(
            Operation::post("/small", bytes)
                .operation_id("small")
                .body_limit(2),
        )
        .operation(Operation::post("/text", text))
        .operation(Operation::post("/stream", stream).body_limit(2))
        .operation(Operation::get("/path/{id}", path))
        .operation(Operation::get("/pair/{id}/{name}", pair))
}

fn client(style: ErrorStyle) -> TestClient {
    support::client(&registry().error_style(style))
}

#[test]
fn bytes_and_text_are_read_up_to_the_body_limit() {
    let client = client(ErrorStyle::Problem);
    for target in ["/bytes", "/text"] {
        let whole = client.post(target).body(vec![b'x'; LIMIT]).send();
        assert_eq!(
            (whole.status().as_u16(), whole.json::<usize>()),
            (200, LIMIT)
        );
        let more = client.post(target).body(vec![b'x'; LIMIT + 1]).send();
        assert_eq!(more.status(), 413, "{target}");
        assert_eq!(more.json::<Value>()["code"], "content_too_large");
        assert_eq!(client.post(target).send().json::<usize>(), 0);
    }
    assert_eq!(client.post("/small").body("abc").send().status(), 413);
}

#[test]
fn stream_is_not_limited() {
    let response = client(ErrorStyle::Problem)
        .post("/stream")
        .body(vec![b'x'; LIMIT])
        .send();
    assert_eq!(response.json::<usize>(), LIMIT);
}

#[test]
fn text_must_be_utf8() {
    let client = client(ErrorStyle::Problem);
    assert_eq!(client.post("/text").body("dé").send().json::<usize>(), 2);
    let response = client.post("/text").body(&b"d\xe9"[..]).send();
    assert_eq!(response.status(), 400);
    let violation = &response.json::<Value>()["violations"][0];
    assert_eq!(violation["location"], "body");
    assert_eq!(violation["pointer"], "");
    assert_eq!(violation["code"], "encoding");
}

#[test]
fn web_path_that_does_not_parse_is_rejected_like_path() {
    let problems = client(ErrorStyle::Problem);
    let response = problems.get("/path/x").send();
    assert_eq!(response.status(), 400);
    assert_eq!(
        response.json::<Value>()["violations"][0]["location"],
        "path"
    );
    assert_eq!(problems.get("/path/300").send().status(), 400);
    assert_eq!(problems.get("/path/7").send().json::<u8>(), 7);
    assert_eq!(problems.get("/pair/1/a%20b").send().json::<String>(), "a b");
    assert_eq!(
        client(ErrorStyle::Rebar).get("/path/x").send().status(),
        404
    );
}

#[test]
fn raw_bodies_are_documented() {
    let document = support::document(&registry());
    let body = |path: &str| document["paths"][path]["post"]["requestBody"].clone();
    assert_eq!(body("/bytes"), json!({"content": {"*/*": {"schema": {}}}}));
    assert_eq!(body("/stream"), body("/bytes"));
    assert_eq!(
        body("/text"),
        json!({"content": {"*/*": {"schema": {"type": "string"}}}})
    );
    let statuses = |path: &str, method: &str| -> Vec<String> {
        let responses = &document["paths"][path][method]["responses"];
        let responses = responses.as_object().expect("responses");
        responses.keys().cloned().collect()
    };
    assert_eq!(statuses("/bytes", "post"), ["200", "413", "500"]);
    assert_eq!(statuses("/text", "post"), ["200", "400", "413", "500"]);
    assert_eq!(statuses("/stream", "post"), ["200", "500"]);
    assert_eq!(statuses("/path/{id}", "get"), ["200", "400", "500"]);
}
