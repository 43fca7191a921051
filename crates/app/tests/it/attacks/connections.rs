//! What one connection makes the process hold, and for how long.

use std::{
    io::{Read, Write},
    net::TcpStream,
    time::{Duration, Instant},
};

use socket2::{Domain, Socket, Type};

use crate::{
    faults::process::resident,
    support::{DEADLINE, Folder, Server, listening, wait_until},
};

const GET: &str = "GET / HTTP/1.1\r\nHost: test\r\n\r\n";

fn server(environment: &[(&str, &str)]) -> (Folder, Server) {
    let folder = Folder::new();
    let mut command = listening(&folder);
    command.envs(environment.iter().copied());
    let server = Server::start(&mut command);
    (folder, server)
}

/// Connects as a client that receives next to nothing.
fn connect_narrow(server: &Server) -> TcpStream {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    socket.connect(&server.address.into()).unwrap();
    socket.into()
}

/// Returns how long it takes until the peer closes the connection.
fn until_closed(stream: &mut TcpStream) -> Duration {
    let begun = Instant::now();
    stream.set_read_timeout(Some(DEADLINE)).unwrap();
    let mut rest = Vec::new();
    let ended = stream.read_to_end(&mut rest);
    let timed_out = |error: std::io::Error| error.kind() == std::io::ErrorKind::WouldBlock;
    assert!(!ended.is_err_and(timed_out), "still open");
    begun.elapsed()
}

#[test]
fn a_head_that_does_not_end_closes_its_connection_whether_it_is_the_first_or_a_later_one() {
    let (_folder, server) = server(&[
        ("PURLIN_HTTP__HEAD_TIMEOUT", "1"),
        ("PURLIN_HTTP__KEEP_ALIVE", "3600"),
    ]);
    for requests in 0..3 {
        let mut connection = server.connect();
        for _ in 0..requests {
            assert_eq!(connection.get("/").unwrap().status, 200);
        }
        let mut stream = connection.into_inner();
        stream.write_all(b"GET / HTTP/1.1\r\nHost: te").unwrap();
        let took = until_closed(&mut stream);
        assert!(took > Duration::from_millis(500), "{requests}: {took:?}");
    }
}

#[test]
fn an_idle_connection_closes_after_the_time_since_its_last_response() {
    let (_folder, server) = server(&[("PURLIN_HTTP__KEEP_ALIVE", "1")]);
    // The second connection is in use for longer than an idle one may last, and then idle again.
    for use_for in [Duration::ZERO, Duration::from_millis(1500)] {
        let mut connection = server.connect();
        let begun = Instant::now();
        let last_request = loop {
            let sent = Instant::now();
            assert_eq!(connection.get("/").unwrap().status, 200);
            if begun.elapsed() >= use_for {
                break sent;
            }
        };
        until_closed(&mut connection.into_inner());
        let took = last_request.elapsed();
        let expected = Duration::from_secs(1)..DEADLINE / 2;
        assert!(expected.contains(&took), "{took:?}");
    }
}

#[test]
fn a_head_that_begins_with_the_request_before_it_closes_its_connection_as_well() {
    let (_folder, server) = server(&[
        ("PURLIN_HTTP__HEAD_TIMEOUT", "1"),
        ("PURLIN_HTTP__KEEP_ALIVE", "3600"),
    ]);
    let get = format!("{GET}{GET}");
    let post = "POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 2\r\n\r\n{}";
    for before in [&get, post] {
        let mut stream = server.connect().into_inner();
        write!(stream, "{before}GET / HTTP/1.1\r\nHost: te").unwrap();
        let took = until_closed(&mut stream);
        assert!(took > Duration::from_millis(500), "{before}: {took:?}");
    }
}

#[test]
fn a_head_that_begins_with_the_request_before_it_may_end_later() {
    let (_folder, server) = server(&[("PURLIN_HTTP__HEAD_TIMEOUT", "2")]);
    let mut connection = server.connect();
    let post = "POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 2\r\n\r\n{}";
    for _ in 0..3 {
        let (first, second) = GET.split_at(20);
        connection.write(format!("{post}{first}")).unwrap();
        assert_eq!(connection.read().status, 405);
        connection.write(second).unwrap();
        assert_eq!(connection.read().status, 200);
    }
}

