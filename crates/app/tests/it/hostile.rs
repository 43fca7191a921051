//! Requests that two servers in a row could read in two ways (request smuggling), and malformed ones: each is rejected
//! and its connection closed, or it has the response of the one request it is. The next request on the same connection
//! proves it: it has its own response, or none.

use std::{
    io::{Read, Write},
    net::TcpStream,
    thread,
    time::{Duration, Instant},
};

use crate::support::{DEADLINE, Folder, Server, listening};

/// What is sent after each case. It must not be read as a part of what came before.
const NEXT: &str = "GET /next HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

fn serve() -> (Folder, Server) {
    let folder = Folder::new();
    let mut command = listening(&folder);
    command
        .env("PURLIN_GREETINGS__API_KEYS__TESTS", "key")
        .env("PURLIN_LOG__LEVEL", "off");
    let server = Server::start(&mut command);
    (folder, server)
}

/// Returns the statuses of all responses until the server closes the connection.
fn statuses(server: &Server, request: &[u8]) -> Vec<u16> {
    let mut stream = TcpStream::connect(server.address).unwrap();
    stream.set_read_timeout(Some(DEADLINE)).unwrap();
    stream.write_all(request).unwrap();
    // What the server has no use for it may refuse to take.
    let _ = stream.write_all(NEXT.as_bytes());
    let mut responses = Vec::new();
    // A reset is an end as well; the responses before it have been read.
    let mut buffer = [0; 4096];
    while let Ok(read @ 1..) = stream.read(&mut buffer) {
        responses.extend_from_slice(buffer.get(..read).unwrap_or_default());
    }
    let text = String::from_utf8_lossy(&responses);
    text.split("HTTP/1.1 ")
        .skip(1)
        .filter_map(|response| response.get(..3)?.parse().ok())
        .collect()
}

#[track_caller]
fn assert_all(server: &Server, cases: &[(&str, &str)], expected: &[u16]) {
    for (name, head) in cases {
        let found = statuses(server, head.as_bytes());
        assert_eq!(found, expected, "{name}: {head:?}");
    }
}

#[test]
fn ambiguous_body_length_is_rejected() {
    let (_folder, server) = serve();
    let post =
        |headers: &str| format!("POST /send_greeting HTTP/1.1\r\nHost: a\r\n{headers}\r\n\r\n");
    for (name, headers) in [
        (
            "both lengths",
            "Content-Length: 6\r\nTransfer-Encoding: chunked",
        ),
        (
            "both, the other way round",
            "Transfer-Encoding: chunked\r\nContent-Length: 4",
        ),
        ("two lengths", "Content-Length: 0\r\nContent-Length: 36"),
        ("one length twice", "Content-Length: 0\r\nContent-Length: 0"),
        ("a list of lengths", "Content-Length: 0, 36"),
        ("a sign", "Content-Length: +0"),
        ("less than nothing", "Content-Length: -1"),
        ("a length in hex", "Content-Length: 0x0"),
        ("a length of 2^64", "Content-Length: 18446744073709551616"),
        ("an unknown coding", "Transfer-Encoding: xchunked"),
        ("no coding at all", "Transfer-Encoding: identity"),
        (
            "chunked is not the last",
            "Transfer-Encoding: chunked, identity",
        ),
        (
            "chunked twice",
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
        ),
        ("a space before the colon", "Transfer-Encoding : chunked"),
    ] {
        assert_all(&server, &[(name, &post(headers))], &[400]);
    }
    let old = "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
    assert_all(&server, &[("chunks in HTTP/1.0", old)], &[400]);
}

#[test]
fn malformed_head_is_rejected() {
    let (_folder, server) = serve();
    let cases = [
        ("a bare CR", "GET / HTTP/1.1\r\nHost: a\rX: y\r\n\r\n"),
        (
            "a folded line",
            "GET / HTTP/1.1\r\nHost: a\r\nX: y\r\n z\r\n\r\n",
        ),
        ("two hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"),
        ("no host", "GET / HTTP/1.1\r\n\r\n"),
        (
            "NUL in a header",
            "GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n",
        ),
        ("NUL in the path", "GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n"),
        (
            "a control character in a name",
            "GET / HTTP/1.1\r\nHost: a\r\nX\u{1}: b\r\n\r\n",
        ),
        (
            "a space in a name",
            "GET / HTTP/1.1\r\nHost: a\r\nX Y: b\r\n\r\n",
        ),
        ("no such version", "GET / HTTP/9.9\r\nHost: a\r\n\r\n"),
        ("HTTP/0.9", "GET /\r\n"),
        ("no path", "GET  HTTP/1.1\r\nHost: a\r\n\r\n"),
        (
            "tabs between the parts",
            "GET\t/\tHTTP/1.1\r\nHost: a\r\n\r\n",
        ),
        (
            "HTTP/2 without agreement",
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        ),
    ];
    assert_all(&server, &cases, &[400]);
}

