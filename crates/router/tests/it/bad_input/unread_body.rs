//! Bodies that are not read: small ones are drained and keep the connection open; large, incomplete and chunked ones close it.

use purlin_router::error::ErrorStyle;

use super::{
    api::{LIMIT, serve},
    cases::get,
};

use crate::support::server::{Connection, RawResponse};

/// Requests whose bodies are not read, and the status of each response.
const UNREAD: [(&str, u16); 8] = [
    ("POST /keyed", 401),
    ("POST /nope", 404),
    ("DELETE /guests", 405),
    ("BREW /guests", 405),
    ("OPTIONS /guests", 204),
    ("GET /guests", 200),
    ("GET /openapi.json", 200),
    ("POST /no-reader", 200),
];

fn head(request: &str, length: usize) -> Vec<u8> {
    format!("{request} HTTP/1.1\r\nhost: t\r\ncontent-length: {length}\r\n\r\n").into_bytes()
}

fn assert_kept_alive(connection: &mut Connection, response: &RawResponse, status: u16, what: &str) {
    assert_eq!(response.status, status, "{what}");
    assert!(!response.closes(), "{what}");
    let again = connection.send(&get("/guests?limit=3", b""));
    let again = (again.status, again.body.as_slice());
    assert_eq!(again, (200, b"3".as_slice()), "after {what}");
}

#[test]
fn small_unread_body_keeps_the_connection_open() {
    let mut connection = Connection::new(serve(ErrorStyle::Problem));
    for length in [20, 64 * 1024] {
        let body = vec![b'x'; length];
        for (what, status) in UNREAD {
            let whole = connection.send(&[head(what, length), body.clone()].concat());
            assert_kept_alive(&mut connection, &whole, status, what);
            // Head and body in two writes, as most clients send them.
            connection.write(&head(what, length));
            connection.write(&body);
            let in_pieces = connection.read();
            assert_kept_alive(&mut connection, &in_pieces, status, what);
        }
    }
}

#[test]
fn unread_chunked_body_closes_the_connection_even_if_it_never_ends() {
    let address = serve(ErrorStyle::Problem);
    let ends = ["3\r\nabc\r\n0\r\n\r\n", "3\r\nabc\r\n", "0\r\nX: ", ""];
    let sent = UNREAD.iter().flat_map(|case| ends.map(|end| (case, end)));
    let sent: Vec<_> = sent
        .map(|((what, status), end)| {
            let mut connection = Connection::new(address);
            let head = format!("{what} HTTP/1.1\r\nhost: t\r\ntransfer-encoding: chunked\r\n\r\n");
            connection.write(format!("{head}{end}").as_bytes());
            (connection, *status, format!("{what}, {end:?}"))
        })
        .collect();
    for (mut connection, status, what) in sent {
        let response = connection.read();
        assert_eq!(response.status, status, "{what}");
        assert!(response.closes(), "{what}");
        assert_eq!(connection.read_to_end(), b"", "{what}");
    }
}

#[test]
fn large_unread_body_closes_the_connection() {
    let address = serve(ErrorStyle::Problem);
    for (what, status) in UNREAD {
        let response = Connection::new(address).send(&head(what, 64 * 1024 + 1));
        assert_eq!(response.status, status, "{what}");
        assert!(response.closes(), "{what}");
    }
}

#[test]
fn incomplete_unread_body_closes_the_connection() {
    let address = serve(ErrorStyle::Problem);
    let waiting: Vec<_> = UNREAD
        .iter()
        .map(|(what, status)| {
            let mut connection = Connection::new(address);
            connection.write(&head(what, 20));
            connection.write(b"half of it");
            (connection, what, status)
        })
        .collect();
    for (mut connection, what, status) in waiting {
        let response = connection.read();
        assert_eq!(response.status, *status, "{what}");
        assert!(response.closes(), "{what}");
    }
}

#[test]
fn head_with_a_body_and_the_request_behind_it_get_responses() {
    let mut connection = Connection::new(serve(ErrorStyle::Problem));
    let head = b"HEAD /guests?limit=3 HTTP/1.1\r\nhost: t\r\ncontent-length: 5\r\n\r\nhello";
    connection.write(&[head, &*get("/guests?limit=3", b"")].concat());
    let head = connection.read_until("\r\n\r\n").to_ascii_lowercase();
    assert!(head.starts_with("http/1.1 200 ok\r\n"), "{head}");
    assert!(head.contains("\r\ncontent-length: 1\r\n"), "{head}");
    let next = connection.read();
    assert_eq!((next.status, next.body.as_slice()), (200, b"3".as_slice()));
}

#[test]
fn body_over_the_limit_is_rejected_although_the_client_stops_sending() {
    let address = serve(ErrorStyle::Problem);
    let stated = format!("content-length: {}", 100 * LIMIT);
    let chunk = format!("{LIMIT:x}\r\n{}\r\n1\r\nx\r\n", "x".repeat(LIMIT));
    for (framing, sent) in [
        (&*stated, ""),
        (&stated, "{"),
        ("transfer-encoding: chunked", &chunk),
    ] {
        let mut connection = Connection::new(address);
        let head = format!(
            "POST /guests HTTP/1.1\r\nhost: t\r\ncontent-type: application/json\r\n{framing}\r\n\r\n"
        );
        connection.write(format!("{head}{sent}").as_bytes());
        let response = connection.read();
        assert_eq!(response.status, 413, "{framing}");
        assert!(response.closes(), "{framing}");
    }
}

#[test]
fn invalid_chunk_is_reported_as_such() {
    let head = "POST /guests HTTP/1.1\r\nhost: t\r\ncontent-type: application/json\r\n\
                transfer-encoding: chunked\r\n\r\n";
    let mut connection = Connection::new(serve(ErrorStyle::Problem));
    connection.write(format!("{head}2\r\n{{}}\r\nxyz\r\n").as_bytes());
    let response = connection.read();
    let body = String::from_utf8_lossy(&response.body);
    assert_eq!(response.status, 400, "{body}");
    assert!(
        body.contains("the body cannot be read: it ended early, or a chunk of it is invalid"),
        "{body}"
    );
}
