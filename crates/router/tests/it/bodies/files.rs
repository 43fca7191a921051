//! Files of multipart forms: stored on disk or in memory, limited, and removed unless a handler keeps them.

use std::{fs, path::PathBuf};

use actix_web::web;
use purlin_router::{
    Json, Operation, Registry,
    error::http::InternalServerError,
    extract::{File, InMemory, Multipart, Uploads},
    media::{AnyImage, AnyMedia, Csv, Jpeg, Png},
    reply::NoContent,
    schema,
};
use serde_json::{Value, json};

use crate::support::multipart::{BOUNDARY, Body, Folder, client, code, send, violations};

use crate::support;

#[schema(request)]
struct Upload {
    title: String,
    image: File<(Png, Jpeg)>,
    extra: Option<File>,
    #[garde(length(max = 2))]
    #[serde(default)]
    pages: Vec<File<AnyImage>>,
    table: Option<InMemory<Csv>>,
}

#[schema(response)]
struct Seen {
    name: Option<String>,
    safe_name: Option<String>,
    content_type: Option<String>,
    size: u64,
    read: String,
    path: PathBuf,
}

async fn seen<M>(file: &File<M>) -> Seen {
    let bytes = file.read().await.expect("the file is there");
    Seen {
        name: file.name().map(ToOwned::to_owned),
        safe_name: file.safe_name(),
        content_type: file.content_type().map(ToOwned::to_owned),
        size: file.size(),
        read: String::from_utf8_lossy(&bytes).into_owned(),
        path: file.path().to_owned(),
    }
}

async fn upload(upload: Multipart<Upload>) -> Json<Vec<Seen>> {
    let mut all = vec![seen(&upload.image).await];
    if let Some(extra) = &upload.extra {
        all.push(seen(extra).await);
    }
    for page in &upload.pages {
        all.push(seen(page).await);
    }
    if let Some(table) = &upload.table {
        all.push(Seen {
            name: table.name().map(ToOwned::to_owned),
            safe_name: table.safe_name(),
            content_type: table.content_type().map(ToOwned::to_owned),
            size: table.size(),
            read: String::from_utf8_lossy(table.bytes()).into_owned(),
            path: PathBuf::new(),
        });
    }
    Json(all)
}

fn operation(folder: &Folder) -> Operation {
    let uploads = Uploads::new()
        .directory(folder.path())
        .file_limit(600_000)
        .files_limit(1_000_000)
        .parts_limit(8);
    Operation::post("/", upload)
        .uploads(uploads)
        .body_limit(1000)
}

#[test]
fn files_are_stored_as_sent_and_removed_after_the_request() {
    let folder = Folder::new();
    let large = "0123456789".repeat(50_000);
    let body = Body::new()
        .file("image", "../a%22b.png", "image/png", &large)
        .text("title", "x")
        .file(
            "extra",
            "x.bin",
            "application/octet-stream",
            b"\r\n--purlin\r\n",
        )
        .file("pages", "1", "image/webp", "one")
        .file("pages", "2", "IMAGE/GIF; q=1", "two")
        .file("table", "t.csv", "text/csv", "a,b");
    let response = send(operation(&folder), body.end());
    assert_eq!(response.status(), 200, "{}", response.text());
    let all: Vec<Value> = response.json();
    assert_eq!(all[0]["name"], "../a%22b.png");
    assert_eq!(all[0]["safe_name"], "a%22b.png");
    assert_eq!(all[0]["content_type"], "image/png");
    assert_eq!(
        (all[0]["size"].as_u64(), all[0]["read"].as_str()),
        (Some(500_000), Some(large.as_str()))
    );
    assert!(
        all[0]["path"]
            .as_str()
            .expect("a path")
            .starts_with(folder.path().to_str().expect("text"))
    );
    assert_eq!(all[1]["read"], "\r\n--purlin\r\n");
    assert_eq!(
        (&all[2]["read"], &all[3]["read"]),
        (&json!("one"), &json!("two"))
    );
    assert_eq!(
        (&all[4]["read"], &all[4]["size"]),
        (&json!("a,b"), &json!(3))
    );
    assert!(folder.files().is_empty(), "{:?}", folder.files());
}

