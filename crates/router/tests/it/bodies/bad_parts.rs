//! Malformed multipart bodies: each is rejected with a 4xx that describes the error, and no file is left behind.

use purlin_router::{
    Operation, Registry,
    error::ErrorStyle,
    extract::{File, Multipart, Uploads},
    reply::NoContent,
    schema,
    testing::TestClient,
};
use serde_json::Value;

use crate::support::multipart::{BOUNDARY, Body, Folder};

use crate::support;

#[schema(request)]
struct Upload {
    title: String,
    file: Option<File>,
}

async fn upload(upload: Multipart<Upload>) -> NoContent {
    let Upload { title, file } = upload.into_inner();
    drop((title, file));
    NoContent
}

struct Case {
    what: &'static str,
    media_type: String,
    body: Vec<u8>,
    status: u16,
    code: &'static str,
}

fn table() -> Vec<Case> {
    let right = || format!("multipart/form-data; boundary={BOUNDARY}");
    let case = |what, body, status, code| Case {
        what,
        media_type: right(),
        body,
        status,
        code,
    };
    let of = |what, media_type: &str, status, code| Case {
        what,
        media_type: media_type.to_owned(),
        body: Body::new().text("title", "a").end(),
        status,
        code,
    };
    let started = || Body::new().file("file", "a", "a/b", vec![b'x'; 300_000]);
    let many = || (0..10_000).fold(Body::new(), |body, n| body.text(&format!("n{n}"), ""));
    let unclosed = |body: Body, tail: &[u8]| [&body.open(), tail].concat();
    vec![
        of("no media type", "", 415, "unsupported_media_type"),
        of("JSON", "application/json", 415, "unsupported_media_type"),
        of("a form that is not in parts", "application/x-www-form-urlencoded", 415, "unsupported_media_type"),
        of("other parts", &format!("multipart/mixed; boundary={BOUNDARY}"), 415, "unsupported_media_type"),
        of("no boundary", "multipart/form-data", 400, "malformed_multipart"),
        of("an empty boundary", "multipart/form-data; boundary=\"\"", 400, "malformed_multipart"),
        of("another boundary", "multipart/form-data; boundary=other", 400, "malformed_multipart"),
        case("nothing", Vec::new(), 400, "malformed_multipart"),
        case("no parts", b"hello".to_vec(), 400, "malformed_multipart"),
        case("only an end", Body::new().end(), 400, "required"),
        case("an end that is missing", Body::new().text("title", "a").open(), 400, "malformed_multipart"),
        case("headers, truncated", unclosed(Body::new(), b"--purlin-7d1\r\nContent-Dispo"), 400, "malformed_multipart"),
        case("a text, truncated", unclosed(Body::new(), b"--purlin-7d1\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\nab"), 400, "malformed_multipart"),
        case("a file, truncated", {
            let mut body = started().open();
            body.truncate(250_000);
            body
        }, 400, "malformed_multipart"),
        case("a boundary, truncated", unclosed(started(), b"--purlin-7"), 400, "malformed_multipart"),
        case("another boundary in between", unclosed(started(), b"--other\r\n\r\n--other--\r\n"), 400, "malformed_multipart"),
        case("a part without headers", Body::new().raw("", "a").end(), 400, "malformed_multipart"),
        case("a part without a name", Body::new().raw("Content-Disposition: form-data", "a").end(), 400, "malformed_multipart"),
        case("a part that is an attachment", Body::new().raw("Content-Disposition: attachment; name=\"title\"", "a").end(), 400, "malformed_multipart"),
        case("a part in parts", Body::new().typed("title", "multipart/mixed; boundary=b", "a").end(), 400, "malformed_multipart"),
        case("an empty name", Body::new().text("", "a").text("title", "a").end(), 400, "unknown_field"),
        case("headers that are none", Body::new().raw("Content-Disposition form-data", "a").end(), 400, "malformed_multipart"),
        case("a name that is not UTF-8", {
            let mut body = Body::new().text("ti@le", "a").end();
            body.iter_mut().filter(|byte| **byte == b'@').for_each(|byte| *byte = 0xff);
            body
        }, 400, "malformed_multipart"),
        case("a huge header", Body::new().raw(&format!("Content-Disposition: form-data; name=\"title\"\r\nX: {}", "x".repeat(70_000)), "a").end(), 400, "malformed_multipart"),
        case("a huge name", Body::new().text(&"n".repeat(50_000), "a").end(), 413, "content_too_large"),
        case("a hundred headers", Body::new().raw(&format!("Content-Disposition: form-data; name=\"title\"{}", "\r\nX: 1".repeat(100)), "a").end(), 400, "malformed_multipart"),
        case("10,000 parts", many().end(), 413, "too_many_parts"),
        case("text over the limit", Body::new().text("title", "a".repeat(5000)).end(), 413, "content_too_large"),
        case("a file over the limit", Body::new().file("file", "a", "a/b", vec![b'x'; 400_001]).end(), 413, "max_size"),
        case("an unknown part", Body::new().text("title", "a").text("nope", "").end(), 400, "unknown_field"),
        case("an unknown file", Body::new().text("title", "a").file("nope", "a", "a/b", "a").end(), 400, "unknown_field"),
        case("a part twice", Body::new().text("title", "a").text("title", "b").end(), 400, "duplicate_parameter"),
        case("a file twice", Body::new().text("title", "a").file("file", "a", "a/b", "a").file("file", "a", "a/b", "a").end(), 400, "duplicate_parameter"),
        case("text of another charset", Body::new().typed("title", "text/plain; charset=latin1", "a").end(), 400, "charset"),
        case("text that is an image", Body::new().typed("title", "image/png", "a").end(), 400, "media_type"),
        case("text that is not UTF-8", Body::new().text("title", b"a\xffb").end(), 400, "encoding"),
        case("text that is encoded", Body::new().raw("Content-Disposition: form-data; name=\"title\"\r\nContent-Transfer-Encoding: base64", "YQ==").end(), 400, "encoding"),
        case("nothing that has to be there", Body::new().file("file", "a", "a/b", "a").end(), 400, "required"),
        case("a length that is none", Body::new().raw("Content-Disposition: form-data; name=\"title\"\r\nContent-Length: x", "a").end(), 400, "unreadable_body"),
        case("a length that is too long", Body::new().raw("Content-Disposition: form-data; name=\"title\"\r\nContent-Length: 5000", "a").end(), 400, "malformed_multipart"),
    ]
}