#[test]
fn a_head_that_arrives_in_parts_is_complete_in_time() {
    let (_folder, server) = server(&[("PURLIN_HTTP__HEAD_TIMEOUT", "2")]);
    let mut connection = server.connect();
    for _ in 0..3 {
        for part in ["GET / HTTP/1.1\r\n", "Host: test\r\n", "\r\n"] {
            connection.write(part).unwrap();
        }
        assert_eq!(connection.read().status, 200);
    }
}

#[test]
fn pipelined_requests_have_their_responses_in_order() {
    let (_folder, server) = server(&[]);
    let mut connection = server.connect();
    let mut writer = connection.try_clone();
    let count = 3000;
    let sender = std::thread::spawn(move || {
        let one = format!("{GET}GET /nothing HTTP/1.1\r\nHost: test\r\n\r\n");
        writer.write(one.repeat(count)).unwrap();
    });
    for _ in 0..count {
        assert_eq!(connection.read().status, 200);
        assert_eq!(connection.read().status, 404);
    }
    sender.join().unwrap();
}

#[test]
fn a_long_head_and_a_body_behind_it_are_read_in_steps() {
    let (_folder, server) = server(&[("PURLIN_GREETINGS__API_KEYS__ME", "key")]);
    let mut connection = server.connect();
    let name = "a".repeat(100_000);
    let body = format!(r#"{{"name":"{name}","age":3}}"#);
    let cookie = "c".repeat(30_000);
    for _ in 0..2 {
        connection
            .write(format!(
                "POST /send_greeting HTTP/1.1\r\nHost: test\r\nCookie: {cookie}\r\nX-MyApp-ApiKey: key\r\n\
                 Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}{GET}",
                body.len()
            ))
            .unwrap();
        assert_eq!(connection.read().status, 201);
        assert_eq!(connection.read().status, 200);
    }
}

#[test]
fn line_ends_between_a_body_and_the_next_head_are_ignored_wherever_they_are_cut() {
    let (_folder, server) = server(&[]);
    for (body, cut) in [
        ("x\n", "\r|\n"),
        ("xy", "\r|\n\r\n"),
        ("x\n", "|\r\n\r\n"),
        ("\n\r", "\n|"),
        ("\r\n\r\n", "\r\n\r|\n"),
    ] {
        let (before, behind) = cut.split_once('|').unwrap();
        let mut connection = server.connect();
        let length = body.len();
        connection
            .write(format!(
                "POST /nope HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\n{body}{before}"
            ))
            .unwrap();
        assert_eq!(connection.read().status, 404, "{body:?} {cut:?}");
        connection.write(format!("{behind}{GET}")).unwrap();
        assert_eq!(connection.read().status, 200, "{body:?} {cut:?}");
    }
}

#[test]
fn the_rest_of_a_rejected_upload_is_received_whatever_it_looks_like() {
    let (_folder, server) = server(&[]);
    let length = 8 * 1024 * 1024;
    for part in [
        "xxxx",
        "\r\n\r\n",
        "--x\r\nContent-Type: text/plain\r\n\r\nx\r\n",
    ] {
        let mut connection = server.connect();
        let body = part.repeat(length / part.len());
        let length = body.len();
        let head = format!("POST /nope HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\n");
        // A client that sends everything before it looks at what comes back.
        connection.write(head + &body).unwrap();
        let response = connection.read();
        assert_eq!(response.status, 404, "{part:?}");
        assert_eq!(response.header("connection"), Some("close"), "{part:?}");
    }
}

#[test]
fn clients_of_http_1_0_decide_about_their_own_connections() {
    let (_folder, server) = server(&[("PURLIN_HTTP__WORKERS", "1")]);
    let old = "GET / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n";
    let mut kept = server.connect();
    for _ in 0..3 {
        kept.write(old).unwrap();
        let response = kept.read();
        assert_eq!(response.status, 200);
        assert_eq!(response.header("connection"), Some("keep-alive"));
        let mut other = server.connect();
        for _ in 0..2 {
            let response = other.get("/").unwrap();
            assert_eq!(response.status, 200);
            assert_eq!(response.header("connection"), None);
        }
    }
}

#[test]
fn requests_whose_responses_are_not_received_are_not_read() {
    let (_folder, server) = server(&[("PURLIN_HTTP__WORKERS", "2")]);
    assert_eq!(server.connect().get("/").unwrap().status, 200);
    let before = resident(server.id());
    let requests = GET.repeat(2000);
    let connections: Vec<TcpStream> = (0..20)
        .map(|_| {
            let mut stream = connect_narrow(&server);
            stream
                .set_write_timeout(Some(Duration::from_millis(100)))
                .unwrap();
            while stream.write_all(requests.as_bytes()).is_ok() {}
            stream
        })
        .collect();
    let held = resident(server.id()).saturating_sub(before);
    assert!(
        held < 40_000,
        "{} connections: {held} KiB",
        connections.len()
    );
    assert_eq!(server.connect().get("/").unwrap().status, 200);
}

#[test]
fn a_connection_whose_client_receives_nothing_is_closed() {
    let (_folder, server) = server(&[("PURLIN_HTTP__SEND_TIMEOUT", "1")]);
    let mut stream = connect_narrow(&server);
    write!(
        stream,
        "GET /docs/swagger-ui-bundle.js HTTP/1.1\r\nHost: test\r\n\r\n"
    )
    .unwrap();
    wait_until("the connection is reset", || {
        stream.write_all(b"x").is_err()
    });
}

#[test]
fn a_connection_whose_client_receives_slowly_is_kept() {
    let (_folder, server) = server(&[("PURLIN_HTTP__SEND_TIMEOUT", "2")]);
    let mut stream = connect_narrow(&server);
    write!(
        stream,
        "GET /docs/swagger-ui-bundle.js HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let begun = Instant::now();
    let (mut received, mut part) = (0, vec![0; 64 * 1024]);
    loop {
        let count = stream.read(&mut part).unwrap();
        received += count;
        if count == 0 {
            break;
        }
        if begun.elapsed() < Duration::from_secs(4) {
            std::thread::sleep(Duration::from_millis(50));
        }
    }
    assert!(received > 1_000_000, "{received}");
}

const KEYS: &[(&str, &str)] = &[("PURLIN_GREETINGS__API_KEYS__ME", "key")];

fn expecting(target: &str, fields: &str) -> String {
    format!("POST {target} HTTP/1.1\r\nHost: test\r\nExpect: 100-continue\r\n{fields}\r\n\r\n")
}

const JSON: &str = "Content-Type: application/json\r\nX-MyApp-ApiKey: key";

#[test]
fn where_the_head_decides_the_final_status_comes_in_place_of_100() {
    let (_folder, server) = server(KEYS);
    for (head, status) in [
        (expecting("/nothing", "Content-Length: 100"), 404),
        (expecting("/", "Content-Length: 100"), 405),
        (
            expecting(
                "/send_greeting",
                "Content-Type: application/json\r\nContent-Length: 100",
            ),
            401,
        ),
        (
            expecting(
                "/send_greeting",
                &format!("{JSON}\r\nContent-Length: 99000000"),
            ),
            413,
        ),
        (
            expecting(
                "/send_greeting",
                "Content-Type: text/csv\r\nX-MyApp-ApiKey: key\r\nContent-Length: 10",
            ),
            // The status of the error style for a media type.
            400,
        ),
        (expecting("/nothing", "Transfer-Encoding: chunked"), 404),
    ] {
        let mut connection = server.connect();
        connection.write(&head).unwrap();
        assert_eq!(connection.read().status, status, "{head}");
    }
}

#[test]
fn a_body_that_is_wanted_is_asked_for_once() {
    let (_folder, server) = server(KEYS);
    let body = r#"{"name":"Ada","age":36}"#;
    let fields = format!("{JSON}\r\nContent-Length: {}", body.len());
    let mut connection = server.connect();
    for _ in 0..2 {
        connection
            .write(expecting("/send_greeting", &fields))
            .unwrap();
        assert_eq!(connection.read().status, 100);
        connection.write(body).unwrap();
        assert_eq!(connection.read().status, 201);
        assert_eq!(connection.get("/").unwrap().status, 200);
    }
    // A client need not wait (RFC 9110 section 10.1.1).
    let at_once = format!("{}{body}{GET}", expecting("/send_greeting", &fields));
    connection.write(at_once).unwrap();
    let statuses: Vec<u16> = (0..3).map(|_| connection.read().status).collect();
    assert_eq!(statuses, [100, 201, 200]);
}

#[test]
fn a_client_that_leaves_before_its_body_leaves_nothing_behind() {
    let (_folder, server) = server(KEYS);
    for _ in 0..50 {
        let mut connection = server.connect();
        let fields = format!("{JSON}\r\nContent-Length: 10");
        connection
            .write(expecting("/send_greeting", &fields))
            .unwrap();
        assert_eq!(connection.read().status, 100);
    }
    assert_eq!(server.connect().get("/").unwrap().status, 200);
}
