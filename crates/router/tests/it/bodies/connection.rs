//! Over a real connection: rejected bodies are drained, events are sent one by one.

use futures_util::{StreamExt, stream};
use purlin_router::{
    Json, Operation, Registry,
    extract::{File, Multipart},
    reply::{Event, EventStream},
    schema,
};

use crate::support::{
    self,
    multipart::{BOUNDARY, Body},
    server::{Connection, serve},
};

#[schema(request)]
struct Upload {
    file: File,
}

async fn upload(upload: Multipart<Upload>) -> Json<u64> {
    Json(upload.file.size())
}

async fn ticks() -> EventStream<u32> {
    let ticks = stream::iter([1, 2]).map(Event::new);
    EventStream::new(ticks.chain(stream::pending()))
}

fn connect() -> Connection {
    let registry = Registry::new("T", "1")
        .operation(Operation::post("/", upload))
        .operation(Operation::get("/ticks", ticks));
    let api = support::router(&registry);
    Connection::new(serve(move |app| {
        app.service(api.clone());
    }))
}

fn post(media_type: &str, size: usize) -> Vec<u8> {
    let body = Body::new().file("file", "a", "a/b", vec![b'x'; size]).end();
    let head = format!(
        "POST / HTTP/1.1\r\nhost: t\r\ncontent-type: {media_type}\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    [head.into_bytes(), body].concat()
}

#[test]
fn rejected_upload_keeps_the_connection_open() {
    let parts = format!("multipart/form-data; boundary={BOUNDARY}");
    let mut connection = connect();
    for (media_type, size, expected) in [
        (parts.as_str(), 1_000_000, "200 OK"),
        (parts.as_str(), 12 * 1024 * 1024, "413 Payload Too Large"),
        (
            "multipart/mixed; boundary=a",
            1_000_000,
            "415 Unsupported Media Type",
        ),
        (
            "multipart/form-data; boundary=other",
            1_000_000,
            "400 Bad Request",
        ),
        (parts.as_str(), 10, "200 OK"),
    ] {
        let response = connection.send(&post(media_type, size));
        let expected = format!("http/1.1 {}", expected.to_ascii_lowercase());
        assert!(response.head.starts_with(&expected), "{}", response.head);
    }
}

#[test]
fn events_are_sent_one_by_one() {
    let mut connection = connect();
    connection.write(b"GET /ticks HTTP/1.1\r\nhost: t\r\n\r\n");
    let head = connection.read_until("\r\n\r\n");
    assert!(head.contains("transfer-encoding: chunked"), "{head}");
    let events = connection.read_until("data: 2\n\n");
    assert!(events.contains("data: 1\n\n"), "{events}");
}
