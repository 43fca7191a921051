//! Downloads of files: whole, ranges, and conditional requests.

use std::{fs, path::PathBuf};

use actix_web::{http::Method, web};
use purlin_router::{
    Operation, Registry, error::http::NotFound, media::Pdf, reply::Download, testing::TestClient,
};

use crate::support::multipart::{Folder, code};

use crate::support;

async fn file(folder: web::Data<PathBuf>) -> Result<Download<Pdf>, NotFound> {
    let opened = Download::open(folder.join("a.pdf")).await;
    let opened = opened.map_err(|_| NotFound::default())?;
    Ok(opened.named("Größe \"7\".pdf"))
}

fn client(folder: &Folder) -> TestClient {
    let api = Registry::new("T", "1")
        .app_data(web::Data::new(folder.path().to_owned()))
        .operation(Operation::get("/", file));
    support::client(&api)
}

fn with_file(content: impl AsRef<[u8]>) -> (Folder, TestClient) {
    let folder = Folder::new();
    fs::write(folder.path().join("a.pdf"), content).expect("room");
    let client = client(&folder);
    (folder, client)
}

#[test]
fn file_is_sent_whole() {
    let content: Vec<u8> = (0..200_000_u32).map(|n| n.to_le_bytes()[0]).collect();
    let (_folder, client) = with_file(&content);
    let response = client.get("/").send();
    assert_eq!(response.status(), 200);
    assert_eq!(response.header("content-type"), Some("application/pdf"));
    assert_eq!(response.header("accept-ranges"), Some("bytes"));
    assert_eq!(
        response.header("content-disposition"),
        Some(
            "attachment; filename=\"Gr__e _7_.pdf\"; filename*=UTF-8''Gr%C3%B6%C3%9Fe%20%227%22%2Epdf"
        )
    );
    assert_eq!(response.bytes(), content);
}

#[test]
fn current_representation_is_304() {
    let (_folder, client) = with_file("content");
    let first = client.get("/").send();
    let tag = first.header("etag").expect("a tag");
    let time = first.header("last-modified").expect("a time");
    for (name, value) in [
        ("if-none-match", tag),
        ("if-none-match", "*"),
        ("if-modified-since", time),
    ] {
        let response = client.get("/").header(name, value).send();
        assert_eq!(
            (response.status().as_u16(), response.bytes()),
            (304, &b""[..]),
            "{name}"
        );
        assert_eq!(response.header("etag"), Some(tag));
    }
    for (name, value) in [
        ("if-none-match", "\"other\""),
        ("if-modified-since", "Thu, 01 Jan 1970 00:00:00 GMT"),
    ] {
        assert_eq!(
            client.get("/").header(name, value).send().status(),
            200,
            "{name}"
        );
    }
}

#[test]
fn requested_range_is_206() {
    let (_folder, client) = with_file("0123456789");
    let tag = client
        .get("/")
        .send()
        .header("etag")
        .expect("a tag")
        .to_owned();
    for (range, part, content) in [
        ("bytes=0-3", "bytes 0-3/10", "0123"),
        ("bytes=8-", "bytes 8-9/10", "89"),
        ("bytes=-1", "bytes 9-9/10", "9"),
        ("bytes=5-99", "bytes 5-9/10", "56789"),
    ] {
        let response = client
            .get("/")
            .header("range", range)
            .header("if-range", tag.as_str())
            .send();
        assert_eq!(response.status(), 206, "{range}");
        assert_eq!(response.header("content-range"), Some(part));
        assert_eq!(response.text(), content);
    }
    for (range, if_range) in [
        ("bytes=0-1,3-4", tag.as_str()),
        ("lines=1", tag.as_str()),
        ("bytes=0-1", "\"other\""),
    ] {
        let response = client
            .get("/")
            .header("range", range)
            .header("if-range", if_range)
            .send();
        assert_eq!(
            (response.status().as_u16(), response.bytes().len()),
            (200, 10),
            "{range}"
        );
    }
}

#[test]
fn unsatisfiable_range_is_416() {
    let (_folder, client) = with_file("0123456789");
    let response = client.get("/").header("range", "bytes=10-").send();
    assert_eq!(
        (response.status().as_u16(), code(&response).as_str()),
        (416, "range_not_satisfiable")
    );
    assert_eq!(response.header("content-range"), Some("bytes */10"));
    let (_folder, client) = with_file("");
    let response = client.get("/").send();
    assert_eq!(
        (response.status().as_u16(), response.bytes()),
        (200, &b""[..])
    );
}

