//! Multipart bodies, written by hand, and short forms of responses.

use std::path::{Path, PathBuf};

use purlin_router::{
    Operation, Registry,
    testing::{TestClient, TestResponse},
};
use serde_json::Value;

pub(crate) const BOUNDARY: &str = "purlin-7d1";

/// A multipart body.
#[derive(Default)]
pub(crate) struct Body(Vec<u8>);

impl Body {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Adds a part with these headers, byte by byte.
    pub(crate) fn raw(mut self, headers: &str, content: impl AsRef<[u8]>) -> Self {
        self.0
            .extend_from_slice(format!("--{BOUNDARY}\r\n{headers}\r\n\r\n").as_bytes());
        self.0.extend_from_slice(content.as_ref());
        self.0.extend_from_slice(b"\r\n");
        self
    }

    pub(crate) fn text(self, name: &str, content: impl AsRef<[u8]>) -> Self {
        let headers = format!("Content-Disposition: form-data; name=\"{name}\"");
        self.raw(&headers, content)
    }

    pub(crate) fn typed(self, name: &str, media_type: &str, content: impl AsRef<[u8]>) -> Self {
        let headers = format!(
            "Content-Disposition: form-data; name=\"{name}\"\r\nContent-Type: {media_type}"
        );
        self.raw(&headers, content)
    }

    pub(crate) fn file(
        self,
        name: &str,
        file_name: &str,
        media_type: &str,
        content: impl AsRef<[u8]>,
    ) -> Self {
        let headers = format!(
            "Content-Disposition: form-data; name=\"{name}\"; filename=\"{file_name}\"\r\nContent-Type: {media_type}"
        );
        self.raw(&headers, content)
    }

    /// Inserts lines before the first part, which readers skip.
    pub(crate) fn padded(mut self, bytes: usize) -> Self {
        let line = [&[b' '; 998][..], b"\r\n"].concat();
        self.0.splice(..0, line.repeat(bytes / 1000));
        self
    }

    pub(crate) fn end(mut self) -> Vec<u8> {
        self.0
            .extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
        self.0
    }

    /// Returns the body without its closing boundary.
    pub(crate) fn open(self) -> Vec<u8> {
        self.0
    }
}

pub(crate) fn send(operation: Operation, body: Vec<u8>) -> TestResponse {
    let media_type = format!("multipart/form-data; boundary={BOUNDARY}");
    send_as(operation, &media_type, body)
}

pub(crate) fn send_as(operation: Operation, media_type: &str, body: Vec<u8>) -> TestResponse {
    client(operation)
        .post("/")
        .header("content-type", media_type)
        .body(body)
        .send()
}

pub(crate) fn client(operation: Operation) -> TestClient {
    super::client(&Registry::new("Bodies", "1").operation(operation))
}

/// Returns the violations of a response, all of the body: pointer and code, sorted.
#[track_caller]
pub(crate) fn violations(response: &TestResponse) -> Vec<String> {
    let problem: Value = response.json();
    let mut all = problem["violations"].as_array().into_iter().flatten();
    assert!(all.all(|violation| violation["location"] == "body"));
    super::violations(response)
}

pub(crate) fn code(response: &TestResponse) -> String {
    let problem: Value = response.json();
    problem["code"].as_str().unwrap_or_default().to_owned()
}

/// A temporary folder of one test.
pub(crate) struct Folder(tempfile::TempDir);

impl Folder {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn files(&self) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(self.path()).expect("a folder");
        entries
            .map(|entry| entry.expect("an entry").path())
            .collect()
    }
}
