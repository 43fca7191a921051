//! Bodies that nobody reads: small ones do not cost the connection, and nobody waits for those that do not come.

use purlin_router::error::ErrorStyle;

use super::{
    cases::get,
    server::{Answer, Connection, serve},
};

/// Requests whose bodies are not read, and the status each is answered with.
const UNREAD: [(&str, u16); 8] = [
    ("POST /keyed", 401),
    ("POST /nope", 404),
    ("DELETE /guests", 405),
    ("BREW /guests", 405),
    ("OPTIONS /guests", 204),
    ("GET /guests", 200),
    ("GET /openapi.json", 200),
    ("POST /incurious", 200),
];

fn head(request: &str, length: usize) -> Vec<u8> {
    format!("{request} HTTP/1.1\r\nhost: t\r\ncontent-length: {length}\r\n\r\n").into_bytes()
}

fn goes_on(connection: &mut Connection, answer: &Answer, status: u16, what: &str) {
    assert_eq!(answer.status, status, "{what}");
    assert!(!answer.head.contains("connection: close"), "{what}");
    let again = connection.send(&get("/guests?limit=3", b""));
    let again = (again.status, again.body.as_slice());
    assert_eq!(again, (200, b"3".as_slice()), "after {what}");
}

#[test]
fn a_small_body_nobody_reads_does_not_cost_the_connection() {
    let mut connection = Connection::new(serve(ErrorStyle::Problem));
    for length in [20, 64 * 1024] {
        let body = vec![b'x'; length];
        for (what, status) in UNREAD {
            let whole = connection.send(&[head(what, length), body.clone()].concat());
            goes_on(&mut connection, &whole, status, what);
            // As most clients do, in two writes.
            connection.write(&head(what, length));
            connection.write(&body);
            let in_pieces = connection.read();
            goes_on(&mut connection, &in_pieces, status, what);
        }
    }
}

#[test]
fn nor_does_one_in_chunks() {
    let mut connection = Connection::new(serve(ErrorStyle::Problem));
    for (what, status) in UNREAD {
        let head = format!("{what} HTTP/1.1\r\nhost: t\r\ntransfer-encoding: chunked\r\n\r\n");
        let answer = connection.send(format!("{head}3\r\nabc\r\n0\r\n\r\n").as_bytes());
        goes_on(&mut connection, &answer, status, what);
    }
}

#[test]
fn a_large_body_nobody_reads_is_not_waited_for() {
    let address = serve(ErrorStyle::Problem);
    for (what, status) in UNREAD {
        let answer = Connection::new(address).send(&head(what, 64 * 1024 + 1));
        assert_eq!(answer.status, status, "{what}");
        assert!(answer.head.contains("connection: close"), "{what}");
    }
}

#[test]
fn a_body_that_does_not_come_is_not_waited_for_long() {
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
        let answer = connection.read();
        assert_eq!(answer.status, *status, "{what}");
        assert!(answer.head.contains("connection: close"), "{what}");
    }
}
