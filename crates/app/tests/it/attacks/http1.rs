//! HTTP/1 as an attacker writes it: no request hidden in another gets a response, and nothing behind a request that ends its
//! connection. What is malformed by itself is in `hostile.rs`.

use std::{fmt::Write as _, net::SocketAddr, thread};

use crate::support::{Folder, Server, http::Connection, listening};

const HIDDEN: &str = "GET /hidden HTTP/1.1\r\nHost: a\r\nX-Request-Id: hidden\r\n\r\n";

const NEXT: &str =
    "GET /next HTTP/1.1\r\nHost: a\r\nX-Request-Id: next\r\nConnection: close\r\n\r\n";

fn serve() -> (Folder, Server) {
    let folder = Folder::new();
    let mut command = listening(&folder);
    command
        .env("PURLIN_GREETINGS__API_KEYS__TESTS", "key")
        .env("PURLIN_HTTP__DISCONNECT_TIMEOUT", "1")
        .env("PURLIN_HTTP__HEAD_TIMEOUT", "2")
        .env("PURLIN_HTTP__KEEP_ALIVE", "2")
        .env("PURLIN_LIMITS__REQUEST_TIMEOUT", "2")
        .env("PURLIN_COMPRESSION__ENABLED", "true")
        .env("PURLIN_LOG__LEVEL", "off");
    let server = Server::start(&mut command);
    (folder, server)
}

/// Sends bytes, and returns all that comes until the server ends the connection.
fn exchange(address: SocketAddr, bytes: &str) -> String {
    let mut connection = Connection::open(address);
    // What the server has no use for it may refuse to take.
    let _ = connection.write(bytes);
    String::from_utf8_lossy(&connection.read_to_end()).into_owned()
}

/// Returns the status of each response and the id of the request that it belongs to, or `-` without one.
fn responses(text: &str) -> String {
    let mut found = String::new();
    for response in text.split("HTTP/1.1 ").skip(1) {
        let (head, _) = response.split_once("\r\n\r\n").unwrap_or((response, ""));
        let id = head
            .lines()
            .find_map(|line| line.strip_prefix("x-request-id: "));
        let status = head.get(..3).unwrap_or_default();
        let separator = if found.is_empty() { "" } else { ", " };
        write!(found, "{separator}{status} {}", id.unwrap_or("-")).unwrap();
    }
    found
}

/// Sends each case on a connection of its own, all at once, and the next request behind each.
fn assert_all(cases: &[(&'static str, String, &'static str)]) {
    let (_folder, server) = serve();
    let address = server.address;
    let sent: Vec<_> = cases
        .iter()
        .map(|(name, request, expected)| {
            let bytes = format!("{request}{NEXT}");
            let (name, expected) = (*name, *expected);
            let found = thread::spawn(move || responses(&exchange(address, &bytes)));
            (name, expected, found)
        })
        .collect();
    let different: Vec<_> = sent
        .into_iter()
        .map(|(name, expected, found)| (name, expected, found.join().unwrap()))
        .filter(|(_, expected, found)| expected != found)
        .collect();
    assert!(different.is_empty(), "{different:#?}");
}

fn head(line: &str, fields: &str) -> String {
    format!("{line} HTTP/1.1\r\nHost: a\r\nX-Request-Id: case\r\n{fields}\r\n")
}

const KEY: &str = "X-MyApp-ApiKey: key\r\nContent-Type: application/json\r\n";

/// A chunked body that an operation reads; it is no JSON that the operation accepts.
fn chunks(body: &str) -> String {
    let fields = format!("{KEY}Transfer-Encoding: chunked\r\n");
    head("POST /send_greeting", &fields) + body
}

