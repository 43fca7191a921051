//! Over a real connection: what is refused is read on, events come one by one.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    sync::mpsc,
    thread,
    time::Duration,
};

use actix_web::{App, HttpServer, rt::System};
use futures_util::{StreamExt, stream};
use purlin_router::{
    Json, Operation, Registry,
    extract::{File, Multipart},
    reply::{Event, EventStream},
    schema,
};

use crate::support::multipart::{BOUNDARY, Body};

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

fn serve() -> SocketAddr {
    let (tell, told) = mpsc::channel();
    thread::spawn(move || {
        let api = Registry::new("T", "1")
            .operation(Operation::post("/", upload))
            .operation(Operation::get("/ticks", ticks))
            .build()
            .expect("a valid registry");
        System::new().block_on(async move {
            let server = HttpServer::new(move || App::new().service(api.clone()))
                .workers(1)
                .bind(("127.0.0.1", 0))
                .expect("a free port");
            tell.send(server.addrs()[0]).expect("the test waits");
            server.run().await.expect("the server runs");
        });
    });
    told.recv().expect("the server starts")
}

fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).expect("the server listens");
    let patience = Some(Duration::from_secs(20));
    stream.set_read_timeout(patience).expect("a timeout");
    stream
}

/// Reads on until a text is there.
fn read_until(stream: &mut TcpStream, end: &str) -> String {
    let mut read = Vec::new();
    while !read.ends_with(end.as_bytes()) {
        let mut byte = [0];
        stream.read_exact(&mut byte).expect("more");
        read.push(byte[0]);
    }
    String::from_utf8_lossy(&read).into_owned()
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
fn the_connection_goes_on_after_an_upload_that_is_refused() {
    let parts = format!("multipart/form-data; boundary={BOUNDARY}");
    let mut stream = connect(serve());
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
        stream
            .write_all(&post(media_type, size))
            .expect("the server reads");
        let head = read_until(&mut stream, "\r\n\r\n").to_ascii_lowercase();
        let expected = format!("http/1.1 {}", expected.to_ascii_lowercase());
        assert!(head.starts_with(&expected), "{head}");
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "))
            .map_or(0, |length| length.parse().expect("a length"));
        let mut body = vec![0; length];
        stream.read_exact(&mut body).expect("a body");
    }
}

#[test]
fn events_do_not_wait_for_one_another() {
    let mut stream = connect(serve());
    let request = b"GET /ticks HTTP/1.1\r\nhost: t\r\n\r\n";
    stream.write_all(request).expect("the server reads");
    let head = read_until(&mut stream, "\r\n\r\n");
    assert!(head.contains("transfer-encoding: chunked"), "{head}");
    let events = read_until(&mut stream, "data: 2\n\n");
    assert!(events.contains("data: 1\n\n"), "{events}");
}