fn client(style: ErrorStyle, folder: &Folder) -> TestClient {
    let uploads = Uploads::new().directory(folder.path()).file_limit(400_000);
    let api = Registry::new("T", "1")
        .error_style(style)
        .body_limit(4000)
        .uploads(uploads)
        .operation(Operation::post("/", upload));
    support::client(&api)
}

#[test]
fn malformed_multipart_bodies_are_rejected_as_problems() {
    let folder = Folder::new();
    let client = client(ErrorStyle::Problem, &folder);
    for Case {
        what,
        media_type,
        body,
        status,
        code,
    } in table()
    {
        let response = client
            .post("/")
            .header("content-type", media_type)
            .body(body)
            .send();
        assert_eq!(
            response.status().as_u16(),
            status,
            "{what}: {}",
            response.text()
        );
        let problem: Value = response.json();
        let violations = problem["violations"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        let named = problem["code"] == code || violations.iter().any(|v| v["code"] == code);
        assert!(named, "{what}: {problem}");
        assert!(folder.files().is_empty(), "{what}: {:?}", folder.files());
    }
}

#[test]
fn malformed_multipart_bodies_are_rejected_in_the_rebar_envelope() {
    let folder = Folder::new();
    let client = client(ErrorStyle::Rebar, &folder);
    for Case {
        what,
        media_type,
        body,
        status,
        ..
    } in table()
    {
        let status = if status == 415 { 400 } else { status };
        let response = client
            .post("/")
            .header("content-type", media_type)
            .body(body)
            .send();
        assert_eq!(
            response.status().as_u16(),
            status,
            "{what}: {}",
            response.text()
        );
        let error: Value = response.json();
        assert!(error["message"].is_string(), "{what}: {error}");
    }
}