#[test]
fn nothing_behind_a_chunked_body_gets_a_response() {
    let whole = |line: &str| {
        let chunk = format!("{:x}\r\n{HIDDEN}\r\n0\r\n\r\n", HIDDEN.len());
        head(line, "Transfer-Encoding: chunked\r\n") + &chunk
    };
    let hidden = |chunks_before: &str| chunks(&format!("{chunks_before}{HIDDEN}"));
    assert_all(&[
        (
            "a body that is read",
            chunks("2\r\n[]\r\n0\r\n\r\n"),
            "400 case",
        ),
        (
            "a hidden request behind it",
            hidden("2\r\n[]\r\n0\r\n\r\n"),
            "400 case",
        ),
        ("an unknown path", whole("POST /nope"), "404 case"),
        ("no credential", whole("POST /send_greeting"), "401 case"),
        ("a GET", whole("GET /"), "200 case"),
        ("a HEAD", whole("HEAD /"), "200 case"),
        ("a last chunk and LF", hidden("0\r\n\n"), "400 case"),
        ("a last chunk and CR", hidden("0\r\n\r"), "400 case"),
        (
            "a last chunk and other bytes",
            hidden("0\r\nXX"),
            "400 case",
        ),
        ("a request as trailer", hidden("0\r\n"), "400 case"),
        (
            "a trailer with LF alone",
            hidden("0\r\nX: y\n\r\n"),
            "400 case",
        ),
        (
            "a trailer with NUL",
            hidden("0\r\nX: \0\r\n\r\n"),
            "400 case",
        ),
        (
            "a length as trailer",
            hidden("2\r\n[]\r\n0\r\nContent-Length: 9\r\n\r\n"),
            "400 case",
        ),
        (
            "a credential as trailer",
            whole("POST /send_greeting").replace("\r\n0\r\n", "\r\n0\r\nX-MyApp-ApiKey: key\r\n"),
            "401 case",
        ),
        (
            "a long trailer",
            chunks(&format!("0\r\nX: {}\r\n\r\n", "y".repeat(9000))),
            "400 case",
        ),
        ("a space after the size", hidden("0 \r\n\r\n"), "400 case"),
        (
            "zeros before the size",
            hidden("00000000000000000\r\n\r\n"),
            "400 case",
        ),
        (
            "a size beyond 64 bits",
            hidden("10000000000000000\r\n\r\n"),
            "400 case",
        ),
        (
            "a long extension",
            hidden(&format!("2;{}\r\n[]\r\n0\r\n\r\n", "a".repeat(4000))),
            "400 case",
        ),
        (
            "a line end in quotes",
            hidden("2;a=\"\r\n[]\r\n0\r\n\r\n\"\r\n"),
            "400 case",
        ),
        (
            "an upgrade",
            whole("GET /").replace(
                "\r\nTransfer",
                "\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nTransfer",
            ),
            "200 case",
        ),
    ]);
}

#[test]
fn body_with_a_length_is_no_request() {
    let sized = |line: &str, fields: &str| {
        head(
            line,
            &format!("{fields}Content-Length: {}\r\n", HIDDEN.len()),
        ) + HIDDEN
    };
    let both = |status| match status {
        200 => "200 case, 404 next",
        204 => "204 case, 404 next",
        401 => "401 case, 404 next",
        404 => "404 case, 404 next",
        _ => "405 case, 404 next",
    };
    assert_all(&[
        ("an unknown path", sized("POST /nope", ""), both(404)),
        ("no credential", sized("POST /send_greeting", ""), both(401)),
        ("a GET", sized("GET /", ""), both(200)),
        ("a HEAD", sized("HEAD /", ""), both(200)),
        (
            "a HEAD of an unknown path",
            sized("HEAD /nope", ""),
            both(404),
        ),
        ("an OPTIONS", sized("OPTIONS /", ""), both(200)),
        (
            "an OPTIONS of the server",
            sized("OPTIONS *", ""),
            both(204),
        ),
        ("another method", sized("DELETE /", ""), both(405)),
        ("a file", sized("GET /docs/start.js", ""), both(200)),
        ("the document", sized("GET /openapi.json", ""), both(200)),
        (
            "a close",
            sized("GET /", "Connection: close\r\n"),
            "200 case",
        ),
        ("a tunnel", sized("CONNECT a:80", ""), both(404)),
        (
            "a WebSocket",
            sized("GET /", "Connection: Upgrade\r\nUpgrade: websocket\r\n"),
            "200 case",
        ),
        (
            "another upgrade",
            sized("POST /nope", "Connection: Upgrade\r\nUpgrade: h2c\r\n"),
            "404 case",
        ),
        (
            "a WebSocket without Connection",
            sized("POST /nope", "Upgrade: websocket\r\n"),
            "404 case",
        ),
    ]);
}

