//! Compressed requests: decoded within the limits, or rejected with the codings that are accepted.

use std::{
    io::Write as _,
    sync::atomic::{AtomicUsize, Ordering},
};

use actix_web::web::{self, Bytes};
use brotli::CompressorWriter;
use flate2::{Compression, write::GzEncoder};
use futures_util::StreamExt as _;
use purlin_router::{
    Json, Operation, Registry,
    error::ErrorStyle,
    extract::{File, Form, Multipart, Uploads},
    idempotency::Idempotency,
    reply::Text,
    schema,
    testing::{TestClient, TestResponse},
};
use serde_json::Value;

use crate::support::{
    self, assert_contains,
    multipart::{BOUNDARY, Body},
    server::{Connection, serve},
};

#[schema]
struct Note {
    text: String,
}

async fn json(note: Json<Note>) -> Json<usize> {
    Json(note.text.len())
}

async fn optional(note: Option<Json<Note>>) -> Json<Option<usize>> {
    Json(note.map(|note| note.text.len()))
}

async fn form(note: Form<Note>) -> Json<usize> {
    Json(note.text.len())
}

#[schema(request)]
struct Upload {
    file: File,
}

async fn upload(upload: Multipart<Upload>) -> Json<u64> {
    Json(upload.file.size())
}

async fn bytes(bytes: Bytes) -> Json<usize> {
    Json(bytes.len())
}

async fn text(text: String) -> Text {
    Text::new(text)
}

async fn payload(mut payload: web::Payload) -> Json<usize> {
    let mut size = 0;
    while let Some(Ok(bytes)) = payload.next().await {
        size += bytes.len();
    }
    Json(size)
}

const LIMIT: usize = 10_000;

fn closed() -> Registry {
    let uploads = Uploads::new().file_limit(20_000).parts_limit(4);
    Registry::new("Notes", "1")
        .body_limit(LIMIT)
        .uploads(uploads)
        .operation(Operation::post("/json", json))
        .operation(Operation::post("/optional", optional))
        .operation(Operation::post("/form", form))
        .operation(Operation::post("/upload", upload))
        .operation(Operation::post("/bytes", bytes))
        .operation(Operation::post("/text", text))
        .operation(Operation::post("/payload", payload))
}

fn registry() -> Registry {
    closed().compressed_requests(true)
}

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

fn brotli(content: &[u8]) -> Vec<u8> {
    let mut encoded = Vec::new();
    CompressorWriter::new(&mut encoded, 4096, 5, 22)
        .write_all(content)
        .unwrap();
    encoded
}

type Encode = fn(&[u8]) -> Vec<u8>;

const CODINGS: [(&str, Encode); 4] = [
    ("gzip", gzip),
    ("br", brotli),
    ("X-GZip", gzip),
    ("BR", brotli),
];

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";

fn post(
    client: &TestClient,
    path: &str,
    media_type: &str,
    coding: &str,
    body: Vec<u8>,
) -> TestResponse {
    let call = client.post(path).header("content-type", media_type);
    call.header("content-encoding", coding).body(body).send()
}

fn multipart() -> String {
    format!("multipart/form-data; boundary={BOUNDARY}")
}