#[test]
fn empty_file_field_is_none() {
    let folder = Folder::new();
    let body = Body::new()
        .text("title", "x")
        .file("image", "a.png", "image/png", "x")
        .file("extra", "", "application/octet-stream", "")
        .file("pages", "", "application/octet-stream", "");
    let response = send(operation(&folder), body.end());
    assert_eq!(response.status(), 200, "{}", response.text());
    assert_eq!(response.json::<Vec<Value>>().len(), 1);
}

/// So "Send empty value" of Swagger UI sends files.
#[test]
fn empty_part_without_file_name_is_no_file() {
    let folder = Folder::new();
    let body = Body::new()
        .text("title", "x")
        .file("image", "a.png", "image/png", "x")
        .text("extra", "")
        .text("pages", "")
        .file("pages", "1.png", "image/png", "x")
        .typed("pages", "image/png", "")
        .file("pages", "blob", "image/*", "")
        .text("table", "");
    let response = send(operation(&folder), body.end());
    assert_eq!(response.status(), 200, "{}", response.text());
    assert_eq!(response.json::<Vec<Value>>().len(), 2);

    let body = Body::new().text("title", "x").text("image", "");
    let response = send(operation(&folder), body.end());
    assert_eq!(violations(&response), ["/image required"]);
    assert!(folder.files().is_empty());
}

/// An empty file with a name is a file.
#[test]
fn empty_file_with_a_name_is_a_file() {
    let folder = Folder::new();
    let body = Body::new()
        .text("title", "x")
        .file("image", "a.png", "image/png", "")
        .file("extra", "b", "application/octet-stream", "");
    let response = send(operation(&folder), body.end());
    assert_eq!(response.status(), 200, "{}", response.text());
    assert_eq!(response.json::<Vec<Value>>().len(), 2);
}

#[test]
fn text_is_no_file() {
    let folder = Folder::new();
    let body = Body::new()
        .text("title", "x")
        .text("image", "x")
        .text("extra", "x")
        // What Swagger UI sends of a list of files that it does not recognise as one.
        .text("pages", "[null]")
        .text("table", "a,b");
    let response = send(operation(&folder), body.end());
    assert_eq!(response.status(), 400);
    assert_eq!(
        violations(&response),
        ["/extra file", "/image file", "/pages/0 file", "/table file"]
    );
    assert!(
        response
            .text()
            .contains("must be a file: a part with a `filename`")
    );
    // A media type of its own makes a part a file as well (RFC 7578 section 4.4).
    let body = Body::new()
        .text("title", "x")
        .typed("image", "image/png", "x");
    let response = send(operation(&folder), body.end());
    assert_eq!(response.status(), 200, "{}", response.text());
    assert!(folder.files().is_empty());
}

#[test]
fn invalid_files_are_violations() {
    let folder = Folder::new();
    let body = Body::new()
        .file("image", "a.gif", "image/gif", "x")
        .file("image", "b.png", "image/png", "x")
        .file("extra", "a", "text/plain", "x")
        .file("extra", "b", "text/plain", "x")
        .text("pages", "x")
        .file("pages", "c", "imagine/png", "x")
        .raw(
            "Content-Disposition: form-data; name=\"table\"\r\nContent-Type: text/csv\r\nContent-Transfer-Encoding: base64",
            "YQ==",
        )
        .file("other", "o", "text/plain", "x");
    let response = send(operation(&folder), body.end());
    assert_eq!(response.status(), 400, "{}", response.text());
    assert_eq!(
        violations(&response),
        [
            "/extra duplicate_parameter",
            "/image duplicate_parameter",
            "/image media_type",
            "/other unknown_field",
            "/pages/0 file",
            "/pages/1 media_type",
            "/table encoding",
            "/title required",
        ]
    );
    assert!(folder.files().is_empty());
    let pages = |body: Body, n: u8| body.file("pages", &n.to_string(), "image/png", "x");
    let body = (0..3).fold(Body::new().text("title", "x"), pages);
    let response = send(operation(&folder), body.end());
    assert_eq!(
        violations(&response),
        ["/image required", "/pages max_items"]
    );
    assert!(folder.files().is_empty());
}