#[test]
fn state_that_the_client_requires_is_412_with_and_without_a_range() {
    let (_folder, client) = with_file("0123456789");
    let first = client.get("/").send();
    let tag = first.header("etag").expect("a tag").to_owned();
    let time = first.header("last-modified").expect("a time").to_owned();
    let weak = format!("W/{tag}");
    let coded = format!("{}-gzip\"", tag.trim_end_matches('"'));
    for (name, value, whole, part) in [
        ("if-match", tag.as_str(), 200, 206),
        ("if-match", "*", 200, 206),
        ("if-match", "\"a,b\", \"other\"", 412, 412),
        ("if-match", weak.as_str(), 412, 412),
        // Parts are not compressed, so that they do not fit to a compressed copy.
        ("if-match", coded.as_str(), 200, 412),
        ("if-unmodified-since", time.as_str(), 200, 206),
        (
            "if-unmodified-since",
            "Wed, 21 Oct 2015 07:28:00 GMT",
            412,
            412,
        ),
        ("if-unmodified-since", "yesterday", 200, 206),
        ("if-none-match", weak.as_str(), 304, 304),
        ("if-none-match", coded.as_str(), 304, 304),
    ] {
        let response = client.get("/").header(name, value).send();
        assert_eq!(response.status().as_u16(), whole, "{name}: {value}");
        let response = client.get("/").header(name, value);
        let response = response.header("range", "bytes=0-3").send();
        assert_eq!(response.status().as_u16(), part, "{name}: {value}");
        if part == 412 {
            assert_eq!(code(&response), "precondition_failed");
        }
    }
}

#[test]
fn range_is_for_get_alone() {
    let (_folder, client) = with_file("0123456789");
    let head = client
        .request(Method::HEAD, "/")
        .header("range", "bytes=0-3");
    let head = head.send();
    assert_eq!(head.status(), 200);
    assert_eq!(head.header("content-length"), Some("10"));
    assert_eq!(head.header("content-range"), None);
    let tag = head.header("etag").expect("a tag");
    let response = client.request(Method::HEAD, "/");
    let response = response.header("if-none-match", tag).send();
    assert_eq!(response.status(), 304);
}

#[test]
fn other_methods_send_the_whole_file() {
    let (folder, _client) = with_file("0123456789");
    let api = Registry::new("T", "1")
        .app_data(web::Data::new(folder.path().to_owned()))
        .operation(Operation::post("/", file));
    let client = support::client(&api);
    for (name, value) in [
        ("range", "bytes=0-3"),
        ("if-none-match", "*"),
        ("if-modified-since", "Wed, 21 Oct 2099 07:28:00 GMT"),
        ("if-match", "\"other\""),
    ] {
        let response = client.post("/").header(name, value).send();
        assert_eq!(
            (response.status().as_u16(), response.text().as_str()),
            (200, "0123456789"),
            "{name}"
        );
    }
    let document = support::document(&api);
    let operation = &document["paths"]["/"]["post"];
    let statuses = operation["responses"].as_object().into_iter().flatten();
    let statuses: Vec<_> = statuses.map(|(status, _)| status.as_str()).collect();
    assert_eq!(statuses, ["200", "404", "500"]);
    assert_eq!(operation.get("parameters"), None);
}

#[test]
fn missing_file_is_an_error_of_the_handler() {
    let folder = Folder::new();
    assert_eq!(client(&folder).get("/").send().status(), 404);
    fs::create_dir(folder.path().join("a.pdf")).expect("room");
    assert_eq!(client(&folder).get("/").send().status(), 404);
}

#[test]
fn every_status_is_documented() {
    let api = Registry::new("T", "1")
        .allow_external_data()
        .operation(Operation::get("/", file));
    let document = support::document(&api);
    let responses = &document["paths"]["/"]["get"]["responses"];
    let statuses: Vec<_> = responses
        .as_object()
        .into_iter()
        .flatten()
        .map(|(status, _)| status.as_str())
        .collect();
    assert_eq!(statuses, ["200", "206", "304", "404", "412", "416", "500"]);
    assert_eq!(responses["206"]["content"], responses["200"]["content"]);
}
