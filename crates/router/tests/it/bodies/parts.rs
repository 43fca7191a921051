//! Multipart forms: text, JSON and lists, read by the rules of their types.

use std::collections::BTreeMap;

use actix_web::{App, FromRequest, dev::Payload, error::PayloadError, test as calls, web};
use futures_util::{StreamExt, stream};
use purlin_router::{Json, Operation, extract::Multipart, schema, schemas::CommaSeparated};
use serde_json::{Value, json};

use crate::support::multipart::{BOUNDARY, Body, send, violations};

#[schema]
#[derive(Debug)]
struct Picture {
    #[garde(length(min = 1, max = 30))]
    title: String,
    stars: Option<u8>,
    public: Option<bool>,
    kind: Option<Kind>,
    #[serde(default)]
    tags: Vec<String>,
    ids: Option<CommaSeparated<u32>>,
    frame: Option<Frame>,
    #[serde(default)]
    frames: Vec<Frame>,
    more: Option<BTreeMap<String, u8>>,
}

#[schema]
#[derive(Debug)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Photo,
    Drawing,
}

#[schema]
#[derive(Debug)]
struct Frame {
    #[garde(range(min = 1))]
    width: u32,
}

async fn picture(picture: Multipart<Picture>) -> Json<Picture> {
    Json(picture.into_inner())
}

fn operation() -> Operation {
    Operation::post("/", picture)
}

#[test]
fn parts_are_read_as_their_types() {
    let body = Body::new()
        .text("title", "Ein Häuschen\r\nam Wald")
        .typed("stars", "text/plain; charset=utf-8", "5")
        .text("public", "true")
        .text("kind", "drawing")
        .text("tags", "a,b")
        .text("tags", "")
        .text("ids", "1,2")
        .typed("frame", "application/json", r#"{"width": 3}"#)
        .text("frames", r#"{"width": 1}"#)
        .typed("frames", "application/vnd.frame+json", r#"{"width": 2}"#)
        .text("more", r#"{"a": 1}"#);
    let response = send(operation(), body.end());
    assert_eq!(response.status(), 200, "{}", response.text());
    let read: Value = response.json();
    assert_eq!(
        read,
        json!({
            "title": "Ein Häuschen\r\nam Wald",
            "stars": 5,
            "public": true,
            "kind": "drawing",
            "tags": ["a,b", ""],
            "ids": [1, 2],
            "frame": {"width": 3},
            "frames": [{"width": 1}, {"width": 2}],
            "more": {"a": 1},
        })
    );
}

#[test]
fn all_violations_are_in_one_response() {
    let body = Body::new()
        .text("title", "")
        .text("stars", "300")
        .text("public", "yes")
        .text("kind", "poem")
        .text("tags", b"\xff")
        .text("ids", "1,x")
        .text("frame", r#"{"width": 0, "height": 1}"#)
        .text("frames", r#"{"width": 1}"#)
        .text("frames", r#"{"width": 1, "width": 2}"#)
        .text("frames", r#"{"width": "#)
        .text("nope", "x")
        .typed("more", "image/png", "{}");
    let response = send(operation(), body.end());
    assert_eq!(response.status(), 400, "{}", response.text());
    assert_eq!(
        violations(&response),
        [
            "/frame/height unknown_field",
            "/frame/width minimum",
            "/frames/1/width duplicate_field",
            "/frames/2 malformed_json",
            "/ids/1 type",
            "/kind enum",
            "/more media_type",
            "/nope unknown_field",
            "/public type",
            "/stars maximum",
            "/tags/0 encoding",
            "/title min_length",
        ]
    );
}

#[test]
fn missing_and_duplicate_parts_are_violations() {
    let body = Body::new().text("stars", "1").text("stars", "2");
    let response = send(operation(), body.end());
    assert_eq!(
        violations(&response),
        ["/stars duplicate_parameter", "/title required"]
    );
    let body = Body::new()
        .text("title", "a")
        .text("frame", r#"{"width": 1}"#)
        .text("frame", r#"{"width": 1}"#);
    let response = send(operation(), body.end());
    assert_eq!(violations(&response), ["/frame duplicate_parameter"]);
}

#[actix_web::test]
async fn multipart_works_in_plain_actix_handlers() {
    let app = calls::init_service(App::new().route("/", web::post().to(picture))).await;
    let request = calls::TestRequest::post()
        .insert_header((
            "content-type",
            format!("multipart/form-data; boundary={BOUNDARY}"),
        ))
        .set_payload(Body::new().text("title", "a").end())
        .to_request();
    assert_eq!(calls::call_service(&app, request).await.status(), 200);
}

/// Returns a body in chunks, with pauses between them.
fn chunked(body: Vec<u8>, size: usize) -> Payload {
    let chunks: Vec<_> = body.chunks(size).map(web::Bytes::copy_from_slice).collect();
    let paused = stream::iter(chunks).then(async |chunk| {
        actix_web::rt::task::yield_now().await;
        Ok::<_, PayloadError>(chunk)
    });
    Payload::Stream {
        payload: Box::pin(paused),
    }
}

#[actix_web::test]
async fn chunk_boundaries_do_not_matter() {
    let body = Body::new()
        .text("title", "a\r\n--purlin-7d\r\nb")
        .text("tags", "\r")
        .text("tags", "--")
        .end();
    for size in [1, 2, 7, 50, 1000] {
        let media_type = format!("multipart/form-data; boundary={BOUNDARY}");
        let request = calls::TestRequest::post()
            .insert_header(("content-type", media_type))
            .to_http_request();
        let mut payload = chunked(body.clone(), size);
        let read = Multipart::<Picture>::from_request(&request, &mut payload).await;
        let read = read.expect("a good body");
        assert_eq!(read.title, "a\r\n--purlin-7d\r\nb", "{size}");
        assert_eq!(read.tags, ["\r", "--"], "{size}");
    }
}