#[test]
fn exceeded_limits_are_413() {
    let folder = Folder::new();
    let image = |size: usize| Body::new().file("image", "a.png", "image/png", vec![b'x'; size]);
    let cases = [
        (
            "a file",
            image(600_001),
            "content_too_large",
            "the file at /image is larger than 600000 bytes",
        ),
        (
            "all files",
            image(600_000).file("extra", "b", "a/b", vec![b'x'; 400_001]),
            "content_too_large",
            "the total of the files is larger than 1000000 bytes",
        ),
        (
            "text",
            Body::new().text("title", "x".repeat(1001)),
            "content_too_large",
            "the body without its files is larger than 1000 bytes",
        ),
        (
            "a file in memory",
            Body::new().file("table", "t", "text/csv", "x".repeat(1001)),
            "content_too_large",
            "the body without its files is larger than 1000 bytes",
        ),
        (
            "parts",
            (0..9).fold(Body::new(), |body, _| body.text("title", "x")),
            "too_many_parts",
            "the body has more than 8 parts",
        ),
        (
            "everything",
            image(1).padded(2_100_000),
            "content_too_large",
            "the body is larger than 1009192 bytes",
        ),
    ];
    for (what, body, expected, detail) in cases {
        let response = send(operation(&folder), body.end());
        assert_eq!(response.status(), 413, "{what}: {}", response.text());
        assert_eq!(code(&response), expected, "{what}");
        let problem: Value = response.json();
        assert_eq!(problem["detail"], detail, "{what}");
        assert!(folder.files().is_empty(), "{what}");
    }
    let response = send(operation(&folder), image(600_001).end());
    assert_eq!(violations(&response), ["/image max_size"]);
}

#[test]
fn file_can_be_kept() {
    #[schema(request)]
    struct One {
        file: File<AnyMedia>,
    }
    async fn keep(
        folder: web::Data<PathBuf>,
        one: Multipart<One>,
    ) -> Result<NoContent, InternalServerError> {
        let name = one.file.safe_name().unwrap_or_default();
        let kept = one.into_inner().file.keep(folder.join(name)).await;
        kept.map(|()| NoContent)
            .map_err(|error| InternalServerError::new(error.to_string()))
    }
    let (uploads, kept) = (Folder::new(), Folder::new());
    let api = Registry::new("T", "1")
        .uploads(Uploads::new().directory(uploads.path()))
        .app_data(web::Data::new(kept.path().to_owned()))
        .operation(Operation::post("/", keep));
    let client = support::client(&api);
    let response = client
        .post("/")
        .header("content-type", "multipart/form-data; boundary=purlin-7d1")
        .body(
            Body::new()
                .file("file", "/x/note.txt", "text/plain", "hello")
                .end(),
        )
        .send();
    assert_eq!(response.status(), 204, "{}", response.text());
    assert_eq!(kept.files(), [kept.path().join("note.txt")]);
    assert_eq!(
        fs::read(kept.path().join("note.txt")).expect("a file"),
        b"hello"
    );
    assert!(uploads.files().is_empty());
}

#[test]
fn storage_error_is_500_without_details() {
    let folder = Folder::new();
    let nowhere = folder.path().join("nowhere");
    std::fs::create_dir(&nowhere).expect("a folder");
    let uploads = Uploads::new().directory(&nowhere);
    let client = client(Operation::post("/", upload).uploads(uploads));
    std::fs::remove_dir(&nowhere).expect("it is empty");
    let body = Body::new().file("image", "a.png", "image/png", "x");
    let response = client
        .post("/")
        .header(
            "content-type",
            format!("multipart/form-data; boundary={BOUNDARY}"),
        )
        .body(body.end())
        .send();
    assert_eq!(response.status(), 500);
    assert_eq!(code(&response), "internal_server_error");
    assert!(!response.text().contains("nowhere"), "{}", response.text());
}

#[test]
fn files_are_read_from_multipart_forms_alone() {
    #[schema(request)]
    struct Inside {
        upload: Upload,
    }
    async fn json(upload: Json<Upload>) -> NoContent {
        drop(upload);
        NoContent
    }
    async fn inside(inside: Multipart<Inside>) -> NoContent {
        drop(inside.into_inner().upload);
        NoContent
    }
    for operation in [Operation::post("/", json), Operation::post("/", inside)] {
        let api = Registry::new("T", "1").operation(operation);
        let errors = support::errors(&api).join("\n");
        assert!(
            errors.contains("read the type as `Multipart<T>`")
                || errors.contains("a file is a separate part"),
            "{errors}"
        );
    }
    // A number in a JSON body is no file outside of a registry either.
    let validator = purlin_router::schemas::Validator::of::<Upload>().expect("a validator");
    let read = validator.decode::<Upload>(br#"{"title": "x", "image": "0"}"#);
    assert!(read.is_err());
}
