//! The server from startup to shutdown: URLs, responses, log, draining.

use std::{
    net::TcpStream,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    thread,
};

use crate::support::{
    DEADLINE, Folder, Server, http::Connection, listening, output, program, wait_until,
};

fn serve(folder: &Folder) -> Server {
    Server::start(&mut listening(folder))
}

#[test]
fn startup_prints_urls_that_work() {
    let folder = Folder::new();
    let mut server = serve(&folder);
    let base = format!("http://{}", server.address);
    assert_eq!(
        server.banner,
        format!("Greetings 0.1.0 is served at {base}/\n")
    );
    assert_eq!(server.line(), format!("  documentation  {base}/docs\n"));
    for line in [
        "  OpenAPI 3.1    BASE/openapi.json\n",
        "  OpenAPI 3.0    BASE/openapi-3.0.json\n",
        "  OpenAPI 2.0    BASE/swagger\n",
    ] {
        assert_eq!(server.line(), line.replace("BASE", &base));
    }

    let response = server.request("GET / HTTP/1.1");
    assert_eq!(response.status, 200);
    assert_eq!(response.body, r#"{"message":"Hello, Being!"}"#);
    assert_eq!(server.request("GET /docs HTTP/1.1").status, 200);
    assert_eq!(server.request("GET /openapi.json HTTP/1.1").status, 200);
    let lost = server.request("GET /nope HTTP/1.1");
    assert_eq!(lost.status, 404);
    assert!(
        lost.body
            .contains("The requested URL was not found on the server."),
        "{lost:?}"
    );
}

#[test]
fn without_keys_one_is_generated_and_printed_in_a_command_that_works() {
    let folder = Folder::new();
    let mut server = serve(&folder);
    let command = server.line_with("curl");
    let (_, key) = command.split_once("X-MyApp-ApiKey: ").unwrap();
    let (key, url) = key.split_once("' ").unwrap();
    assert_eq!(key.len(), 32);
    assert_eq!(url, format!("http://{}/generic_greeting\n", server.address));

    let path = "GET /generic_greeting HTTP/1.1";
    assert_eq!(server.request(path).status, 401);
    assert_eq!(
        server
            .request(format!("{path}\nX-MyApp-ApiKey: {key}"))
            .status,
        200
    );
}

#[test]
fn keys_are_read_from_the_file_and_the_environment() {
    let folder = Folder::with_settings("[greetings.api_keys]\nada = \"from file\"\n");
    let mut command = listening(&folder);
    command.env("PURLIN_GREETINGS__API_KEYS__MOBILE", "from environment");
    let server = Server::start(&mut command);
    for (key, status) in [
        ("from file", 200),
        ("from environment", 200),
        ("other", 401),
    ] {
        let response = server.request(format!(
            "GET /generic_greeting HTTP/1.1\nX-MyApp-ApiKey: {key}"
        ));
        assert_eq!(response.status, status, "{key}");
    }
}

#[test]
fn sigterm_completes_requests_in_flight_and_exits_with_0() {
    let folder = Folder::with_settings("[greetings.api_keys]\nada = \"key\"\n");
    let server = serve(&folder);
    let mut busy = server.connect();
    let body = r#"{"name":"Ada","age":36}"#;
    let head = format!(
        "POST /send_greeting HTTP/1.1\r\nHost: test\r\nX-MyApp-ApiKey: key\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    let (begun, rest) = body.split_at(5);
    busy.write(head).unwrap();
    busy.write(begun).unwrap();
    // A second connection that says nothing must not hold the end up.
    let _idle = server.connect();
    assert_eq!(server.request("GET / HTTP/1.1").status, 200);

    server.signal("TERM");
    let address = server.address;
    wait_until("the port is closed", || {
        TcpStream::connect(address).is_err()
    });
    busy.write(rest).unwrap();
    let response = busy.read();
    assert_eq!(response.status, 201);
    assert_eq!(response.body, body);
    assert_eq!(response.header("connection"), Some("close"));

    let (status, _) = server.wait();
    assert_eq!(status.code(), Some(0));
}

/// Sends requests on one connection until a response has `Connection: close`, and returns whether one had. Before that only
/// a connection that was never accepted may be lost.
fn request_until_closed(mut connection: Connection, count: &AtomicUsize) -> bool {
    for nth in 0.. {
        let Ok(response) = connection.get("/") else {
            assert_eq!(nth, 0, "a connection was closed without notice");
            return false;
        };
        count.fetch_add(1, Relaxed);
        if response.header("connection") == Some("close") {
            return true;
        }
    }
    false
}

#[test]
fn sigterm_under_load_loses_no_request() {
    let folder = Folder::new();
    let mut command = program(&folder);
    command
        .env("PURLIN_HTTP__DRAIN_DELAY", "1")
        .env("PURLIN_LOG__LEVEL", "warn");
    let server = Server::start(&mut command);
    let address = server.address;
    // Clients that keep their connection as long as they may, and come back until the port is closed.
    let count = Arc::new(AtomicUsize::new(0));
    let clients: Vec<_> = (0..8)
        .map(|_| {
            let count = Arc::clone(&count);
            thread::spawn(move || {
                let mut closed = false;
                while let Ok(stream) = TcpStream::connect(address) {
                    stream.set_read_timeout(Some(DEADLINE)).unwrap();
                    closed |= request_until_closed(Connection::over(stream), &count);
                }
                closed
            })
        })
        .collect();
    wait_until("the server is under load", || count.load(Relaxed) > 100);
    server.signal("TERM");
    for client in clients {
        assert!(
            client.join().unwrap(),
            "no response has `Connection: close`"
        );
    }
    let (status, _) = server.wait();
    assert_eq!(status.code(), Some(0));
}

#[test]
fn sighup_keeps_the_server_running() {
    let folder = Folder::new();
    let server = serve(&folder);
    server.signal("HUP");
    assert_eq!(server.request("GET / HTTP/1.1").status, 200);
    let log = server.stop();
    assert!(log.contains("SIGHUP") && log.contains("SIGTERM"), "{log}");
}

#[test]
fn second_signal_exits_at_once() {
    let folder = Folder::new();
    let mut command = listening(&folder);
    command.env("PURLIN_HTTP__DRAIN_DELAY", "60");
    let server = Server::start(&mut command);
    server.signal("TERM");
    let response = server.request("GET / HTTP/1.1");
    assert_eq!(response.status, 200);
    server.signal("TERM");
    let (status, log) = server.wait();
    assert_eq!(status.code(), Some(1));
    assert!(log.contains("a second signal"), "{log}");
}

#[test]
fn every_request_has_an_id_and_an_access_line() {
    let folder = Folder::new();
    let server = serve(&folder);
    let own = server.request("GET /?secret=1 HTTP/1.1\nX-Request-Id: abc-123");
    assert_eq!(own.header("x-request-id"), Some("abc-123"));

    let long = "x".repeat(129);
    let made: Vec<String> = [
        "GET / HTTP/1.1".to_owned(),
        "GET / HTTP/1.1\nX-Request-Id: with space".to_owned(),
        "GET / HTTP/1.1\nX-Request-Id: \u{e9}".to_owned(),
        format!("GET / HTTP/1.1\nX-Request-Id: {long}"),
    ]
    .iter()
    .map(|head| {
        server
            .request(head)
            .header("x-request-id")
            .unwrap()
            .to_owned()
    })
    .collect();
    for (index, id) in made.iter().enumerate() {
        assert_eq!(id.len(), 32, "{id}");
        assert!(id.bytes().all(|byte| byte.is_ascii_hexdigit()), "{id}");
        assert!(!made[..index].contains(id), "{id} twice");
    }

    let lost = server.request("HEAD /no%0Asuch%1b[31m HTTP/1.1");
    let lost = lost.header("x-request-id").unwrap().to_owned();

    let log = server.stop();
    let lines: Vec<&str> = log
        .lines()
        .filter(|line| line.contains("purlin::access"))
        .collect();
    assert_eq!(lines.len(), 6, "{log}");
    assert!(
        lines[0].contains("GET / 200 27B ") && lines[0].ends_with("id=abc-123"),
        "{log}"
    );
    assert!(!log.contains("secret"), "{log}");
    for (line, id) in lines[1..5].iter().zip(&made) {
        assert!(line.ends_with(&format!("id={id}")), "{line}");
    }
    assert!(lines[5].contains("HEAD /no%0Asuch%1b[31m 404 0B "), "{log}");
    assert!(lines[5].ends_with(&format!("id={lost}")), "{log}");
}

#[test]
fn access_lines_can_be_disabled() {
    let folder = Folder::with_settings("[log]\nlevel = \"warn\"\n");
    let server = serve(&folder);
    let response = server.request("GET / HTTP/1.1");
    assert!(response.header("x-request-id").is_some());
    assert_eq!(server.stop(), "");

    let mut command = program(&folder);
    let server = Server::start(
        command
            .args(["--bind", "127.0.0.1:0"])
            .env("RUST_LOG", "off,purlin::access=info"),
    );
    server.request("GET / HTTP/1.1");
    assert_eq!(server.stop().lines().count(), 1);
}

#[test]
fn address_in_use_is_reported_with_a_remedy() {
    let folder = Folder::new();
    let first = serve(&folder);
    let address = first.address.to_string();
    let (code, _, errors) = output(program(&folder).args(["--bind", &address]));
    assert_eq!(code, Some(1));
    assert!(
        errors.contains(&format!("cannot listen on {address}: ")),
        "{errors}"
    );
    assert!(
        errors.contains("choose another port (0 takes a free one) with --bind"),
        "{errors}"
    );
}

#[test]
fn mock_responds_with_examples_and_authenticates() {
    let folder = Folder::new();
    let key = "PURLIN_GREETINGS__API_KEYS__TESTS";
    let mut command = program(&folder);
    command
        .env(key, "secret")
        .args(["mock", "--bind", "127.0.0.1:0"]);
    let server = Server::start(&mut command);
    let response = server.request("GET / HTTP/1.1");
    assert_eq!(
        (response.status, response.body.as_str()),
        (200, r#"{"message":"text"}"#)
    );
    let guarded = "GET /generic_greeting HTTP/1.1";
    assert_eq!(server.request(guarded).status, 401);
    assert_eq!(
        server
            .request(format!("{guarded}\nX-MyApp-ApiKey: secret"))
            .status,
        200
    );
    assert_eq!(
        server.request("GET / HTTP/1.1\nPrefer: code=500").status,
        500
    );
}