#[test]
fn malformed_chunks_are_rejected() {
    let (_folder, server) = serve();
    for (name, chunks) in [
        ("a size that is no number", "zz\r\n\r\n"),
        ("a size with 0x", "0x0\r\n\r\n"),
        ("a size beyond 64 bits", "ffffffffffffffff1\r\n\r\n"),
        ("a bare LF after the size", "0\n\r\n"),
        ("a bare LF in an extension", "2;\nxx\r\n4c\r\n0\r\n\r\n"),
    ] {
        let head = "POST /send_greeting HTTP/1.1\r\nHost: a\r\nX-MyApp-ApiKey: key\r\n\
                    Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
        assert_all(&server, &[(name, &format!("{head}{chunks}"))], &[400]);
    }
}

#[test]
fn unambiguous_request_and_the_next_one_get_responses() {
    let (_folder, server) = serve();
    let cases = [
        // A single LF may end a line (RFC 9112 section 2.2).
        ("bare LF", "GET / HTTP/1.1\nHost: a\n\n"),
        (
            "an empty line before the request",
            "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
        ),
        (
            "the absolute form",
            "GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n",
        ),
        (
            "a body that a GET has no use for",
            "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody",
        ),
    ];
    assert_all(&server, &cases, &[200, 404]);
}

#[test]
fn unsupported_upgrade_is_treated_as_a_plain_request() {
    let (_folder, server) = serve();
    let upgrade = "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\n\
                   Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n\r\n";
    let found = statuses(&server, upgrade.as_bytes());
    // Without 101 the connection cannot go on: it would have to say `Connection: upgrade`.
    assert_eq!(found, [200]);
}

#[test]
fn oversized_heads_are_rejected_and_the_server_keeps_serving() {
    let (_folder, server) = serve();
    let long = "a".repeat(200 * 1024);
    let cases = [
        (
            "a long header",
            format!("GET / HTTP/1.1\r\nHost: a\r\nX: {long}\r\n\r\n"),
        ),
        (
            "a long path",
            format!("GET /{long} HTTP/1.1\r\nHost: a\r\n\r\n"),
        ),
        (
            "many headers",
            format!(
                "GET / HTTP/1.1\r\nHost: a\r\n{}\r\n",
                "X: y\r\n".repeat(2000)
            ),
        ),
    ];
    for (name, head) in &cases {
        let found = statuses(&server, head.as_bytes());
        assert!(
            matches!(found.as_slice(), [] | [400 | 413 | 414 | 431]),
            "{name}: {found:?}"
        );
    }
    assert_eq!(server.request("GET / HTTP/1.1").status, 200);
}

#[test]
fn slow_heads_do_not_block_others_and_are_closed_after_the_timeout() {
    let folder = Folder::new();
    let mut command = listening(&folder);
    command.env("PURLIN_HTTP__HEAD_TIMEOUT", "2");
    let server = Server::start(&mut command);
    let mut slow: Vec<TcpStream> = (0..1000)
        .map(|_| {
            let mut stream = TcpStream::connect(server.address).unwrap();
            stream
                .write_all(b"GET / HTTP/1.1\r\nHost: a\r\nX-Slow:")
                .unwrap();
            stream
        })
        .collect();
    for _ in 0..20 {
        assert_eq!(server.request("GET / HTTP/1.1").status, 200);
    }
    // However often a byte comes, the time is that of the whole head.
    let begun = Instant::now();
    while !slow.is_empty() {
        assert!(begun.elapsed() < Duration::from_secs(15), "{}", slow.len());
        slow.retain_mut(|stream| stream.write_all(b"x").is_ok());
        assert_eq!(server.request("GET / HTTP/1.1").status, 200);
        thread::sleep(Duration::from_millis(100));
    }
}