#[test]
fn compressed_bodies_are_decoded_for_every_extractor() {
    let client = support::client(&registry());
    let parts = Body::new()
        .file("file", "a", "a/b", vec![b'x'; 15_000])
        .end();
    for (coding, encode) in CODINGS {
        let post = |path: &str, media_type: &str, body: &[u8]| {
            let response = post(&client, path, media_type, coding, encode(body));
            assert_eq!(
                response.status(),
                200,
                "{coding} {path}: {}",
                response.text()
            );
            response.text()
        };
        assert_eq!(post("/json", JSON, br#"{"text": "abc"}"#), "3");
        assert_eq!(post("/optional", JSON, br#"{"text": "abc"}"#), "3");
        assert_eq!(post("/form", FORM, b"text=abc"), "3");
        assert_eq!(post("/upload", &multipart(), &parts), "15000");
        assert_eq!(post("/bytes", "a/b", &[7; 1234]), "1234");
        assert_eq!(post("/text", "text/plain", b"abc"), "abc");
        assert_eq!(post("/payload", "a/b", &[7; 54_321]), "54321");
    }
}

#[test]
fn uncompressed_bodies_are_read_as_ever() {
    let client = support::client(&registry());
    assert_eq!(
        client
            .post("/json")
            .json(&Note { text: "abc".into() })
            .send()
            .text(),
        "3"
    );
    for coding in ["identity", "", "identity, Identity"] {
        let response = post(&client, "/json", JSON, coding, br#"{"text": "abc"}"#.into());
        assert_eq!(response.text(), "3", "{coding:?}");
    }
}

#[test]
fn limits_are_of_what_is_decoded() {
    let client = support::client(&registry());
    let note = |size: usize| format!(r#"{{"text": "{}"}}"#, "x".repeat(size - 12)).into_bytes();
    let parts = |size| Body::new().file("file", "a", "a/b", vec![b'x'; size]).end();
    for (coding, encode) in CODINGS {
        let post = |path: &str, media_type: &str, body: &[u8]| {
            post(&client, path, media_type, coding, encode(body))
                .status()
                .as_u16()
        };
        assert_eq!(post("/json", JSON, &note(LIMIT)), 200, "{coding}");
        assert_eq!(post("/json", JSON, &note(LIMIT + 1)), 413, "{coding}");
        assert_eq!(post("/optional", JSON, &note(LIMIT + 1)), 413, "{coding}");
        assert_eq!(post("/bytes", "a/b", &[7; LIMIT + 1]), 413, "{coding}");
        assert_eq!(post("/text", "a/b", &[b'7'; LIMIT + 1]), 413, "{coding}");
        assert_eq!(
            post("/upload", &multipart(), &parts(20_000)),
            200,
            "{coding}"
        );
        assert_eq!(
            post("/upload", &multipart(), &parts(20_001)),
            413,
            "{coding}"
        );
    }
}

/// Decoding the whole of each would take seconds, and up to 2 GB.
#[test]
fn decoding_stops_at_the_limit() {
    let client = support::client(&registry());
    // Each member of 10 MB takes 10 KB, and the whole is 2 GB.
    let member = gzip(&vec![b'0'; 10_000_000]);
    let bomb = member.repeat(200);
    let brotli = brotli(&vec![b'0'; 50_000_000]);
    for (coding, bomb) in [("gzip", &bomb), ("br", &brotli)] {
        for (path, media_type) in [
            ("/json", JSON),
            ("/optional", JSON),
            ("/form", FORM),
            ("/bytes", "a/b"),
            ("/text", "a/b"),
            ("/upload", &multipart()),
        ] {
            let response = post(&client, path, media_type, coding, bomb.clone());
            // Zeros are no multipart form, which shows before a limit is exceeded.
            let expected = if path == "/upload" {
                vec![400, 413]
            } else {
                vec![413]
            };
            let status = response.status().as_u16();
            assert!(
                expected.contains(&status),
                "{coding} {path}: {}",
                response.text()
            );
        }
    }
}

/// Members of gzip without content, without end.
#[test]
fn body_that_decodes_to_nothing_is_not_read_for_long() {
    let client = support::client(&registry());
    let nothing = gzip(b"").repeat(100_000);
    for (path, media_type) in [
        ("/json", JSON),
        ("/payload", "a/b"),
        ("/upload", &multipart()),
    ] {
        let response = post(&client, path, media_type, "gzip", nothing.clone());
        let status = response.status().as_u16();
        // The handler of a payload sees the error itself.
        assert_eq!(status, if path == "/payload" { 200 } else { 400 }, "{path}");
    }
}

#[test]
fn broken_body_is_a_400() {
    let client = support::client(&registry());
    let whole = gzip(br#"{"text": "abc"}"#);
    let mut checksum = whole.clone();
    let at = checksum.len() - 6;
    checksum[at] ^= 1;
    let after = [whole.as_slice(), b"{}"].concat();
    for body in [
        b"{\"text\": \"abc\"}".to_vec(),
        whole[..whole.len() - 1].to_vec(),
        checksum,
        after,
    ] {
        for path in ["/json", "/bytes", "/text", "/optional"] {
            let response = post(&client, path, JSON, "gzip", body.clone());
            assert_eq!(response.status(), 400, "{path}: {}", response.text());
        }
        let response = post(&client, "/json", JSON, "br", body);
        assert_eq!(response.status(), 400, "{}", response.text());
    }
}

#[test]
fn coding_of_no_bytes_is_no_body() {
    let client = support::client(&registry());
    let response = post(&client, "/optional", JSON, "gzip", Vec::new());
    assert_eq!(response.text(), "null");
    let response = post(&client, "/optional", JSON, "gzip", gzip(b""));
    assert_eq!(response.text(), "null");
    let response = post(&client, "/json", JSON, "gzip", gzip(b""));
    assert_eq!(response.json::<Value>()["code"], "empty_body");
}

#[test]
fn other_codings_are_a_415_with_those_that_are_accepted() {
    let client = support::client(&registry());
    for coding in [
        "deflate",
        "zstd",
        "gzip, br",
        "gzip, gzip",
        "br,identity,gzip",
        "gzip;q=1",
        "*",
    ] {
        for path in [
            "/json",
            "/optional",
            "/form",
            "/upload",
            "/bytes",
            "/text",
            "/payload",
        ] {
            let media_type = match path {
                "/form" => FORM.to_owned(),
                "/upload" => multipart(),
                _ => JSON.to_owned(),
            };
            let response = post(&client, path, &media_type, coding, b"x".into());
            assert_eq!(response.status(), 415, "{path} {coding}");
            assert_eq!(
                response.header("accept-encoding"),
                Some("gzip, br"),
                "{path} {coding}"
            );
            assert_contains(&response.text(), &[coding, "`gzip` and `br`"]);
        }
    }
    let call = client.post("/json").header("content-type", JSON);
    let call = call
        .header("content-encoding", "gzip")
        .header("content-encoding", "gzip");
    assert_eq!(call.body(gzip(&gzip(b"{}"))).send().status(), 415);
}

#[test]
fn without_the_setting_compressed_bodies_are_a_415() {
    let client = support::client(&closed());
    let body = gzip(br#"{"text": "abc"}"#);
    for coding in ["gzip", "br", "zstd", "identity, gzip"] {
        let response = post(&client, "/json", JSON, coding, body.clone());
        assert_eq!(response.status(), 415, "{coding}");
        assert_eq!(
            response.header("accept-encoding"),
            Some("identity"),
            "{coding}"
        );
        assert_contains(&response.text(), &[coding, "uncompressed"]);
    }
    // A handler that reads bytes gets them as they came.
    let response = post(&client, "/bytes", "a/b", "gzip", body.clone());
    assert_eq!(response.text(), body.len().to_string());
    // In Flask-Rebar's style the status is 400, for which the header has no meaning.
    let rebar = support::client(&closed().error_style(ErrorStyle::Rebar));
    let response = post(&rebar, "/form", FORM, "gzip", body);
    assert_eq!(
        (
            response.status().as_u16(),
            response.header("accept-encoding")
        ),
        (400, None)
    );
}

#[test]
fn compressed_requests_are_documented() {
    let document = support::document(&registry());
    let json = &document["paths"]["/json"]["post"];
    assert_eq!(
        json["requestBody"]["description"],
        "The body may be compressed: `Content-Encoding: gzip` or `br`."
    );
    assert!(json["responses"]["415"]["headers"]["Accept-Encoding"].is_object());
    let bytes = &document["paths"]["/bytes"]["post"];
    for status in ["400", "413", "415"] {
        assert!(bytes["responses"][status].is_object(), "{status}");
    }
    let document = support::document(&closed());
    let json = &document["paths"]["/json"]["post"];
    assert_eq!(json["requestBody"].get("description"), None);
    assert!(json["responses"]["415"]["headers"]["Accept-Encoding"].is_object());
    let bytes = &document["paths"]["/bytes"]["post"];
    assert_eq!(bytes["responses"].get("415"), None);
}

#[test]
fn compressed_request_with_an_idempotency_key_is_processed_once() {
    let count = web::Data::new(AtomicUsize::new(0));
    let counted = async |note: Json<Note>, count: web::Data<AtomicUsize>| {
        let nth = count.fetch_add(1, Ordering::Relaxed) + 1;
        Json(format!("{nth}: {}", note.text))
    };
    let registry = Registry::new("Notes", "1")
        .app_data(count)
        .idempotency(Idempotency::default())
        .compressed_requests(true)
        .operation(Operation::post("/", counted).operation_id("counted"));
    let client = support::client(&registry);
    let post = |key: &str, text: &str| {
        let body = gzip(format!("{{\"text\": \"{text}\"}}").as_bytes());
        let call = client.post("/").header("content-type", JSON);
        let call = call.header("idempotency-key", key);
        call.header("content-encoding", "gzip").body(body).send()
    };
    assert_eq!(post("a", "x").text(), "\"1: x\"");
    let again = post("a", "x");
    assert_eq!(again.text(), "\"1: x\"");
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!(post("a", "y").status(), 422);
    assert_eq!(post("b", "y").text(), "\"2: y\"");
}

#[test]
fn rest_of_a_compressed_body_keeps_the_connection_open() {
    let api = support::router(&registry());
    let mut connection = Connection::new(serve(move |app| {
        app.service(api.clone());
    }));
    let post = |body: &[u8]| {
        let head = format!(
            "POST /json HTTP/1.1\r\nhost: t\r\ncontent-type: {JSON}\r\ncontent-encoding: gzip\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        [head.as_bytes(), body].concat()
    };
    let bomb = gzip(&vec![b'0'; 40_000_000]);
    assert!(bomb.len() < 64 * 1024, "{}", bomb.len());
    let response = connection.send(&post(&bomb));
    assert_eq!((response.status, response.closes()), (413, false));
    let response = connection.send(&post(&gzip(br#"{"text": "abc"}"#)));
    assert_eq!((response.status, &*response.body), (200, &b"3"[..]));
}