#[test]
fn invalid_host_or_target_is_rejected_and_ends_the_connection() {
    let host = |host: &str| format!("GET / HTTP/1.1\r\nHost: {host}\r\nX-Request-Id: case\r\n\r\n");
    let target = |line: &str| head(line, "");
    assert_all(&[
        ("a path", host("a/b"), "400 case"),
        ("a list", host("a, b"), "400 case"),
        ("nothing", host(""), "400 case"),
        ("a port alone", host(":80"), "400 case"),
        ("a user", host("u@a"), "400 case"),
        ("two ports", host("a:1:2"), "400 case"),
        ("an address without brackets", host("::1"), "400 case"),
        (
            "a user in the target",
            target("GET http://u:p@a/"),
            "400 case",
        ),
        ("an authority", target("GET a:80"), "400 case"),
        ("an asterisk", target("GET *"), "400 case"),
        (
            "a name and a port",
            host("a.example:80"),
            "200 case, 404 next",
        ),
        ("an address", host("[::1]:80"), "200 case, 404 next"),
        (
            "another host in the target",
            target("GET http://b/"),
            "200 case, 404 next",
        ),
        ("the server", target("OPTIONS *"), "204 case, 404 next"),
    ]);
}

#[test]
fn invalid_host_is_rejected_in_the_error_style() {
    let (_folder, server) = serve();
    let request = "GET / HTTP/1.1\r\nHost: a/b\r\nConnection: close\r\n\r\n";
    let response = exchange(server.address, request);
    assert!(response.contains("\r\nconnection: close\r\n"), "{response}");
    let (_, body) = response.split_once("\r\n\r\n").unwrap();
    assert!(
        body.starts_with(r#"{"message":"`Host` is not"#),
        "{response}"
    );
}

#[test]
fn response_to_http_1_0_has_no_chunks() {
    let (_folder, server) = serve();
    let events = "GET /events HTTP/1.0\r\n\r\n".to_owned();
    let guest = format!(r#"{{"name":"{}","age":1}}"#, "a".repeat(60_000));
    let compressed = format!(
        "POST /send_greeting HTTP/1.0\r\n{KEY}Accept-Encoding: gzip\r\nContent-Length: {}\r\n\r\n{guest}",
        guest.len()
    );
    let kept = "GET /events HTTP/1.0\r\nConnection: keep-alive\r\n\r\n".to_owned();
    for (request, status) in [(events, 200), (compressed, 201), (kept, 200)] {
        let response = exchange(server.address, &request);
        let (head, body) = response.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with(&format!("HTTP/1.0 {status} ")), "{head}");
        assert!(!head.contains("transfer-encoding"), "{head}");
        assert!(!head.contains("keep-alive"), "{head}");
        assert!(
            body.starts_with("data: ") || head.contains("\r\ncontent-encoding: gzip"),
            "{body}"
        );
        assert!(!body.ends_with("0\r\n\r\n"), "{body}");
    }
}

#[test]
fn upgrade_that_no_service_takes_is_ignored() {
    let (_folder, server) = serve();
    let guest = r#"{"name":"a","age":1}"#;
    let post = |fields: &str| {
        let length = guest.len();
        head(
            "POST /send_greeting",
            &format!("{KEY}{fields}Content-Length: {length}\r\n"),
        ) + guest
    };
    let h2c = "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n";
    let websocket = "Connection: Upgrade\r\nUpgrade: websocket\r\n";
    for (request, status) in [
        (head("GET /", h2c), 200),
        (head("GET /events", h2c), 200),
        (post(h2c), 201),
        (head("GET /", websocket), 200),
        (head("GET /events", websocket), 200),
        (post(websocket), 201),
        (post("Upgrade: WebSocket\r\n"), 201),
        // Without a length there is no body.
        (
            head("POST /send_greeting", &format!("{KEY}{websocket}")),
            400,
        ),
    ] {
        let response = exchange(server.address, &request);
        let (head, body) = response.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with(&format!("HTTP/1.1 {status} ")), "{head}");
        assert!(head.contains("\r\nconnection: close"), "{head}");
        assert!(!head.contains("upgrade"), "{head}");
        let is_chunked = head.contains("\r\ntransfer-encoding: chunked");
        assert_eq!(is_chunked, body.ends_with("0\r\n\r\n"), "{response}");
    }
}
